// The overview as the JSON API tells it: codes for programs beside the sentences for people. Pure.
import { formatsFor } from "#app/components/formats.ts";
import {
  badgeOf,
  headlineDetail,
  headlineSentence,
  progressSentence,
  stateSentence,
} from "#app/components/words.ts";
import type { Overview, ResourceView } from "#app/status/overview.ts";
import type { RunView } from "#app/status/runs.ts";
import { FALLBACK_LANGUAGE, textsFor } from "#app/texts/index.ts";

/** Body of GET /api/shopify/sync-status; docs/api.md describes it. Dates become ISO 8601 in JSON. */
export function syncStatus(overview: Overview) {
  const { t } = textsFor(FALLBACK_LANGUAGE);
  const { at, shop, headline, resources, mirrored, webhooks, confirmations, errors } = overview;
  const reading = { t, formats: formatsFor(FALLBACK_LANGUAGE, shop.timeZone ?? "UTC", t), now: at };
  const resourceBody = (view: ResourceView) => ({
    resource: view.resource,
    state: view.state.code,
    label: badgeOf(view.state, reading).text,
    message: stateSentence(view.state, reading),
    mirrored: view.mirrored,
    inShopify: view.inShopify,
    countedAt: view.countedAt,
    lastChangeAt: view.lastChangeAt,
    lagMs: view.delayMs,
    verifiedAt: view.verifiedAt,
    run: view.run && runBody(view.run),
  });
  const runBody = (run: RunView) => ({
    id: run.id,
    kind: run.kind,
    state: run.state,
    phase: run.phase,
    message: progressSentence(run, reading),
    startedBy: run.startedBy,
    startedAt: run.startedAt,
    done: run.done,
    total: run.total,
    percent: run.percent,
    perSecond: run.perSecond,
    etaMs: run.etaMs,
    rejected: run.rejected,
  });
  return {
    at,
    shop,
    overall: {
      state: headline.code,
      message: headlineSentence(headline, reading),
      detail: headlineDetail(headline, reading),
    },
    mirrored,
    resources: resources.map(resourceBody),
    webhooks,
    confirmations,
    errors,
  };
}
