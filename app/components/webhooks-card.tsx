// Whether changes are arriving, and what waits or was set aside.
import { Badge, BlockStack, Text } from "@shopify/polaris";
import type { ReactNode } from "react";
import type { Tally } from "#app/status/inbox.ts";
import type { Overview } from "#app/status/overview.ts";
import { BEHIND_AFTER_MS } from "#app/status/state.ts";
import { Panel } from "./panel.tsx";
import { Ago, useNow, useReader } from "./reader.tsx";
import type { Tone } from "./words.ts";

type Health = "healthy" | "quiet" | "none" | "backlog" | "held" | "unworked" | "attention";

const TONES: Readonly<Record<Health, Tone | undefined>> = {
  healthy: "success",
  quiet: undefined,
  none: undefined,
  backlog: "warning",
  held: "warning",
  unworked: "critical",
  attention: "critical",
};

/** What to say first of the webhooks. A quiet hour is no fault: nothing may have changed. */
export function healthOf(
  { lastReceivedAt, received, waiting, parked }: Overview["webhooks"],
  { held, workers }: Overview["standstill"],
  now: Date,
): Health {
  if (parked.count > 0) return "attention";
  if (waiting.oldestAt && now.getTime() - waiting.oldestAt.getTime() > BEHIND_AFTER_MS) {
    if (!workers.isAlive) return "unworked";
    return held.includes("deliveries") ? "held" : "backlog";
  }
  if (!lastReceivedAt) return "none";
  return received.count > 0 ? "healthy" : "quiet";
}

export function WebhooksCard({ overview }: { readonly overview: Overview }) {
  const { t, formats } = useReader();
  const { webhooks, standstill, confirmations } = overview;
  const health = healthOf(webhooks, standstill, useNow());
  const tone = TONES[health];
  return (
    <Panel
      title={t("webhooks.title")}
      aside={<Badge {...(tone ? { tone } : {})}>{t(`webhooks.${health}`)}</Badge>}
    >
      <BlockStack gap="300">
        {(health === "quiet" || health === "none") && (
          <Text as="p" tone="subdued">
            {t(`webhooks.${health}Hint`)}
          </Text>
        )}
        <dl className="cf-facts">
          <Fact label={t("webhooks.lastReceived")}>
            {webhooks.lastReceivedAt ? <Ago at={webhooks.lastReceivedAt} /> : t("webhooks.never")}
          </Fact>
          <Fact label={t("webhooks.received")}>
            <Count of={webhooks.received} />
          </Fact>
          <Fact label={t("webhooks.waiting")}>
            <Count of={webhooks.waiting} />
          </Fact>
          <Fact label={t("webhooks.confirmations")}>{formats.number(confirmations.count)}</Fact>
          <Fact label={t("webhooks.parked")}>
            <Count of={webhooks.parked} />
          </Fact>
        </dl>
      </BlockStack>
    </Panel>
  );
}

function Count({ of }: { readonly of: Pick<Tally, "count" | "isMore"> }) {
  const { t, formats } = useReader();
  const shown = formats.number(of.count);
  return <>{of.isMore ? t("webhooks.moreThan", { shown }) : shown}</>;
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <>
      <dt>
        <Text as="span" tone="subdued">
          {label}
        </Text>
      </dt>
      <dd>{children}</dd>
    </>
  );
}
