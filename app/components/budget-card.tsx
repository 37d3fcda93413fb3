// The API budget as a gauge, and the lanes that share it. Between two loads it fills as Shopify's bucket does.
import { Badge, BlockStack, Text } from "@shopify/polaris";
import type { BudgetView } from "#app/status/api-budget.ts";
import { Nothing } from "./notices.tsx";
import { Panel } from "./panel.tsx";
import { useNow, useReader } from "./reader.tsx";

export function BudgetCard({ budget }: { readonly budget: BudgetView | null }) {
  const { t } = useReader();
  return (
    <Panel title={t("budget.title")}>
      {budget ? <Gauge budget={budget} /> : <Nothing title={t("budget.none")} />}
    </Panel>
  );
}

function Gauge({ budget }: { readonly budget: BudgetView }) {
  const { t, formats } = useReader();
  const { maximum, rate, lanes, waiting } = budget;
  const available = availableAt(budget, useNow());
  const value = t("budget.value", { available: formats.number(available), maximum: formats.number(maximum) });
  return (
    <BlockStack gap="300">
      <div>
        <Text as="p" variant="headingMd">
          <span className="cf-number">{value}</span>
        </Text>
        <div
          className="cf-gauge"
          role="meter"
          aria-label={t("budget.gauge")}
          aria-valuemin={0}
          aria-valuemax={maximum}
          aria-valuenow={available}
          aria-valuetext={value}
        >
          <div className="cf-gauge__fill" style={{ width: `${(100 * available) / maximum}%` }} />
          {lanes
            .filter(({ leaves }) => leaves > 0)
            .map(({ lane, leaves }) => (
              <div
                key={lane}
                className="cf-gauge__mark"
                style={{ insetInlineStart: `${(100 * leaves) / maximum}%` }}
              />
            ))}
        </div>
        <Text as="p" variant="bodySm" tone="subdued">
          {t("budget.hint", { rate: formats.number(rate) })}
        </Text>
      </div>
      <div>
        <Text as="p" variant="bodySm" tone="subdued">
          {t("budget.lanes")}
        </Text>
        <ol className="cf-lanes">
          {lanes.map(({ lane, leaves }) => (
            <li key={lane}>
              <span>{t(`budget.lane.${lane}`)}</span>
              {lane === waiting ? (
                <Badge tone="attention">{t("budget.waits")}</Badge>
              ) : (
                <Text as="span" variant="bodySm" tone="subdued">
                  {leaves === 0 ? t("budget.all") : t("budget.leaves", { shown: formats.number(leaves) })}
                </Text>
              )}
            </li>
          ))}
        </ol>
      </div>
    </BlockStack>
  );
}

/** What has come back since the figures were read. */
export function availableAt({ available, rate, maximum, inFlight, at }: BudgetView, now: Date): number {
  const sinceMs = Math.max(0, now.getTime() - at.getTime());
  return Math.max(0, Math.min(maximum - inFlight, Math.floor(available + (rate * sinceMs) / 1_000)));
}
