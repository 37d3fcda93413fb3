// One limited edition: how it stands, who has which number, what its size was, and what was put right by hand. Props in,
// JSX out.
import { Badge, ButtonGroup, Link, Page } from "@shopify/polaris";
import type { ReactNode } from "react";
import { recordPath } from "#app/status/choices.ts";
import type { CorrectionView, EditionDetail, EditionView, SizeView, UnitView } from "#app/status/editions.ts";
import { AwayNotice, DroppedNotice, Fact, Nothing } from "../notices.tsx";
import { Panel } from "../panel.tsx";
import { Ago, Clock, Moment, useNow, useReader } from "../reader.tsx";
import { Verdict } from "../verdict.tsx";
import { Paging } from "./editions-page.tsx";
import {
  EDITION_TONES,
  actorWords,
  correctionWords,
  editionTitle,
  orderWords,
  reasonWords,
  stateSentence,
  stateTodo,
} from "./words.ts";

export interface EditionPageProps {
  readonly at: Date;
  readonly isAway: boolean;
  readonly detail: EditionDetail;
  readonly dropped: readonly string[];
  readonly isLater: boolean;
  readonly pageUrl: (after: string | null) => string;
  readonly acts: ReactNode;
  readonly correct: ReactNode;
}

export function EditionPage(props: EditionPageProps) {
  const { at, isAway, detail, dropped, isLater, pageUrl, acts, correct } = props;
  const { edition, units, next, sizes, corrections } = detail;
  const { t } = useReader();
  return (
    <Clock at={at}>
      <Page
        title={editionTitle(edition, t)}
        backAction={{ content: t("editions.title"), url: "/app/editions" }}
      >
        <div className="cf-stack">
          <AwayNotice isAway={isAway} at={at} />
          <DroppedNotice dropped={dropped} />
          <Standing edition={edition} />
          <div className="cf-columns">
            <div className="cf-stack cf-columns__rest">
              <Panel title={t("editions.unit.title")} aside={<ButtonGroup>{acts}</ButtonGroup>} isFlush>
                {units.length === 0 ? (
                  <div className="cf-panel__body">
                    <Nothing title={t("editions.unit.none")} hint={t("editions.unit.noneHint")} />
                  </div>
                ) : (
                  <UnitTable units={units} />
                )}
              </Panel>
              <Paging label={t("editions.unit.pages")} isLater={isLater} next={next} pageUrl={pageUrl} />
            </div>
            <div className="cf-stack">
              <Figures edition={edition} />
              {correct}
              <Corrections corrections={corrections} />
              <Sizes sizes={sizes} />
            </div>
          </div>
        </div>
      </Page>
    </Clock>
  );
}

function Standing({ edition }: { readonly edition: EditionView }) {
  const reading = useReader();
  return (
    <Verdict tone={EDITION_TONES[edition.state]} title={stateSentence(edition, reading)}>
      {stateTodo(edition, reading.t).map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
    </Verdict>
  );
}

function Figures({ edition }: { readonly edition: EditionView }) {
  const { t, formats } = useReader();
  const { size, proofs, sold, returned, remaining, oversold, text } = edition;
  const number = (value: number | null) => (value === null ? t("editions.unknown") : formats.number(value));
  return (
    <Panel title={t("editions.fact.title")}>
      <dl className="cf-facts">
        <Fact label={t("editions.fact.size")}>{number(size)}</Fact>
        <Fact label={t("editions.fact.proofs")}>{number(proofs)}</Fact>
        <Fact label={t("editions.fact.sold")}>{number(sold)}</Fact>
        <Fact label={t("editions.fact.returned")}>{number(returned)}</Fact>
        <Fact label={t("editions.fact.remaining")}>{number(remaining)}</Fact>
        <Fact label={t("editions.fact.oversold")}>{number(oversold)}</Fact>
        <Fact label={t("editions.fact.text")}>{text ?? t("editions.fact.gone")}</Fact>
      </dl>
    </Panel>
  );
}

function UnitTable({ units }: { readonly units: readonly UnitView[] }) {
  const { t } = useReader();
  return (
    <table className="cf-table" role="table">
      <thead role="rowgroup">
        <tr role="row">
          {(["number", "order", "state", "sold"] as const).map((column) => (
            <th key={column} role="columnheader" scope="col">
              {t(`editions.unit.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {units.map((unit) => (
          <UnitRow key={unit.id} unit={unit} />
        ))}
      </tbody>
    </table>
  );
}

function UnitRow({ unit: row }: { readonly unit: UnitView }) {
  const { t, formats } = useReader();
  const now = useNow();
  const { number, orderId, orderName, unit, state, formerNumber, soldAt } = row;
  const notes = [reasonWords(row, t), orderWords(row, t)].filter((note) => note !== null);
  return (
    <tr role="row">
      <th role="rowheader" scope="row">
        <strong>{number === null ? t("editions.unit.without") : formats.number(number)}</strong>
        {formerNumber !== null && (
          <div className="cf-subdued">{t("editions.unit.was", { number: formats.number(formerNumber) })}</div>
        )}
      </th>
      <td role="cell">
        {orderId === null ? (
          <span className="cf-subdued">{t("editions.unit.noOrder")}</span>
        ) : (
          <Link url={recordPath("orders", orderId)} monochrome>
            {orderName ?? orderId}
          </Link>
        )}
        {unit !== null && unit > 1 && <div className="cf-subdued">{t("editions.unit.of", { unit })}</div>}
      </td>
      <td role="cell">
        <Badge {...(state === "sold" ? { tone: "success" } : {})}>{t(`editions.unitState.${state}`)}</Badge>
        {notes.map((note) => (
          <div key={note} className="cf-subdued">
            {note}
          </div>
        ))}
      </td>
      <td role="cell">{soldAt === null ? "–" : <Moment at={soldAt}>{formats.time(soldAt, now)}</Moment>}</td>
    </tr>
  );
}

function Sizes({ sizes }: { readonly sizes: readonly SizeView[] }) {
  const { t } = useReader();
  return (
    <Panel title={t("editions.size.title")}>
      <ul className="cf-list">
        {sizes.map((size) => (
          <li key={size.id}>
            <div className="cf-line">
              <SizeWords {...size} />
              <span className="cf-subdued">
                <Ago at={size.seenAt} />
              </span>
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function SizeWords({ text, size, proofs }: SizeView) {
  const { t, formats } = useReader();
  if (text === null) return <span>{t("editions.size.gone")}</span>;
  if (size === null) return <span>{t("editions.size.bad", { text })}</span>;
  const shown = { text, size: formats.number(size), proofs: formats.number(proofs ?? 0) };
  return <span>{t(proofs ? "editions.size.setProofs" : "editions.size.set", shown)}</span>;
}

function Corrections({ corrections }: { readonly corrections: readonly CorrectionView[] }) {
  const reading = useReader();
  const { t } = reading;
  return (
    <Panel title={t("editions.correct.history")}>
      {corrections.length === 0 ? (
        <Nothing title={t("editions.correct.none")} />
      ) : (
        <ul className="cf-list">
          {corrections.map((correction) => (
            <li key={correction.id}>
              <div className="cf-line">
                <span>{correctionWords(correction, reading)}</span>
                <span className="cf-subdued">
                  <Ago at={correction.at} />
                </span>
              </div>
              <div>{correction.reason}</div>
              <div className="cf-subdued">{actorWords(correction.actor, t)}</div>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
