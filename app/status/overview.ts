// Everything that the Overview page shows, read in one go and never written. Figures come from rows that the engine
// keeps (counters, runs, deliveries): nothing here counts a mirror table. Codes and numbers only; no sentences.
import { pool } from "#app/db.server.ts";
import { resourceOf, resources as registry } from "#app/resources/index.ts";
import { WHOLE_READ_MS } from "#app/sync/catch-up-due.ts";
import { isOn, narrowingOf } from "#app/sync/rules.ts";
import { readRules } from "#app/sync/rules-store.ts";
import type { ResourceName } from "#app/resources/define.ts";
import { readAccess } from "#app/status/access.ts";
import type { Access } from "#app/status/access.ts";
import { readBudget } from "#app/status/api-budget.ts";
import type { BudgetView } from "#app/status/api-budget.ts";
import { readConfirmations } from "#app/status/confirmations.ts";
import type { Confirmations } from "#app/status/confirmations.ts";
import { countErrors, readErrors } from "#app/status/errors.ts";
import type { ErrorCount, ErrorView } from "#app/status/errors.ts";
import { guideOf, isGuideClosed } from "#app/status/guide.ts";
import type { Guide } from "#app/status/guide.ts";
import { readNeeds } from "#app/status/needs.ts";
import type { Need } from "#app/status/needs.ts";
import { readActiveRuns, readLastResults, readRecentRuns } from "#app/status/runs.ts";
import type { LastResult, RunState, RunView } from "#app/status/runs.ts";
import { readSchedule } from "#app/status/schedule.ts";
import type { Schedule } from "#app/status/schedule.ts";
import { readShop } from "#app/status/shop.ts";
import type { ShopView } from "#app/status/shop.ts";
import { readStandstill } from "#app/status/standstill.ts";
import type { Standstill } from "#app/status/standstill.ts";
import { headlineOf } from "#app/status/headline.ts";
import type { Headline, MirrorFacts } from "#app/status/headline.ts";
import { stateOf } from "#app/status/state.ts";
import type { ActiveRun, ResourceFacts, State } from "#app/status/state.ts";
import { readInbox } from "#app/status/inbox.ts";
import type { Inbox, InboxView } from "#app/status/inbox.ts";
import { lastChangeOf, readLastChanges } from "#app/status/last-changes.ts";
import type { LastChange } from "#app/status/last-changes.ts";

export const RECENT_RUNS_MAX = 10;
export const RECENT_ERRORS_MAX = 5;

export interface ResourceView {
  readonly resource: ResourceName;
  readonly state: State;
  /** Records in the mirror. */
  readonly mirrored: number;
  /** Shopify's own count, as of `countedAt`, or as many as it showed when all were read; null before that. */
  readonly inShopify: number | null;
  readonly countedAt: Date | null;
  /** Shopify counts them whenever it is asked. */
  readonly isCounted: boolean;
  readonly verifiedAt: Date | null;
  /** When the last change that a webhook brought happened in Shopify, and how much later it was committed here. */
  readonly lastChangeAt: Date | null;
  readonly delayMs: number | null;
  /** Whichever way it came; null where none is known. */
  readonly lastChange: LastChange | null;
  readonly run: RunView | null;
  /** When it is looked at next for changes that no webhook told of; null before its first whole read has ended. */
  readonly nextSyncAt: Date | null;
}

export interface Overview {
  /** The moment that all of this is true of. */
  readonly at: Date;
  readonly shop: ShopView;
  readonly headline: Headline;
  /** What a person should look at, the gravest first. */
  readonly needs: readonly Need[];
  readonly access: Access;
  /** Null once the shop has put it away. */
  readonly guide: Guide | null;
  /** Null until Shopify has answered. */
  readonly budget: BudgetView | null;
  readonly schedule: Schedule;
  readonly resources: readonly ResourceView[];
  /** Records in the mirror, all resources together. */
  readonly mirrored: number;
  readonly webhooks: InboxView;
  /** Why what waits is not worked off. */
  readonly standstill: Standstill;
  /** Records that wait to be confirmed through the API. */
  readonly confirmations: { readonly count: number; readonly oldestAt: Date | null };
  /** The latest open ones, and how many there are. */
  readonly errors: readonly ErrorView[];
  readonly errorCount: ErrorCount;
  readonly runs: readonly RunView[];
}

/**
 * The state of a shop's mirror at `now`.
 * @throws Error when there is no such shop, or the database cannot be reached.
 */
export async function overview(shopId: number, now: Date): Promise<Overview> {
  const names = registry.map(({ name }) => name);
  const [shop, rules] = await Promise.all([readShop(shopId), readRules(shopId)]);
  const [
    states,
    active,
    results,
    inbox,
    confirmations,
    errors,
    errorCount,
    runs,
    access,
    schedule,
    budget,
    due,
    isClosed,
    standstill,
    changes,
  ] = await Promise.all([
    readStates(shopId),
    readActiveRuns(shopId),
    readLastResults(shopId, names),
    readInbox(shopId, shop.domain, now),
    readConfirmations(shopId),
    readErrors(shopId, RECENT_ERRORS_MAX),
    countErrors(shopId),
    readRecentRuns(shopId, RECENT_RUNS_MAX),
    readAccess(shop, rules, now),
    readSchedule(shopId),
    readBudget(shopId),
    readDue(shopId),
    isGuideClosed(shopId),
    readStandstill(shopId),
    readLastChanges(shopId),
  ]);
  const looked = names.map((name) => {
    const facts = {
      ...factsOf(name, states.get(name), active.get(name), results.get(name), inbox, confirmations.unread),
      isOff: !isOn(rules, name),
      keepsMore: narrowingOf(rules, name, now).filter?.leaving === "keep",
    };
    const view = viewOf(facts, states.get(name), active.get(name) ?? null, due.get(name) ?? null, now);
    return {
      facts,
      view: { ...view, lastChange: lastChangeOf(view.lastChangeAt, changes.get(name), facts.movedAt) },
    };
  });
  const mirror: MirrorFacts = {
    resources: looked.map(({ facts, view }) => ({ ...facts, state: view.state, delayMs: view.delayMs })),
    parked: inbox.parked.count,
    errors: errorCount.count,
    oldestWaitingAt: inbox.waiting.oldestAt,
    confirmations,
    ...standstill,
  };
  const { lastReceivedAt, received, waiting, parked } = inbox;
  return {
    at: now,
    shop,
    headline: headlineOf(mirror, now),
    needs: await readNeeds(
      shopId,
      parked,
      access,
      { isWorked: standstill.workers.isAlive, held: standstill.held.length, countedAt: latestCount(looked) },
      now,
    ),
    access,
    guide: isClosed
      ? null
      : guideOf({
          access,
          lastReceivedAt,
          resources: looked.map(({ view }) => view).filter(({ state }) => state.code !== "off"),
        }),
    budget,
    schedule,
    resources: looked.map(({ view }) => view),
    mirrored: looked.reduce((sum, { facts }) => sum + facts.mirrored, 0),
    webhooks: { lastReceivedAt, received, waiting, parked },
    standstill,
    confirmations: { count: confirmations.count, oldestAt: confirmations.oldestAt },
    errors,
    errorCount,
    runs,
  };
}

/** Of those that Shopify counts whenever it is asked. */
function latestCount(looked: readonly { readonly view: ResourceView }[]): Date | null {
  const counted = looked.flatMap(({ view: { state, isCounted, countedAt } }) =>
    state.code !== "off" && isCounted && countedAt ? [countedAt.getTime()] : [],
  );
  return counted.length > 0 ? new Date(Math.max(...counted)) : null;
}

interface StateRow {
  readonly resource: ResourceName;
  readonly mirrored: string;
  readonly in_shopify: string | null;
  readonly counted_at: Date | null;
  readonly verified_at: Date | null;
  readonly last_change_at: Date | null;
  readonly last_applied_at: Date | null;
  readonly moved_at: Date | null;
  readonly blocked_code: string | null;
  readonly blocked_detail: string | null;
}

function factsOf(
  resource: ResourceName,
  row: StateRow | undefined,
  run: RunView | undefined,
  result: LastResult | undefined,
  inbox: Inbox,
  unread: Confirmations["unread"],
): ResourceFacts {
  const code = row?.blocked_code ?? null;
  return {
    resource,
    mirrored: Number(row?.mirrored ?? 0),
    inShopify: numberOrNull(row?.in_shopify ?? null),
    countedAt: row?.counted_at ?? null,
    verifiedAt: row?.verified_at ?? null,
    lastAppliedAt: row?.last_applied_at ?? null,
    movedAt: row?.moved_at ?? null,
    blocked: code === null ? null : { code, detail: row?.blocked_detail ?? null },
    run:
      run && isActive(run.state) ? { id: run.id, state: run.state, done: run.done, total: run.total } : null,
    lastRun: result?.last ?? null,
    lastFullRun: result?.lastWhole ?? null,
    failingSince: result?.failingSince ?? null,
    waiting: inbox.waitingByResource.get(resource) ?? { count: 0, oldestAt: null },
    unread: unread.get(resource) ?? { count: 0, oldestAt: null },
  };
}

function numberOrNull(int8: string | null): number | null {
  return int8 === null ? null : Number(int8);
}

function isActive(state: RunState): state is ActiveRun["state"] {
  return state === "queued" || state === "running" || state === "paused";
}

function viewOf(
  facts: ResourceFacts,
  row: StateRow | undefined,
  run: RunView | null,
  nextSyncAt: Date | null,
  now: Date,
): Omit<ResourceView, "lastChange"> {
  const changedAt = row?.last_change_at ?? null;
  const appliedAt = row?.last_applied_at ?? null;
  return {
    resource: facts.resource,
    state: stateOf(facts, now),
    mirrored: facts.mirrored,
    inShopify: facts.inShopify,
    countedAt: facts.countedAt,
    isCounted: resourceOf(facts.resource).count !== null,
    verifiedAt: facts.verifiedAt,
    lastChangeAt: changedAt,
    // Shopify's clock and ours may differ by some milliseconds; a change cannot arrive before it happened.
    delayMs: changedAt && appliedAt ? Math.max(0, appliedAt.getTime() - changedAt.getTime()) : null,
    run,
    nextSyncAt,
  };
}

async function readStates(shopId: number): Promise<ReadonlyMap<string, StateRow>> {
  const { rows } = await pool.query<StateRow>(
    `SELECT resource, mirrored, in_shopify, counted_at, verified_at, last_change_at, last_applied_at, moved_at,
            blocked_code, blocked_detail
     FROM sync_resources WHERE shop_id = $1`,
    [shopId],
  );
  return new Map(rows.map((row) => [row.resource, row]));
}

/**
 * When each resource's next catch-up is due. What Shopify cannot search by change (stock levels) is not looked at every few
 * minutes, but read whole a day after the last time.
 */
async function readDue(shopId: number): Promise<ReadonlyMap<string, Date>> {
  const whole = registry.filter(({ cursor }) => !cursor).map(({ name }) => name);
  const { rows } = await pool.query<{ resource: string; due_at: Date }>(
    `SELECT c.resource, CASE WHEN c.reason IS NULL AND c.resource = ANY ($2) THEN coalesce(
        (SELECT max(created_at) + $3 * interval '1 ms' FROM sync_runs r
         WHERE r.shop_id = c.shop_id AND r.resource = c.resource AND r.kind = 'backfill'), c.due_at)
      ELSE c.due_at END AS due_at
     FROM sync_cursors c WHERE c.shop_id = $1`,
    [shopId, whole, WHOLE_READ_MS],
  );
  return new Map(rows.map((row) => [row.resource, row.due_at]));
}
