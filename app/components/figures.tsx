// Four figures that a merchant looks for first.
import { Text } from "@shopify/polaris";
import type { ReactNode } from "react";
import type { Overview } from "#app/status/overview.ts";
import { Panel } from "./panel.tsx";
import { useNow, useReader } from "./reader.tsx";

export function Figures({ overview }: { readonly overview: Overview }) {
  const { t, formats } = useReader();
  const now = useNow();
  const { webhooks, mirrored, resources } = overview;
  // The last to arrive, as the headline takes it: not always the last to have happened.
  const arrived = ({ lastChangeAt, delayMs }: Overview["resources"][number]) =>
    Number(lastChangeAt) + (delayMs ?? 0);
  const latest = resources
    .filter(({ lastChangeAt }) => lastChangeAt !== null)
    .sort((a, b) => arrived(b) - arrived(a))[0];
  const delayMs = latest?.delayMs ?? null;
  const received = formats.number(webhooks.received.count);
  return (
    <Panel title={t("figures.title")} isTitleHidden>
      <dl className="cf-figures">
        <Figure label={t("figures.records")} hint={t("figures.recordsHint")}>
          {formats.number(mirrored)}
        </Figure>
        <Figure label={t("figures.delay")} hint={latest ? t("figures.delayHint") : t("figures.delayNone")}>
          {delayMs === null ? "–" : formats.duration(delayMs)}
        </Figure>
        <Figure
          label={t("figures.received")}
          hint={
            webhooks.lastReceivedAt
              ? t("figures.receivedHint", { ago: formats.ago(webhooks.lastReceivedAt, now) })
              : t("figures.receivedNone")
          }
        >
          {webhooks.received.isMore ? t("webhooks.moreThan", { shown: received }) : received}
        </Figure>
        <Attention overview={overview} />
      </dl>
    </Panel>
  );
}

function Attention({ overview }: { readonly overview: Overview }) {
  const { t, formats } = useReader();
  const errors = overview.errorCount.count;
  const parked = overview.webhooks.parked.count;
  const isMore = overview.errorCount.isMore || overview.webhooks.parked.isMore;
  const shownOf = ({ count, isMore }: { readonly count: number; readonly isMore: boolean }) =>
    isMore ? t("webhooks.moreThan", { shown: formats.number(count) }) : formats.number(count);
  const parts = [
    ...(errors > 0
      ? [t("figures.attentionErrors", { count: errors, shown: shownOf(overview.errorCount) })]
      : []),
    ...(parked > 0
      ? [t("figures.attentionParked", { count: parked, shown: shownOf(overview.webhooks.parked) })]
      : []),
  ];
  return (
    <Figure
      label={t("figures.attention")}
      hint={parts.length === 0 ? t("figures.attentionNone") : formats.list(parts)}
      isCritical={parts.length > 0}
    >
      {shownOf({ count: errors + parked, isMore })}
    </Figure>
  );
}

interface FigureProps {
  readonly label: string;
  readonly hint: string;
  readonly children: ReactNode;
  readonly isCritical?: boolean;
}

function Figure({ label, hint, children, isCritical = false }: FigureProps) {
  return (
    <div className="cf-figure">
      <dt>
        <Text as="span" variant="bodySm" tone="subdued">
          {label}
        </Text>
      </dt>
      <dd>
        <Text as="p" variant="headingLg" {...(isCritical ? { tone: "critical" as const } : {})}>
          <span className="cf-number">{children}</span>
        </Text>
        <Text as="p" variant="bodySm" tone="subdued">
          <span className="cf-number">{hint}</span>
        </Text>
      </dd>
    </div>
  );
}
