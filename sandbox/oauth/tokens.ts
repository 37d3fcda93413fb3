/**
 * Access and refresh tokens. Expiring offline tokens come in pairs that rotate; the pair before stays usable until its
 * successor is used for the first time, so that an answer lost on the way costs nothing.
 */
import type { Clock } from "../store/clock.ts";
import { hashHex } from "../store/chance.ts";

/** Shopify: an hour; 90 days; 30 days after a refresh token's first use; a day for online tokens. */
const LIFE_SECONDS = 3_600;
const REFRESH_LIFE_SECONDS = 7_776_000;
const USED_REFRESH_LIFE_MS = 30 * 86_400_000;
export const ONLINE_LIFE_SECONDS = 86_399;

export interface TokenRecord {
  access: string;
  kind: "offline" | "expiring" | "online";
  expiresAtMs: number | null;
  refresh: string | null;
  refreshExpiresAtMs: number | null;
  /** When the refresh token was first used. */
  refreshedAtMs: number | null;
  /** The access token of the pair that this one replaces when it is used. */
  replaces: string | null;
}

export interface TokensOptions {
  clock: Clock;
  seed: string;
  lifeSeconds?: number;
  /** Shared with whoever keeps it: changed in place. */
  state: { issued: number; records: TokenRecord[] };
  onChange: () => void;
}

export class Tokens {
  readonly #options: TokensOptions;

  constructor(options: TokensOptions) {
    this.#options = options;
  }

  get lifeSeconds(): number {
    return this.#options.lifeSeconds ?? LIFE_SECONDS;
  }

  readonly refreshLifeSeconds = REFRESH_LIFE_SECONDS;

  /** A token that never expires; the same one again while it is valid. */
  issueLasting(): TokenRecord {
    const known = this.#records.find((each) => each.kind === "offline");
    return known ?? this.#add("offline", null, false);
  }

  /** A fresh expiring pair; the current one goes when this one is used. */
  issueExpiring(): TokenRecord {
    const current = this.#records.findLast((each) => each.kind === "expiring");
    const fresh = this.#add("expiring", this.lifeSeconds, true);
    fresh.replaces = current?.access ?? null;
    this.#options.onChange();
    return fresh;
  }

  issueOnline(): TokenRecord {
    return this.#add("online", ONLINE_LIFE_SECONDS, false);
  }

  /** The next pair for a refresh token; undefined when the token is unknown, spent or too old. */
  refresh(token: string): TokenRecord | undefined {
    const nowMs = this.#nowMs;
    const used = this.#records.find((each) => each.refresh === token);
    if (!used || (used.refreshExpiresAtMs ?? 0) <= nowMs) return undefined;
    if (used.refreshedAtMs !== null && nowMs - used.refreshedAtMs > USED_REFRESH_LIFE_MS) return undefined;
    used.refreshedAtMs ??= nowMs;
    this.#retire(used);
    // An answer that never arrived is asked for again: what was issued for it then is forgotten.
    this.#drop((each) => each.replaces === used.access);
    const fresh = this.#add("expiring", this.lifeSeconds, true);
    fresh.replaces = used.access;
    this.#options.onChange();
    return fresh;
  }

  /** A valid token counts as used from now on, which ends the pair it replaces. */
  isValid(access: string): boolean {
    const found = this.#records.find((each) => each.access === access);
    if (!found || (found.expiresAtMs !== null && found.expiresAtMs <= this.#nowMs)) return false;
    this.#retire(found);
    return true;
  }

  /** Migration from a lasting token: it dies at once. */
  revoke(access: string): boolean {
    return this.#drop((each) => each.access === access);
  }

  revokeAll(): void {
    this.#drop(() => true);
  }

  /** Ends the life of all access tokens now; refresh tokens stay. For tests and the page of dials. */
  expireAll(): void {
    for (const each of this.#records) if (each.expiresAtMs !== null) each.expiresAtMs = this.#nowMs;
    this.#options.onChange();
  }

  get #records(): TokenRecord[] {
    return this.#options.state.records;
  }

  get #nowMs(): number {
    return this.#options.clock.now().getTime();
  }

  #retire(successor: TokenRecord): void {
    if (successor.replaces === null) return;
    const gone = successor.replaces;
    successor.replaces = null;
    this.#drop((each) => each.access === gone);
  }

  #drop(isGone: (record: TokenRecord) => boolean): boolean {
    const { state, onChange } = this.#options;
    const before = state.records.length;
    state.records = state.records.filter((each) => !isGone(each));
    if (state.records.length !== before) onChange();
    return state.records.length !== before;
  }

  #add(kind: TokenRecord["kind"], lifeSeconds: number | null, canRefresh: boolean): TokenRecord {
    const { state, seed, onChange } = this.#options;
    state.issued += 1;
    const text = (name: string): string => hashHex(`${seed}/${name}/${state.issued}/${this.#nowMs}`, 32);
    const record: TokenRecord = {
      access: `${kind === "online" ? "shpua_" : "shpat_"}${text("access")}`,
      kind,
      expiresAtMs: lifeSeconds === null ? null : this.#nowMs + lifeSeconds * 1000,
      refresh: canRefresh ? `shprt_${text("refresh")}` : null,
      refreshExpiresAtMs: canRefresh ? this.#nowMs + REFRESH_LIFE_SECONDS * 1000 : null,
      refreshedAtMs: null,
      replaces: null,
    };
    state.records.push(record);
    onChange();
    return record;
  }
}
