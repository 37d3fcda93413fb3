// @vitest-environment jsdom
// The form of settings while a colleague saves: nothing that was typed goes by itself.
import "./screen.ts";
import { AppProvider } from "@shopify/polaris";
import polarisTexts from "@shopify/polaris/locales/en.json";
import { cleanup, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Reader } from "#app/components/reader.tsx";
import { SettingsPage } from "#app/components/settings/settings-page.tsx";
import type { SettingsSaid } from "#app/components/settings/settings-page.tsx";
import type { SettingsView } from "#app/status/settings.ts";
import { AT } from "./overviews.ts";
import { ZONE } from "./readers.tsx";

vi.mock("@shopify/app-bridge-react", () => ({ SaveBar: () => null }));
afterEach(cleanup);

const settings = (version: number, metafields: readonly string[]): SettingsView => ({
  ...{ version, metafields, isPersonalOut: false, rules: {} as SettingsView["rules"] },
  kept: {
    deliveriesDays: 30,
    parkedDays: 90,
    runsDays: 90,
    errorsDays: 90,
  } as unknown as SettingsView["kept"],
  editions: { metafield: "custom.edition", returned: "void", nearlyPercent: 10 } as SettingsView["editions"],
  ...{ choices: [], everyMinutesMin: 1, upkeep: [], lastChange: null },
});
const page = (view: SettingsView, said?: SettingsSaid) => (
  <AppProvider i18n={polarisTexts}>
    <Reader locale="en" timeZone={ZONE}>
      <SettingsPage at={AT} isAway={false} settings={view} said={said} isBusy={false} send={() => {}} />
    </Reader>
  </AppProvider>
);
const list = () => screen.getByLabelText<HTMLTextAreaElement>(/Namespaces and keys/);
const notice = () => screen.queryByText("Somebody else has saved other settings meanwhile");

describe("the form of settings", () => {
  it("keeps what was typed when somebody else saves, says so, and loads theirs when asked", async () => {
    const { rerender } = render(page(settings(1, [])));
    await userEvent.type(list(), "mine");
    rerender(page(settings(2, ["theirs"])));
    expect(list().value).toBe("mine");
    expect(notice()).not.toBeNull();
    await userEvent.click(screen.getByRole("button", { name: "Load the new settings" }));
    expect(list().value).toBe("theirs");
    expect(notice()).toBeNull();
  });

  it("shows theirs at once where nothing was typed, and what it has saved itself without a word", async () => {
    const { rerender } = render(page(settings(1, [])));
    rerender(page(settings(2, ["theirs"])));
    expect(list().value).toBe("theirs");
    await userEvent.type(list(), "2");
    rerender(page(settings(3, ["theirs2"]), { answer: "saved", version: 3 }));
    expect(notice()).toBeNull();
    expect(list().value).toBe("theirs2");
  });
});
