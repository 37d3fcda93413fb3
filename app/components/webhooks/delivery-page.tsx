// One delivery: what Shopify sent, what became of it at each attempt, its body, and the other news of its record.
import { Badge, BlockStack, Button, InlineStack, Link, Page, Text } from "@shopify/polaris";
import type { BodyView, DeliveryDetail, DeliveryEvent } from "#app/status/delivery-detail.ts";
import { DATA_REQUEST_TOPIC, recordPath } from "#app/status/choices.ts";
import { AwayNotice, Fact, Nothing } from "../notices.tsx";
import { Panel } from "../panel.tsx";
import { Clock, Moment, useNow, useReader } from "../reader.tsx";
import { resourceTitle } from "../words.ts";
import { Changes } from "./changes-panel.tsx";
import { DeliveryTable } from "./deliveries-page.tsx";
import { ReplayDialog } from "./replay-dialog.tsx";
import type { Replaying } from "./use-replay.ts";
import { deliveryTone, eventWords } from "./words.ts";

export interface DeliveryPageProps {
  readonly at: Date;
  readonly isAway: boolean;
  readonly delivery: DeliveryDetail;
  readonly replaying: Replaying;
  /** The body with nothing covered, once it was asked for. */
  readonly revealed: BodyView | null;
  readonly reveal: () => void;
  readonly isRevealing: boolean;
  /** Downloads what is stored of the customer whose data was asked for. */
  readonly person: { readonly start: () => void; readonly isRunning: boolean };
}

export function DeliveryPage(props: DeliveryPageProps) {
  const { at, isAway, delivery, replaying } = props;
  const { t } = useReader();
  const tone = deliveryTone(delivery.state);
  return (
    <Clock at={at}>
      <Page
        title={delivery.topic}
        subtitle={t("hooks.log.number", { id: delivery.id })}
        titleMetadata={
          <Badge {...(tone ? { tone } : {})}>{t(`hooks.outcome.${delivery.state}.badge`)}</Badge>
        }
        backAction={{ content: t("hooks.log.title"), url: "/app/webhooks/deliveries" }}
        primaryAction={{
          content: t("hooks.replay.one"),
          onAction: replaying.ask,
          loading: replaying.isAsking,
          helpText: t("hooks.delivery.replayable"),
        }}
      >
        <div className="cf-stack">
          <AwayNotice isAway={isAway} at={at} />
          <Events delivery={delivery} />
          {delivery.topic === DATA_REQUEST_TOPIC && delivery.recordKey && <Person person={props.person} />}
          <Changes changes={delivery.changes} />
          <Headers delivery={delivery} />
          <Body {...props} />
          <Related delivery={delivery} />
        </div>
        <ReplayDialog {...replaying.dialog} />
      </Page>
    </Clock>
  );
}

function Person({ person }: Pick<DeliveryPageProps, "person">) {
  const { t } = useReader();
  return (
    <Panel title={t("hooks.delivery.person")}>
      <BlockStack gap="300">
        <Text as="p" tone="subdued">
          {t("hooks.delivery.personHint")}
        </Text>
        <InlineStack>
          <Button onClick={person.start} loading={person.isRunning}>
            {t("hooks.delivery.personDownload")}
          </Button>
        </InlineStack>
      </BlockStack>
    </Panel>
  );
}

function Events({ delivery }: { readonly delivery: DeliveryDetail }) {
  const { t, formats } = useReader();
  const now = useNow();
  const { events, nextAttemptAt, isSource } = delivery;
  return (
    <Panel title={t("hooks.delivery.attempts")}>
      <ol className="cf-list">
        {events.map((event) => (
          <EventItem key={`${event.at.toISOString()} ${event.act}`} event={event} />
        ))}
        {nextAttemptAt && (
          <li>
            {nextAttemptAt > now
              ? t("hooks.delivery.waiting", { at: formats.second(nextAttemptAt, now) })
              : t("hooks.delivery.soon")}
          </li>
        )}
        {isSource && <li>{t("hooks.delivery.isSource")}</li>}
      </ol>
    </Panel>
  );
}

function EventItem({ event }: { readonly event: DeliveryEvent }) {
  const reading = { ...useReader(), now: useNow() };
  const { t, formats, now } = reading;
  return (
    <li>
      <div className="cf-line">
        <span>{eventWords(event, reading)}</span>
        <span className="cf-faint">
          <Moment at={event.at}>{formats.second(event.at, now)}</Moment>
        </span>
      </div>
      {event.detail && (
        <details className="cf-details">
          <summary>{t("hooks.delivery.detail")}</summary>
          <code>{event.reason ? `${event.reason}: ${event.detail}` : event.detail}</code>
        </details>
      )}
    </li>
  );
}

function Headers({ delivery }: { readonly delivery: DeliveryDetail }) {
  const { t, formats } = useReader();
  const now = useNow();
  const unknown = t("hooks.delivery.unknown");
  const { resource, recordKey, triggeredAt, receivedAt, settledAt, repeats, bytes } = delivery;
  const when = (at: Date | null) => (at ? <Moment at={at}>{formats.second(at, now)}</Moment> : unknown);
  const since = triggeredAt ?? receivedAt;
  return (
    <Panel title={t("hooks.delivery.facts")}>
      <dl className="cf-facts cf-facts--wide">
        <Fact label={t("hooks.delivery.changed")}>
          {resource && recordKey ? (
            <Link url={recordPath(resource, recordKey)}>
              {t("hooks.log.recordOf", { resource: resourceTitle(resource, t), key: recordKey })}
            </Link>
          ) : (
            unknown
          )}
        </Fact>
        <Fact label={t("hooks.delivery.triggeredAt")}>{when(triggeredAt)}</Fact>
        <Fact label={t("hooks.delivery.receivedAt")}>
          {triggeredAt ? (
            <Moment at={receivedAt}>
              {t("hooks.delivery.came", {
                at: formats.second(receivedAt, now),
                delay: formats.duration(Math.max(0, receivedAt.getTime() - triggeredAt.getTime())),
              })}
            </Moment>
          ) : (
            when(receivedAt)
          )}
        </Fact>
        {settledAt && (
          <Fact label={t("hooks.delivery.settledAt")}>
            {t("hooks.delivery.took", {
              delay: formats.duration(Math.max(0, settledAt.getTime() - since.getTime())),
            })}
          </Fact>
        )}
        <Fact label={t("hooks.delivery.repeats")}>
          {repeats === 0
            ? t("hooks.delivery.repeatsNone")
            : t("hooks.delivery.times", { count: repeats, shown: formats.number(repeats) })}
        </Fact>
        <Fact label={t("hooks.delivery.shop")}>{delivery.shopDomain}</Fact>
        <Fact label={t("hooks.delivery.webhookId")}>{delivery.webhookId}</Fact>
        <Fact label={t("hooks.delivery.eventId")}>{delivery.eventId ?? unknown}</Fact>
        <Fact label={t("hooks.delivery.apiVersion")}>{delivery.apiVersion ?? unknown}</Fact>
        <Fact label={t("hooks.delivery.size")}>
          {t("hooks.delivery.bytes", { shown: formats.number(bytes) })}
        </Fact>
      </dl>
    </Panel>
  );
}

function Body({ delivery, revealed, reveal, isRevealing }: DeliveryPageProps) {
  const { t, formats } = useReader();
  const body = revealed ?? delivery.body;
  if (body.kind !== "json") {
    return (
      <Panel title={t("hooks.delivery.body")}>
        <Nothing title={t(`hooks.delivery.${body.kind}`)} />
      </Panel>
    );
  }
  return (
    <Panel
      title={t("hooks.delivery.body")}
      aside={
        body.covered > 0 ? (
          <Button onClick={reveal} loading={isRevealing}>
            {t("hooks.delivery.reveal")}
          </Button>
        ) : null
      }
    >
      <InlineStack gap="200">
        <Text as="p" tone="subdued">
          {revealed
            ? t("hooks.delivery.uncovered")
            : body.covered > 0 &&
              t("hooks.delivery.covered", { count: body.covered, shown: formats.number(body.covered) })}
          {body.isCut && ` ${t("hooks.delivery.cut")}`}
        </Text>
      </InlineStack>
      {/* Scrolls, so a keyboard must be able to reach it. */}
      <pre className="cf-body" tabIndex={0} role="region" aria-label={t("hooks.delivery.body")}>
        {body.text}
      </pre>
    </Panel>
  );
}

function Related({ delivery: { related } }: { readonly delivery: DeliveryDetail }) {
  const { t } = useReader();
  const same = new Set(related.filter(({ isSameEvent }) => isSameEvent).map(({ id }) => id));
  return (
    <Panel title={t("hooks.delivery.related")} isFlush={related.length > 0}>
      {related.length === 0 ? (
        <Nothing title={t("hooks.delivery.relatedNone")} />
      ) : (
        <DeliveryTable
          deliveries={related}
          mark={({ id }) => (same.has(id) ? <Badge>{t("hooks.delivery.sameEvent")}</Badge> : null)}
        />
      )}
    </Panel>
  );
}
