// One row per resource: its state in words, what is here and in Shopify, how fresh it is, and the button to sync it.
import { Badge, Text } from "@shopify/polaris";
import type { ReactNode } from "react";
import type { ResourceView } from "#app/status/overview.ts";
import { Panel } from "./panel.tsx";
import { Ago, Moment, useNow, useReader } from "./reader.tsx";
import { RunProgress } from "./run-progress.tsx";
import { badgeOf, resourceTitle, stateSentence } from "./words.ts";

export interface ResourceTableProps {
  readonly resources: readonly ResourceView[];
  /** What can be done with a resource, in its last column. */
  readonly act: (view: ResourceView) => ReactNode;
}

export function ResourceTable({ resources, act }: ResourceTableProps) {
  const { t } = useReader();
  return (
    <Panel title={t("table.title")} isFlush>
      <table className="cf-table" role="table">
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col">
              {t("table.resource")}
            </th>
            <th role="columnheader" scope="col" className="cf-table__number">
              {t("table.here")}
            </th>
            <th role="columnheader" scope="col" className="cf-table__number">
              {t("table.inShopify")}
            </th>
            <th role="columnheader" scope="col">
              {t("table.lastChange")}
            </th>
            <th role="columnheader" scope="col">
              {t("table.verified")}
            </th>
            <th role="columnheader" scope="col">
              <Text as="span" visuallyHidden>
                {t("table.actions")}
              </Text>
            </th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          {resources.map((view) => (
            <ResourceRow key={view.resource} view={view} act={act} />
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function ResourceRow({
  view,
  act,
}: {
  readonly view: ResourceView;
  readonly act: ResourceTableProps["act"];
}) {
  const { t, formats } = useReader();
  const title = resourceTitle(view.resource, t);
  const isActive = view.run !== null && view.run.state !== "paused";
  // Nobody asks for it: none of this is still to come.
  const isOff = view.state.code === "off";
  return (
    <tr role="row">
      <th role="rowheader" scope="row" className="cf-table__resource">
        <div className="cf-table__name">
          <Text as="span" variant="bodyMd" fontWeight="semibold">
            {title}
          </Text>
          <StateBadge state={view.state} />
        </div>
        <div className="cf-table__sentence">
          {view.run && isActive ? <RunProgress run={view.run} /> : <StateSentence state={view.state} />}
        </div>
      </th>
      <Cell label={t("table.here")} isNumber>
        {formats.number(view.mirrored)}
      </Cell>
      <Cell label={t("table.inShopify")} isNumber>
        {isOff ? "–" : <InShopify view={view} />}
      </Cell>
      <Cell label={t("table.lastChange")}>{isOff ? "–" : <LastChange view={view} />}</Cell>
      <Cell label={t("table.verified")}>{isOff ? "–" : <LastVerified view={view} />}</Cell>
      <td role="cell" className="cf-table__action">
        {act(view)}
      </td>
    </tr>
  );
}

export function StateBadge({ state }: { readonly state: ResourceView["state"] }) {
  const reading = { ...useReader(), now: useNow() };
  const { tone, text } = badgeOf(state, reading);
  return (
    <span className="cf-number">
      <Badge {...(tone ? { tone } : {})}>{text}</Badge>
    </span>
  );
}

function StateSentence({ state }: { readonly state: ResourceView["state"] }) {
  const reading = { ...useReader(), now: useNow() };
  return <Faint>{stateSentence(state, reading)}</Faint>;
}

function Cell({
  label,
  isNumber = false,
  children,
}: {
  readonly label: string;
  readonly isNumber?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <td role="cell" className={isNumber ? "cf-table__number" : undefined}>
      {/* At phone width the header row is out of sight. */}
      <span className="cf-table__label" aria-hidden="true">
        <Faint>{label}</Faint>
      </span>
      {children}
    </td>
  );
}

function LastVerified({ view }: { readonly view: ResourceView }) {
  const { t } = useReader();
  return (
    <>
      {view.verifiedAt ? <Ago at={view.verifiedAt} /> : <Faint>{t("table.never")}</Faint>}
      {view.nextSyncAt && !view.run && <NextLook at={view.nextSyncAt} />}
    </>
  );
}

/** When changes are looked for that no webhook told of. */
function NextLook({ at }: { readonly at: Date }) {
  const { t, formats } = useReader();
  const leftMs = at.getTime() - useNow().getTime();
  return (
    <div>
      <Faint>
        <Moment at={at}>
          {leftMs > 0 ? t("table.nextLook", { in: formats.roughly(leftMs) }) : t("table.lookDue")}
        </Moment>
      </Faint>
    </div>
  );
}

function InShopify({ view }: { readonly view: ResourceView }) {
  const { t, formats } = useReader();
  const now = useNow();
  if (view.inShopify === null || view.countedAt === null) {
    const isAsked = view.verifiedAt === null;
    return (
      <span title={isAsked ? undefined : t("table.notCountedHint")}>
        <Faint>{isAsked ? t("table.countUnknown") : t("table.notCounted")}</Faint>
      </span>
    );
  }
  return (
    <>
      <div>{formats.number(view.inShopify)}</div>
      <Faint>
        <time dateTime={view.countedAt.toISOString()} title={formats.exactTime(view.countedAt)}>
          {t(view.isCounted ? "table.countedAt" : "table.readAt", { ago: formats.ago(view.countedAt, now) })}
        </time>
      </Faint>
    </>
  );
}

function LastChange({ view: { lastChange, delayMs } }: { readonly view: ResourceView }) {
  const { t, formats } = useReader();
  if (!lastChange) return <Faint>{t("table.noChange")}</Faint>;
  return (
    <>
      <div>
        <Ago at={lastChange.at} />
      </div>
      {lastChange.by === "read" && <Faint>{t("table.byReading")}</Faint>}
      {lastChange.by === "moved" && <Faint>{t("table.moved")}</Faint>}
      {lastChange.by === "webhook" && delayMs !== null && (
        <Faint>{t("table.delay", { delay: formats.duration(delayMs) })}</Faint>
      )}
    </>
  );
}

function Faint({ children }: { readonly children: ReactNode }) {
  return (
    <Text as="span" variant="bodySm" tone="subdued">
      {children}
    </Text>
  );
}
