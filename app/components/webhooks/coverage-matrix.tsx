// One row a topic: who subscribed it, what came, what was to be expected, and how late. Those that need a look come first.
import { Badge, Button, Link, Text } from "@shopify/polaris";
import { useState, type ReactNode } from "react";
import type { TopicCode, TopicView } from "#app/status/webhooks.ts";
import { Panel } from "../panel.tsx";
import { Ago, useNow, useReader } from "../reader.tsx";
import { subscribedWords, topicTone, topicWords } from "./words.ts";

const ORDER: readonly TopicCode[] = [
  "missing",
  "silent",
  "parked",
  "doubled",
  "low",
  "arriving",
  "quiet",
  "never",
  "unneeded",
];

/** Rows of topics that never came, or are not needed: more than so many are folded away until they are asked for. */
const STILL_SHOWN_MAX = 8;
const STILL: readonly TopicCode[] = ["never", "unneeded"];

const COLUMNS = ["topic", "subscribed", "last", "hour", "day", "failures", "delay"] as const;
type Column = (typeof COLUMNS)[number];
/** Figures stand below each other. */
const classOf = (column: Column) => (column === "hour" || column === "day" ? "cf-table__number" : undefined);

export function CoverageMatrix({ topics }: { readonly topics: readonly TopicView[] }) {
  const { t, formats } = useReader();
  const [isUnfolded, setUnfolded] = useState(false);
  const sorted = [...topics].sort(
    (a, b) => ORDER.indexOf(a.code) - ORDER.indexOf(b.code) || a.topic.localeCompare(b.topic),
  );
  const still = sorted.filter(({ code }) => STILL.includes(code)).length;
  const isFoldable = still > STILL_SHOWN_MAX;
  const shown = isFoldable && !isUnfolded ? sorted.filter(({ code }) => !STILL.includes(code)) : sorted;
  return (
    <Panel title={t("hooks.matrix.title")} isFlush>
      <p className="cf-note">
        {t("hooks.matrix.note")}{" "}
        {topics.every(({ expectedDay }) => expectedDay === null) && t("hooks.matrix.learning")}
      </p>
      <ApiNote />
      <table className="cf-table cf-table--wide" role="table">
        <thead role="rowgroup">
          <tr role="row">
            {COLUMNS.map((column) => (
              <th key={column} role="columnheader" scope="col" className={classOf(column)}>
                {t(`hooks.matrix.${column}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {shown.map((topic) => (
            <TopicRow key={topic.topic} view={topic} />
          ))}
        </tbody>
      </table>
      {isFoldable && (
        <div className="cf-panel__body">
          <Button variant="plain" ariaExpanded={isUnfolded} onClick={() => setUnfolded(!isUnfolded)}>
            {isUnfolded
              ? t("hooks.matrix.fold")
              : t("hooks.matrix.unfold", { count: still, shown: formats.number(still) })}
          </Button>
        </div>
      )}
    </Panel>
  );
}

/** What a list of subscriptions proves, and what only arrivals and counts do. */
function ApiNote() {
  const { t } = useReader();
  return (
    <details className="cf-details cf-note">
      <summary>{t("hooks.matrix.api.title")}</summary>
      <ul className="cf-explained">
        {(["lists", "hides", "proof", "repair"] as const).map((part) => (
          <li key={part}>{t(`hooks.matrix.api.${part}`)}</li>
        ))}
      </ul>
    </details>
  );
}

function TopicRow({ view }: { readonly view: TopicView }) {
  const reading = { ...useReader(), now: useNow() };
  const { t, formats } = reading;
  const tone = topicTone(view.code);
  // Of one that arrives, its badge and the time of the last delivery say as much.
  const words = topicWords(view, reading).slice(view.code === "arriving" ? 1 : 0);
  const { topic, lastReceivedAt, lastHour, lastDay, expectedHour, expectedDay, failedDay, parked, delayMs } =
    view;
  return (
    <tr role="row">
      <th role="rowheader" scope="row" className="cf-table__resource">
        <div className="cf-table__name cf-table__name--free">
          <Link
            url={`/app/webhooks/deliveries?topic=${encodeURIComponent(topic)}`}
            accessibilityLabel={t("hooks.matrix.open", { topic })}
            monochrome
          >
            {topic}
          </Link>
          <Badge {...(tone ? { tone } : {})}>{t(`hooks.state.${view.code}.badge`)}</Badge>
        </div>
        {words.map((sentence) => (
          <div key={sentence}>
            <Faint>{sentence}</Faint>
          </div>
        ))}
      </th>
      <Cell column="subscribed">
        <div>{subscribedWords(view, reading)}</div>
        <Fields view={view} />
      </Cell>
      <Cell column="last">
        {lastReceivedAt ? <Ago at={lastReceivedAt} /> : <Faint>{t("hooks.matrix.never")}</Faint>}
      </Cell>
      <Cell column="hour">
        <Count received={lastHour} expected={expectedHour} />
      </Cell>
      <Cell column="day">
        <Count received={lastDay} expected={expectedDay} />
      </Cell>
      <Cell column="failures">
        {failedDay === 0 && parked === 0 && <Faint>{t("hooks.matrix.none")}</Faint>}
        {failedDay > 0 && <div>{t("hooks.matrix.failed", { shown: formats.number(failedDay) })}</div>}
        {parked > 0 && (
          <Link url={`/app/webhooks/deliveries?state=parked&topic=${encodeURIComponent(topic)}`}>
            {t("hooks.matrix.parked", { shown: formats.number(parked) })}
          </Link>
        )}
      </Cell>
      <Cell column="delay">
        {delayMs === null ? (
          <Faint>{t("hooks.matrix.delayNone")}</Faint>
        ) : (
          <>
            <div className="cf-nowrap">
              {t("hooks.matrix.median", { delay: formats.duration(delayMs.p50) })}
            </div>
            <Faint>{t("hooks.matrix.most", { delay: formats.duration(delayMs.p95) })}</Faint>
          </>
        )}
      </Cell>
    </tr>
  );
}

/** Of a subscription of this store alone that brings a part of the body only. */
function Fields({ view: { subscriptions } }: { readonly view: TopicView }) {
  const { t, formats } = useReader();
  const fields = subscriptions?.find((each) => each.fields.length > 0)?.fields;
  if (!fields) return null;
  return (
    <Faint>{t("hooks.by.fields", { count: fields.length, shown: formats.number(fields.length) })}</Faint>
  );
}

function Count({ received, expected }: { readonly received: number; readonly expected: number | null }) {
  const { t, formats } = useReader();
  // That nothing is usual is no news where nothing came.
  const isTold = expected !== null && (received > 0 || Math.round(expected) > 0);
  return (
    <>
      <div>{formats.number(received)}</div>
      {isTold && <Faint>{t("hooks.matrix.usual", { shown: formats.number(Math.round(expected)) })}</Faint>}
    </>
  );
}

function Cell({ column, children }: { readonly column: Column; readonly children: ReactNode }) {
  const { t } = useReader();
  return (
    <td role="cell" className={classOf(column)}>
      {/* At phone width the header row is out of sight. */}
      <span className="cf-table__label" aria-hidden="true">
        <Faint>{t(`hooks.matrix.${column}`)}</Faint>
      </span>
      {children}
    </td>
  );
}

export function Faint({ children }: { readonly children: ReactNode }) {
  return (
    <Text as="span" variant="bodySm" tone="subdued">
      {children}
    </Text>
  );
}
