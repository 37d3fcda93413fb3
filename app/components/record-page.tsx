// One record: whether the mirror and Shopify say the same of it, field by field, and what came of it lately.
import { Button, ButtonGroup, Link, Page } from "@shopify/polaris";
import type { Comparison } from "#app/status/record-compare.ts";
import type { RecordDetail } from "#app/status/record-detail.ts";
import { columnWords } from "./activity-words.ts";
import { ErrorList } from "./errors-card.tsx";
import { AwayNotice, Fact } from "./notices.tsx";
import { Panel } from "./panel.tsx";
import { Clock, Moment, useNow, useReader } from "./reader.tsx";
import { FieldTable, PartsPanel } from "./record-fields.tsx";
import { TimelinePanel } from "./record-timeline.tsx";
import { recordVerdict } from "./record-words.ts";
import { Verdict } from "./verdict.tsx";
import { resourceTitle } from "./words.ts";

/** What Shopify answered when it was asked for this one record. */
export type LiveAnswer =
  | { readonly answer: "shown"; readonly comparison: Comparison; readonly askedAt: Date }
  | { readonly answer: "none"; readonly askedAt: Date }
  /** It could not be asked, or its answer cannot be mirrored exactly. */
  | { readonly answer: "away" | "bad_field"; readonly code: string; readonly askedAt: Date };

export interface RecordPageProps {
  readonly at: Date;
  readonly isAway: boolean;
  readonly record: RecordDetail;
  /** Null while Shopify is being asked. */
  readonly live: LiveAnswer | null;
  readonly isAsking: boolean;
  readonly onAsk: () => void;
  readonly onSync: () => void;
  readonly isSyncing: boolean;
}

export function RecordPage(props: RecordPageProps) {
  const { at, isAway, record, live, isAsking, onAsk, onSync, isSyncing } = props;
  const { t } = useReader();
  const title = resourceTitle(record.resource, t);
  const verdict = recordVerdict(record, live, t);
  const comparison = live?.answer === "shown" ? live.comparison : null;
  const fields = (comparison ?? record.mirrored ?? record.tombstone)?.fields;
  const isLastState = !comparison && !record.mirrored;
  return (
    <Clock at={at}>
      <Page
        title={record.title ?? t("records.one", { resource: title, key: record.key })}
        {...(record.title === null
          ? {}
          : { subtitle: t("records.one", { resource: title, key: record.key }) })}
        backAction={{ content: t("records.title"), url: "/app/records" }}
      >
        <div className="cf-stack">
          <AwayNotice isAway={isAway} at={at} />
          <Verdict tone={verdict.tone} title={verdict.title}>
            {verdict.todo.map((todo) => (
              <p key={todo}>{todo}</p>
            ))}
          </Verdict>
          <div className="cf-acts">
            <ButtonGroup>
              <Button
                variant="primary"
                loading={isSyncing}
                disabled={live?.answer === "none" && record.mirrored === null}
                onClick={onSync}
              >
                {t("records.syncNow")}
              </Button>
              <Button loading={isAsking} disabled={isSyncing} onClick={onAsk}>
                {t("records.compare")}
              </Button>
            </ButtonGroup>
          </div>
          <div className="cf-columns">
            <div className="cf-stack">
              {fields && (
                <FieldTable
                  fields={fields}
                  shopify={comparison ? "shown" : live === null && !isLastState ? "asked" : "unknown"}
                  isLastState={isLastState}
                  isMoving={comparison?.isMoving ?? false}
                />
              )}
              {comparison && <PartsPanel parts={comparison.children} isMoving={comparison.isMoving} />}
            </div>
            <div className="cf-stack">
              {(record.mirrored ?? record.tombstone) && <FactsPanel record={record} live={live} />}
              {(record.mirrored ?? record.tombstone ?? record.timeline.length > 0) && (
                <TimelinePanel events={record.timeline} />
              )}
              {record.errors.length > 0 && (
                <Panel title={t("records.errors")}>
                  <ErrorList errors={record.errors} />
                </Panel>
              )}
            </div>
          </div>
        </div>
      </Page>
    </Clock>
  );
}

function FactsPanel({ record, live }: { readonly record: RecordDetail; readonly live: LiveAnswer | null }) {
  const { t, formats } = useReader();
  const now = useNow();
  const { mirrored, tombstone } = record;
  const when = (at: Date) => <Moment at={at}>{formats.time(at, now)}</Moment>;
  return (
    <Panel title={t(mirrored ? "records.facts" : "records.deletion")}>
      <dl className="cf-facts">
        {mirrored && (
          <>
            {mirrored.updatedAt && <Fact label={t("records.updatedAt")}>{when(mirrored.updatedAt)}</Fact>}
            <Fact label={t("records.appliedAt")}>{when(mirrored.appliedAt)}</Fact>
            <Fact label={t("records.confirmedAt")}>
              {mirrored.confirmedAt ? when(mirrored.confirmedAt) : t("records.notConfirmed")}
            </Fact>
            <Fact label={t("records.origin")}>
              <OriginWords kind={mirrored.originKind} id={mirrored.originId} />
            </Fact>
            {mirrored.children.map(({ table, count }) => (
              <Fact key={table} label={columnWords(table)}>
                {formats.number(count)}
              </Fact>
            ))}
          </>
        )}
        {tombstone && <Fact label={t("records.deletedAt")}>{when(tombstone.deletedAt)}</Fact>}
        {tombstone && (
          <Fact label={t("records.reason")}>
            <ReasonWords reason={tombstone.reason} />
          </Fact>
        )}
        <Fact label={t("records.askedAt")}>{live ? when(live.askedAt) : t("records.isAsked")}</Fact>
      </dl>
    </Panel>
  );
}

function ReasonWords({ reason }: { readonly reason: string }) {
  const { t } = useReader();
  const isKnown = reason === "webhook" || reason === "absent" || reason === "gone" || reason === "filtered";
  return <>{t(`records.reasons.${isKnown ? reason : "other"}`)}</>;
}

function OriginWords({ kind, id }: { readonly kind: string; readonly id: string | null }) {
  const { t } = useReader();
  const words =
    kind === "webhook" || kind === "bulk" || kind === "page" || kind === "fetch"
      ? t(`records.origins.${kind}`)
      : t("records.origins.other");
  if (id === null || kind === "webhook") return <>{words}</>;
  return <Link url={`/app/runs/${id}`}>{t("faults.ofRun", { id })}</Link>;
}
