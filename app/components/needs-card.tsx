// What a person should look at today, each with the way to where it is mended.
import { Icon, Link, Text } from "@shopify/polaris";
import { AlertDiamondIcon, AlertTriangleIcon, CheckCircleIcon } from "@shopify/polaris-icons";
import { DATA_REQUESTS, causeQuery } from "#app/status/choices.ts";
import type { Need, NeedCode } from "#app/status/needs.ts";
import { Panel } from "./panel.tsx";
import { useNow, useReader } from "./reader.tsx";
import { resourceInSentence } from "./words.ts";
import type { Reading } from "./words.ts";

const ADDRESSES: Readonly<Record<NeedCode, string>> = {
  scopes: "/app#access",
  token: "/app#access",
  version: "/app#access",
  unanswered: "/app/queue",
  parked: "/app/webhooks/deliveries?state=parked",
  errors: "/app/errors",
  requested: `/app/errors/group?${causeQuery(DATA_REQUESTS)}`,
  holes: "/app/activity?state=incomplete",
  silent: "/app/webhooks",
  unsubscribed: "/app/webhooks",
  alerts: "/app/webhooks",
  unworked: "/app/queue",
  held: "/app/queue",
  paused: "/app/activity?state=paused",
  oversold: "/app/editions?state=oversold",
  unreadable: "/app/editions?state=unreadable",
};

/** Data is missing, or will be; the others can wait until somebody has time. */
const GRAVE: ReadonlySet<NeedCode> = new Set([
  "unworked",
  "scopes",
  "token",
  "held",
  "parked",
  "silent",
  "unsubscribed",
  "oversold",
]);

export function NeedsCard({ needs }: { readonly needs: readonly Need[] }) {
  const reading = { ...useReader(), now: useNow() };
  const { t } = reading;
  return (
    <Panel title={t("needs.title")}>
      {needs.length === 0 ? (
        <div className="cf-need">
          <Icon source={CheckCircleIcon} tone="success" />
          <Text as="p">{t("needs.none")}</Text>
        </div>
      ) : (
        <ul className="cf-list">
          {needs.map((need) => (
            <li key={need.code} className="cf-need">
              <Icon
                source={GRAVE.has(need.code) ? AlertDiamondIcon : AlertTriangleIcon}
                tone={GRAVE.has(need.code) ? "critical" : "warning"}
              />
              <div>
                <Text as="p">{needWords(need, reading)}</Text>
                <Link url={ADDRESSES[need.code]}>{t(`needs.${need.code}Go`)}</Link>
              </div>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

export function needWords(need: Need, { t, formats, now }: Reading): string {
  switch (need.code) {
    case "scopes":
      return t("needs.scopes", { resources: listOf(need.resources, { t, formats, now }) });
    case "token":
    case "unworked":
      return t(`needs.${need.code}`);
    case "unanswered":
      return t("needs.unanswered", { since: formats.time(need.since, now) });
    case "version":
      return t("needs.version", { until: formats.day(need.until) });
    case "parked":
    case "errors": {
      const shown = formats.number(need.count);
      return t(`needs.${need.code}`, {
        count: need.count,
        shown: need.isMore ? t("webhooks.moreThan", { shown }) : shown,
      });
    }
    case "requested": {
      const { count, dueAt } = need;
      const values = { count, shown: formats.number(count), due: formats.day(dueAt) };
      return t(dueAt < now ? "needs.overdue" : "needs.requested", values);
    }
    case "holes":
      return t("needs.holes", {
        count: need.count,
        shown: formats.number(need.count),
        resources: listOf(need.resources, { t, formats, now }),
      });
    case "silent":
      return t("needs.silent", {
        since: formats.time(need.since, now),
        resources: listOf(need.resources, { t, formats, now }),
      });
    case "unsubscribed":
      return t("needs.unsubscribed", {
        since: formats.time(need.since, now),
        topics: formats.list(need.topics),
      });
    case "alerts":
      return t("needs.alerts", {
        since: formats.time(need.since, now),
        alerts: formats.list(need.alerts.map((code) => t(`needs.alert.${code}`))),
      });
    case "paused":
    case "held":
    case "oversold":
    case "unreadable":
      return t(`needs.${need.code}`, { count: need.count, shown: formats.number(need.count) });
  }
}

function listOf(resources: readonly string[], { t, formats }: Reading): string {
  return formats.list(resources.map((resource) => resourceInSentence(resource, t)));
}
