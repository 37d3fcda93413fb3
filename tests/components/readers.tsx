// Renders a piece as a reader in New York sees it, at the moment of the factories.
import "./screen.ts";
import { AppProvider } from "@shopify/polaris";
import polarisTexts from "@shopify/polaris/locales/en.json";
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { formatsFor } from "#app/components/formats.ts";
import { Clock, Reader } from "#app/components/reader.tsx";
import type { Reading } from "#app/components/words.ts";
import { textsFor } from "#app/texts/index.ts";
import { AT } from "./overviews.ts";

export const ZONE = "America/New_York";

/** What the pure functions of words.ts are given. */
export function reading(locale = "en"): Reading {
  const { t } = textsFor(locale);
  return { t, formats: formatsFor(locale, ZONE, t), now: AT };
}

/** A number and its unit are kept together by a space that looks like any other. */
export function plain(text: string): string {
  return text.replaceAll("\u00a0", " ");
}

export function renderFor(node: ReactNode) {
  return render(
    <AppProvider i18n={polarisTexts}>
      <Reader locale="en" timeZone={ZONE}>
        <Clock at={AT}>{node}</Clock>
      </Reader>
    </AppProvider>,
  );
}
