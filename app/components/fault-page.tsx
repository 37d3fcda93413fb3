// All errors of one cause: what to do, what somebody said of it, and trying again, which shows first what it would do.
import { BlockStack, Button, ButtonGroup, Link, Page, Text } from "@shopify/polaris";
import { useState } from "react";
import type { ReactNode } from "react";
import { DATA_REQUESTS, DATA_REQUEST_TOPIC, causeQuery, hasPage, recordPath } from "#app/status/choices.ts";
import type { RetryPlan } from "#app/status/choices.ts";
import type { ErrorGroup, Occurrence, OccurrencePage } from "#app/status/error-groups.ts";
import { groupPlace, groupTone, planWords } from "./activity-words.ts";
import { GroupBadge, MarkWords } from "./faults-page.tsx";
import { Landing } from "./landing.tsx";
import { AwayNotice, DroppedNotice, Fact, Nothing } from "./notices.tsx";
import { Panel } from "./panel.tsx";
import { Ago, Clock, Moment, useNow, useReader } from "./reader.tsx";
import { Trend } from "./trend.tsx";
import { Verdict } from "./verdict.tsx";
import { causeOf, resourceTitle } from "./words.ts";

export type FaultAct = "acknowledge" | "resolve" | "ignore" | "reopen";

/** What can be said of a cause, by its state. */
const ACTS: Readonly<Record<ErrorGroup["state"], readonly FaultAct[]>> = {
  open: ["acknowledge", "resolve", "ignore"],
  reopened: ["acknowledge", "resolve", "ignore"],
  acknowledged: ["resolve", "ignore", "reopen"],
  ignored: ["reopen"],
  resolved: [],
};

export interface FaultPageProps {
  readonly at: Date;
  readonly isAway: boolean;
  readonly group: ErrorGroup;
  readonly page: OccurrencePage;
  readonly isLater: boolean;
  readonly dropped: readonly string[];
  /** Buttons for all errors of the cause: export. */
  readonly acts: ReactNode;
  /** What trying all of it again would do. */
  readonly plan: RetryPlan;
  readonly press: (fields: Readonly<Record<string, string>>) => void;
  readonly pressed: string | null;
}

export function FaultPage(props: FaultPageProps) {
  const { at, isAway, group, dropped, press, pressed } = props;
  const { t } = useReader();
  const { what, todo } = causeOf(group.code, t);
  return (
    <Clock at={at}>
      <Page
        title={what}
        subtitle={groupPlace(group, t)}
        titleMetadata={<GroupBadge state={group.state} />}
        backAction={{ content: t("faults.title"), url: "/app/errors" }}
      >
        <div className="cf-stack">
          <AwayNotice isAway={isAway} at={at} />
          <DroppedNotice dropped={dropped} />
          <Landing>
            <Verdict tone={groupTone(group.state) ?? "info"} title={t("faults.todo", { todo })}>
              {group.code === DATA_REQUESTS.code && (
                <Link
                  url={`/app/webhooks/deliveries?${new URLSearchParams({ topic: DATA_REQUEST_TOPIC }).toString()}`}
                >
                  {t("faults.toRequests")}
                </Link>
              )}
              <MarkWords group={group} />
            </Verdict>
          </Landing>
          <div className="cf-acts">
            {ACTS[group.state].length > 0 && (
              <ButtonGroup>
                {ACTS[group.state].map((act) => (
                  <Button
                    key={act}
                    loading={pressed === act}
                    disabled={pressed !== null && pressed !== act}
                    onClick={() => press({ act })}
                  >
                    {t(`faults.act.${act}`)}
                  </Button>
                ))}
              </ButtonGroup>
            )}
          </div>
          {group.open > 0 && <RetryPanel {...props} />}
          <Facts group={group} />
          <Occurrences {...props} />
        </div>
      </Page>
    </Clock>
  );
}

function RetryPanel({ group, plan, press, pressed }: FaultPageProps) {
  const { t, formats } = useReader();
  const now = useNow();
  const [isAsked, setAsked] = useState(false);
  return (
    <Panel title={t("faults.plan.title")}>
      <BlockStack gap="300">
        <Text as="p">{planWords(plan, group.subject, { t, formats, now })}</Text>
        {plan.how !== "none" && (
          <ButtonGroup>
            {isAsked ? (
              <Button
                variant="primary"
                loading={pressed === "retry"}
                onClick={() => {
                  press({ act: "retry" });
                  setAsked(false);
                }}
              >
                {t("faults.act.confirm")}
              </Button>
            ) : (
              <Button loading={pressed === "retry"} onClick={() => setAsked(true)}>
                {t("faults.act.retry")}
              </Button>
            )}
          </ButtonGroup>
        )}
      </BlockStack>
    </Panel>
  );
}

function Facts({ group }: { readonly group: ErrorGroup }) {
  const { t, formats } = useReader();
  const now = useNow();
  return (
    <Panel title={t("faults.facts")}>
      <dl className="cf-facts cf-facts--wide">
        <Fact label={t("faults.openNow")}>{formats.number(group.open)}</Fact>
        <Fact label={t("faults.affected")}>{formats.number(group.records)}</Fact>
        <Fact label={t("faults.firstAt")}>
          <Moment at={group.firstAt}>{formats.time(group.firstAt, now)}</Moment>
        </Fact>
        <Fact label={t("faults.lastAt")}>
          <Moment at={group.lastAt}>{formats.time(group.lastAt, now)}</Moment>
        </Fact>
      </dl>
      <div className="cf-line">
        <span className="cf-subdued">{t("faults.trendTitle")}</span>
        <Trend days={group.days} />
      </div>
      {group.detail !== "" && (
        <details className="cf-details">
          <summary>{t("faults.newest")}</summary>
          <code>
            {group.code}: {group.detail}
          </code>
        </details>
      )}
    </Panel>
  );
}

function Occurrences({ group, page, isLater, acts, plan, press, pressed }: FaultPageProps) {
  const { t } = useReader();
  const address = `/app/errors/group?${causeQuery(group)}`;
  return (
    <Panel title={t("faults.occurrences")} aside={acts}>
      {page.occurrences.length === 0 ? (
        <Nothing title={t("faults.missing")} />
      ) : (
        <ul className="cf-list">
          {page.occurrences.map((each) => (
            <OccurrenceItem
              key={each.id}
              each={each}
              canRetry={
                group.source === "records" && plan.how !== "none" && each.isOpen && each.recordKey !== null
              }
              isBusy={pressed !== null}
              press={press}
            />
          ))}
        </ul>
      )}
      {(isLater || page.next) && (
        <nav aria-label={t("activity.pages")} className="cf-pages">
          <Button url={address} disabled={!isLater}>
            {t("activity.first")}
          </Button>
          <Button url={`${address}&after=${page.next}`} disabled={page.next === null}>
            {t("activity.next")}
          </Button>
        </nav>
      )}
    </Panel>
  );
}

interface OccurrenceProps {
  readonly each: Occurrence;
  readonly canRetry: boolean;
  readonly isBusy: boolean;
  readonly press: FaultPageProps["press"];
}

function OccurrenceItem({ each, canRetry, isBusy, press }: OccurrenceProps) {
  const { t } = useReader();
  const { resource, recordKey, runId } = each;
  const name =
    resource && recordKey
      ? t("errors.record", { resource: resourceTitle(resource, t), key: recordKey })
      : null;
  return (
    <li>
      <div className="cf-line">
        <span>
          {resource && recordKey && hasPage(recordKey) ? (
            <Link url={recordPath(resource, recordKey)}>{name}</Link>
          ) : (
            <Text as="span">{name ?? t("faults.noRecord")}</Text>
          )}{" "}
          {runId !== null && <Link url={`/app/runs/${runId}`}>{t("faults.ofRun", { id: runId })}</Link>}
        </span>
        <Text as="span" variant="bodySm" tone="subdued">
          {each.isOpen ? <Ago at={each.lastAt} /> : t("faults.resolvedOne")}
        </Text>
      </div>
      <div className="cf-line">
        <Text as="span" variant="bodySm" tone="subdued">
          {each.detail}
        </Text>
        {canRetry && recordKey && (
          <Button
            size="slim"
            disabled={isBusy}
            accessibilityLabel={t("faults.act.retryOne", { record: name ?? recordKey })}
            onClick={() => press({ act: "retry", record: recordKey })}
          >
            {t("faults.act.retry")}
          </Button>
        )}
      </div>
    </li>
  );
}
