// What came of one record, newest first: what news there was and what it changed, who wrote it, when it was confirmed.
import { Badge, Link, Text } from "@shopify/polaris";
import type { TimelineEvent } from "#app/status/record-timeline.ts";
import { fieldWords } from "./activity-words.ts";
import { Nothing } from "./notices.tsx";
import { Panel } from "./panel.tsx";
import { Ago, useReader } from "./reader.tsx";

const DELIVERY_TONES = {
  received: "info",
  applied: "success",
  superseded: undefined,
  ignored: undefined,
  parked: "critical",
} as const;

export function TimelinePanel({ events }: { readonly events: readonly TimelineEvent[] }) {
  const { t } = useReader();
  return (
    <Panel title={t("records.timeline")}>
      {events.length === 0 ? (
        <Nothing title={t("records.timelineNone")} />
      ) : (
        <>
          <ul className="cf-list">
            {events.map((event) => (
              <li key={event.kind === "delivery" ? event.delivery.id : event.kind}>
                {event.kind === "delivery" ? <DeliveryLine event={event} /> : <OtherLine event={event} />}
              </li>
            ))}
          </ul>
          <p className="cf-subdued cf-timeline__note">{t("records.timelineNote")}</p>
        </>
      )}
    </Panel>
  );
}

function DeliveryLine({ event }: { readonly event: TimelineEvent & { kind: "delivery" } }) {
  const { t, formats } = useReader();
  const { delivery, changed, more } = event;
  const { id, topic, state, triggeredAt, receivedAt, settledAt } = delivery;
  const tone = DELIVERY_TONES[state];
  const words = t(`records.delivery.${state}`);
  const delayMs = settledAt ? settledAt.getTime() - (triggeredAt ?? receivedAt).getTime() : null;
  return (
    <>
      <div className="cf-line">
        <Link url={`/app/webhooks/deliveries/${id}`} removeUnderline>
          <Text as="span" fontWeight="medium">
            {topic}
          </Text>
        </Link>
        <When at={receivedAt} />
      </div>
      <Badge {...(tone ? { tone } : {})}>
        {state === "applied" && delayMs !== null
          ? t("records.deliveryDelay", { state: words, delay: formats.duration(Math.max(0, delayMs)) })
          : words}
      </Badge>
      {changed && (
        <p className="cf-subdued">
          {changed.length === 0
            ? t("records.changedNothing")
            : t(more > 0 ? "records.changedMore" : "records.changedFields", {
                list: formats.list(changed.map(fieldWords)),
                more: formats.number(more),
              })}
        </p>
      )}
    </>
  );
}

function OtherLine({ event }: { readonly event: Exclude<TimelineEvent, { kind: "delivery" }> }) {
  const { t } = useReader();
  return (
    <div className="cf-line">
      {event.kind === "written" ? (
        <span>
          {t("records.event.written")}{" "}
          <Link url={`/app/runs/${event.runId}`}>{t("faults.ofRun", { id: event.runId })}</Link>
        </span>
      ) : (
        <span>{t(`records.event.${event.kind}`)}</span>
      )}
      <When at={event.at} />
    </div>
  );
}

function When({ at }: { readonly at: Date }) {
  return (
    <Text as="span" variant="bodySm" tone="subdued">
      <Ago at={at} />
    </Text>
  );
}
