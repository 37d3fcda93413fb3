// One run as the JSON API tells it: codes for programs beside the sentences for people. Pure.
import { formatsFor } from "#app/components/formats.ts";
import { noteWords } from "#app/components/run-words.ts";
import { progressSentence } from "#app/components/words.ts";
import type { RunDetail } from "#app/status/run-detail.ts";
import { FALLBACK_LANGUAGE, textsFor } from "#app/texts/index.ts";

/** Body of GET /api/shopify/runs/:id; docs/api.md describes it. Dates become ISO 8601 in JSON. */
export function runBody(detail: RunDetail, timeZone: string, now: Date) {
  const { t } = textsFor(FALLBACK_LANGUAGE);
  const reading = { t, formats: formatsFor(FALLBACK_LANGUAGE, timeZone, t), now };
  const { run, request, cost, plan, phases, notes, holes } = detail;
  const isActive = run.state === "running" || run.state === "queued";
  return {
    run: {
      ...run,
      message: isActive ? progressSentence(run, reading) : t(`activity.outcome.${run.state}`),
      request,
      cost,
    },
    plan,
    phases,
    notes: notes.map((note) => ({ ...note, message: noteWords(note, reading) })),
    holes,
  };
}
