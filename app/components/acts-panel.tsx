// What people, programs and the watch did, newest first: one line each with who and when.
import type { ActView } from "#app/status/acts.ts";
import { Nothing } from "./notices.tsx";
import { Panel } from "./panel.tsx";
import { Ago, useNow, useReader } from "./reader.tsx";
import type { Reading } from "./words.ts";

export interface ActsPanelProps {
  readonly title: string;
  readonly acts: readonly ActView[];
  readonly words: (act: ActView, reading: Reading) => string;
  /** Where nothing was done. */
  readonly none: { readonly title: string; readonly hint: string };
}

export function ActsPanel({ title, acts, words, none }: ActsPanelProps) {
  const reading = { ...useReader(), now: useNow() };
  return (
    <Panel title={title}>
      {acts.length === 0 ? (
        <Nothing {...none} />
      ) : (
        <ul className="cf-list cf-list--tight">
          {acts.map((act) => (
            <li key={act.id}>
              <div className="cf-line">
                <span>{words(act, reading)}</span>
                <span className="cf-subdued">
                  <Ago at={act.at} />
                </span>
              </div>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
