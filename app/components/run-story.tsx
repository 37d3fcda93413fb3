// What a run did: its phases with their times, the moments worth telling, the ground that it left open.
import { Link } from "@shopify/polaris";
import type { HoleView, NoteView, PhaseView } from "#app/status/run-detail.ts";
import { en } from "#app/texts/en.ts";
import { Nothing } from "./notices.tsx";
import { Panel } from "./panel.tsx";
import { Moment, useNow, useReader } from "./reader.tsx";
import { holeState, holeWords, noteWords, unitsWords } from "./run-words.ts";

export interface PhasesPanelProps {
  readonly isOver: boolean;
  readonly phases: readonly PhaseView[];
  readonly partsLeft: number;
}

/** Each phase is a bar on one line of time, so that one sees what took long and what went on side by side. */
export function PhasesPanel({ phases, partsLeft, isOver }: PhasesPanelProps) {
  const { t, formats } = useReader();
  const now = useNow();
  const begins = Math.min(...phases.map(({ startedAt }) => startedAt.getTime()));
  const ends = Math.max(...phases.map(({ endedAt }) => (endedAt ?? now).getTime()));
  const span = Math.max(1, ends - begins);
  const share = (ms: number) => `${Math.min(100, Math.max(0, (100 * ms) / span)).toFixed(2)}%`;
  return (
    <Panel title={t("runPage.phases.title")}>
      {phases.length === 0 ? (
        <Nothing title={t(isOver ? "runPage.phases.unknown" : "runPage.phases.none")} />
      ) : (
        <ol className="cf-phases">
          {phases.map((phase) => {
            const end = (phase.endedAt ?? now).getTime();
            const from = phase.startedAt.getTime();
            return (
              <li key={`${phase.phase} ${from}`}>
                <span className="cf-phases__name">{phaseName(phase.phase)}</span>
                <span className="cf-phases__line" aria-hidden="true">
                  <span
                    className={phase.endedAt ? "cf-phases__bar" : "cf-phases__bar cf-phases__bar--now"}
                    style={{
                      // A last phase that is shorter than its least width ends with the line all the same.
                      insetInlineStart: `min(${share(from - begins)}, 100% - var(--p-space-100))`,
                      width: share(end - from),
                    }}
                  />
                </span>
                <span className="cf-phases__figures cf-number">{figuresOf(phase)}</span>
              </li>
            );
          })}
        </ol>
      )}
      {partsLeft > 1 && (
        <p className="cf-subdued">
          {t("runPage.phases.partsLeft", { count: partsLeft, shown: formats.number(partsLeft) })}
        </p>
      )}
    </Panel>
  );

  function phaseName(phase: string): string {
    return t(`phase.${Object.hasOwn(en.phase, phase) ? (phase as keyof typeof en.phase) : "other"}`);
  }

  function figuresOf(phase: PhaseView): string {
    const { endedAt, ms, cost, times } = phase;
    return [
      endedAt ? formats.duration(ms) : t("runPage.phases.still"),
      unitsWords(phase, { t, formats }),
      cost > 0 ? t("runPage.phases.points", { shown: formats.number(cost) }) : "",
      times > 1 ? t("runPage.phases.times", { shown: formats.number(times) }) : "",
    ]
      .filter((part) => part !== "")
      .join(" · ");
  }
}

export function NotesPanel({ notes }: { readonly notes: readonly NoteView[] }) {
  const { t, formats } = useReader();
  const now = useNow();
  const isGapped = notes.some(({ seq }, at) => at > 0 && seq !== notes[at - 1]!.seq + 1);
  return (
    <Panel title={t("runPage.notes.title")}>
      {notes.length === 0 ? (
        <Nothing title={t("runPage.notes.none")} />
      ) : (
        <ol className="cf-notes">
          {notes.map((note) => (
            <li key={note.seq}>
              <span className="cf-subdued">
                <Moment at={note.at}>{formats.second(note.at, now)}</Moment>
              </span>
              <span>
                {noteWords(note, { t, formats, now })}
                {note.times > 1 && (
                  <span className="cf-subdued">
                    {" "}
                    {t("runPage.notes.times", {
                      shown: formats.number(note.times),
                      at: formats.second(note.lastAt, now),
                    })}
                  </span>
                )}
                {note.code === "goes_on" && typeof note.detail.run === "string" && (
                  <>
                    {" "}
                    <Link url={`/app/runs/${note.detail.run}`}>
                      {t("activity.run.number", { id: note.detail.run })}
                    </Link>
                  </>
                )}
              </span>
            </li>
          ))}
        </ol>
      )}
      {isGapped && <p className="cf-subdued">{t("runPage.notes.left")}</p>}
    </Panel>
  );
}

export function HolesPanel({ holes }: { readonly holes: readonly HoleView[] }) {
  const { t, formats } = useReader();
  const reading = { t, formats, now: useNow() };
  return (
    <Panel title={t("runPage.holes.title")}>
      {holes.length === 0 ? (
        <Nothing title={t("runPage.holes.none")} />
      ) : (
        <ul className="cf-holes">
          {holes.map((hole) => (
            <li key={hole.id}>
              <span>{holeWords(hole, reading)}</span>
              <span className="cf-subdued">{holeState(hole, reading)}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
