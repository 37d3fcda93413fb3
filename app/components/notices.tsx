// What a page says before its contents: that a part of its address was left out, that the server is away.
import { Banner } from "@shopify/polaris";
import type { ReactNode } from "react";
import { useNow, useReader } from "./reader.tsx";

export function DroppedNotice({ dropped }: { readonly dropped: readonly string[] }) {
  const { t, formats } = useReader();
  if (dropped.length === 0) return null;
  return (
    <Banner tone="warning" title={t("activity.dropped.title")}>
      {t("activity.dropped.body", { names: formats.list(dropped) })}
    </Banner>
  );
}

export function AwayNotice({ isAway, at }: { readonly isAway: boolean; readonly at: Date }) {
  const { t, formats } = useReader();
  const now = useNow();
  if (!isAway) return null;
  return <Banner tone="critical">{t("activity.away", { ago: formats.ago(at, now) })}</Banner>;
}

/** Where nothing is listed: what that means, and what to do. */
export function Nothing({ title, hint }: { readonly title: string; readonly hint?: string }) {
  return (
    <div className="cf-nothing">
      <p>{title}</p>
      {hint !== undefined && <p className="cf-subdued">{hint}</p>}
    </div>
  );
}

/** A term and what is said of it, in a `dl` of facts. */
export function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <>
      <dt className="cf-subdued">{label}</dt>
      <dd>{children}</dd>
    </>
  );
}
