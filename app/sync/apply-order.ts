// Which news is newer, and in what order several news of one record are applied. Pure.
//
// The version of a state is (updatedAt, observedAt, read over webhook, origin id), compared in this order:
// 1. Shopify's updatedAt has whole seconds. The later one is newer.
// 2. Within a second the state that was observed later is the newer one.
// 3. A state without updatedAt that was seen at 10:00:05.7 holds all that was changed before 10:00:05, so it ranks as
//    if updated at 10:00:05 sharp: what changed within that second is then decided by the observation.
// 4. The rest only makes the order total, so that every order of arrival ends in the same row.
import type { Change, Origin, Upsert, Version } from "./change.ts";

/** Microseconds since 1970. */
type Instant = bigint;

const SECOND = 1_000_000n;

export interface Rank {
  readonly updated: Instant;
  readonly observed: Instant;
  readonly isRead: boolean;
  readonly origin: bigint;
}

export function isRead({ kind }: Origin): boolean {
  return kind !== "webhook";
}

export function rankOf({ version, origin }: Pick<Change, "version" | "origin">): Rank {
  const observed = instantOf(version.observedAt);
  return {
    updated: version.updatedAt === null ? observed - (observed % SECOND) : instantOf(version.updatedAt),
    observed,
    isRead: isRead(origin),
    origin: origin.id ?? 0n,
  };
}

/** Negative when `a` is older. The same rule in SQL is NEWER in apply-upserts.ts. */
export function compareRanks(a: Rank, b: Rank): number {
  if (a.updated !== b.updated) return a.updated < b.updated ? -1 : 1;
  if (a.observed !== b.observed) return a.observed < b.observed ? -1 : 1;
  if (a.isRead !== b.isRead) return a.isRead ? 1 : -1;
  return a.origin < b.origin ? -1 : a.origin > b.origin ? 1 : 0;
}

/** Negative when version `a` is older news than `b`; for changes from one kind of origin. */
export function compareVersions(a: Version, b: Version): number {
  const origin: Origin = { kind: "webhook", id: null };
  return compareRanks(rankOf({ version: a, origin }), rankOf({ version: b, origin }));
}

/** @throws RangeError for what is not a time with a zone. Digits beyond the microsecond are cut off. */
export function instantOf(iso: string): Instant {
  const parts = /^(.{19})(?:\.(\d+))?(Z|[+-]\d\d:?\d\d)$/.exec(iso);
  const ms = parts ? Date.parse(`${parts[1]}${parts[3]}`) : Number.NaN;
  if (Number.isNaN(ms)) throw new RangeError(`${iso} is not a time with a zone`);
  return BigInt(ms) * 1_000n + BigInt((parts?.[2] ?? "").slice(0, 6).padEnd(6, "0"));
}

/** ISO 8601 in UTC with six decimals: PostgreSQL would round a seventh one up. */
export function isoOf(instant: Instant): string {
  const seconds = instant / SECOND;
  const rest = String(instant % SECOND).padStart(6, "0");
  return `${new Date(Number(seconds) * 1_000).toISOString().slice(0, 19)}.${rest}Z`;
}

export interface Rounds {
  /** In each round a record occurs once; the rounds are applied one after the other, oldest news first. */
  readonly rounds: readonly (readonly Upsert[])[];
  /** News that a newer one in the batch says again in full: passed over, unless that one is refused. */
  readonly covered: readonly Upsert[];
}

/** Puts the news of a batch into rounds. `isSparing`: leave out what newer news covers. */
export function roundsOf(upserts: readonly Upsert[], isSparing: boolean): Rounds {
  const rounds: Upsert[][] = [];
  const covered: Upsert[] = [];
  for (const ofRecord of Map.groupBy(upserts, ({ key }) => key).values()) {
    if (ofRecord.length === 1) {
      (rounds[0] ??= []).push(ofRecord[0]!);
      continue;
    }
    const ranked = ofRecord.map((upsert) => ({ upsert, rank: rankOf(upsert) }));
    ranked.sort((a, b) => compareRanks(a.rank, b.rank));
    const kept: Upsert[] = [];
    for (const { upsert } of ranked.toReversed()) {
      if (isSparing && kept.some((newer) => covers(newer, upsert))) covered.push(upsert);
      else kept.push(upsert);
    }
    kept.toReversed().forEach((upsert, index) => (rounds[index] ??= []).push(upsert));
  }
  return { rounds, covered };
}

/** Whether applying `newer` alone leaves what applying `older` before it would have left. */
function covers(newer: Upsert, older: Upsert): boolean {
  // A superseded read still proves that the record lived when it was read.
  if (isRead(older.origin) && !isRead(newer.origin)) return false;
  if (!Object.keys(older.row).every((field) => field in newer.row)) return false;
  return Object.entries(older.children).every(([model, children]) => {
    const again = newer.children[model as keyof Upsert["children"]];
    if (!again?.complete) return false;
    const fields = new Set(children.rows.flatMap((row) => Object.keys(row)));
    return again.rows.every((row) => [...fields].every((field) => field in row));
  });
}
