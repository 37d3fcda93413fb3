// The store: tables of frozen records, changed only inside acts. An act is all or nothing: it is journalled as one line,
// undone as a whole when it throws, and its events go out after it is done. What an act means is in acts/.

import type { Clock } from "./clock.ts";
import { systemClock } from "./clock.ts";
import { hashUuid } from "./chance.ts";
import type { DomainEvent, Subject, Topic } from "./events.ts";
import { Ids, type IdKind } from "./ids.ts";
import { FORMAT, Journal, type Meta, type Row } from "./journal.ts";
import { copy, freeze, INDEXED, Table, type IndexOf } from "./records.ts";
import { NOUNS, SHOP_DEFAULTS } from "./shop.ts";
import { TABLE_NAMES } from "./truth.ts";
import type { Frozen, Id, Saved, Shop, TableName, Tables, Time } from "./truth.ts";
import { UserError } from "./user-error.ts";

export type StoreOptions = {
  /** Ids, tokens and event ids follow from it. Default "counterfoil". */
  seed?: string;
  clock?: Clock;
  /** Where the store is kept between starts; without it, in memory only. */
  directory?: string;
  /** Throw away what the directory holds. */
  reset?: boolean;
  /** Names what the store was seeded with ("2000x300"); a directory with another size is refused. */
  size?: string;
  shop?: Partial<Omit<Shop, keyof Saved>>;
  /** Ids past 2^53. */
  bigIds?: boolean;
};

/** One committed write: `before` is undefined for a new record, `after` for a removed one. */
export type Change<K extends TableName = TableName> = {
  table: K;
  id: Id;
  before: Frozen<Tables[K]> | undefined;
  after: Frozen<Tables[K]> | undefined;
  /** Milliseconds since the epoch, on the store's clock. */
  at: number;
};

/** What an event is about: read when the act is done, or given as it was when deleted. */
export type Reference = { id: Id; read: () => Subject | null };
type Act = { changes: Change[]; events: Map<string, { topic: Topic; reference: Reference }>; at: Date };
type Held = { [K in TableName]: Table<Frozen<Tables[K]>> };
type Listeners = { event: (event: DomainEvent) => void; commit: (changes: readonly Change[]) => void };

/** How far `list(table, { lagMs })` can look back. */
export const LAG_MS_MAX = 10 * 60 * 1000;

export class Store {
  readonly seed: string;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly #meta: Meta;
  readonly #journal: Journal | null;
  readonly #tables: Held;
  readonly #listeners: { [K in keyof Listeners]: Set<Listeners[K]> } = {
    event: new Set(),
    commit: new Set(),
  };
  #act: Act | null = null;
  #quiet = false;
  #pastClock: Clock | null = null;
  #rev = 0;
  #n = 0;
  #recent: Change[] = [];

  /** Use `openStore`. */
  constructor(options: StoreOptions = {}) {
    this.seed = options.seed ?? "counterfoil";
    this.clock = options.clock ?? systemClock;
    this.ids = new Ids(this.seed, options.bigIds ?? false);
    const domain = options.shop?.domain ?? SHOP_DEFAULTS.domain;
    this.#meta = {
      format: FORMAT,
      seed: this.seed,
      domain,
      size: options.size ?? null,
      bigIds: options.bigIds ?? false,
    };
    this.#journal = options.directory === undefined ? null : new Journal(options.directory);
    this.#tables = Object.fromEntries(
      TABLE_NAMES.map((name) => [name, new Table(INDEXED[name])]),
    ) as unknown as Held;
    if (options.reset) this.#journal?.reset();
    if (!this.#load()) {
      this.quietly(() =>
        this.act(() => this.save("shop", { ...this.fresh("Shop"), ...SHOP_DEFAULTS, ...options.shop })),
      );
    }
  }

  get shop(): Frozen<Shop> {
    const [shop] = this.#tables.shop.list();
    if (!shop) throw new Error("The store has no shop record.");
    return shop;
  }

  /** True when nothing but the shop is there: the moment to seed. */
  get isEmpty(): boolean {
    return (
      this.#tables.products.rows.size === 0 &&
      this.#tables.orders.rows.size === 0 &&
      this.#tables.locations.rows.size === 0
    );
  }

  /** Grows with every committed act. */
  get version(): number {
    return this.#n;
  }

  now(): Date {
    return (this.#pastClock ?? this.clock).now();
  }

  /** The act's time (all records of one act share it), or the clock's. */
  time(): Time {
    return (this.#act?.at ?? this.now()).toISOString();
  }

  get<K extends TableName>(table: K, id: Id): Frozen<Tables[K]> | undefined {
    return this.#tables[table].rows.get(id);
  }

  /** Throws UserError when there is no such record. */
  need<K extends TableName>(table: K, id: Id, field = "id"): Frozen<Tables[K]> {
    const record = this.get(table, id);
    if (!record) throw new UserError([field], `${NOUNS[table]} does not exist`, "NOT_FOUND");
    return record;
  }

  /** All records in the order of their making; with `lagMs`, as they were that long ago (as Shopify's search sees them). */
  list<K extends TableName>(table: K, options: { lagMs?: number } = {}): readonly Frozen<Tables[K]>[] {
    const rows = this.#tables[table].list() as readonly Frozen<Tables[K]>[];
    const since = this.now().getTime() - Math.min(options.lagMs ?? 0, LAG_MS_MAX);
    const later = this.#recent.filter((change) => change.table === table && change.at > since);
    if (!options.lagMs || later.length === 0) return rows;
    const past = new Map<Id, Frozen<Tables[K]>>(rows.map((row) => [row.id, row]));
    for (const change of later.toReversed() as Change<K>[]) {
      if (change.before) past.set(change.id, change.before);
      else past.delete(change.id);
    }
    return [...past.values()];
  }

  /** A sorted view, cached under its name until the table changes. */
  sorted<K extends TableName>(
    table: K,
    name: string,
    compare: (a: Frozen<Tables[K]>, b: Frozen<Tables[K]>) => number,
  ): readonly Frozen<Tables[K]>[] {
    return (this.#tables[table] as Table<Frozen<Tables[K]>>).sorted(name, compare);
  }

  /** Records whose indexed field has this value, in the order of their making. */
  where<K extends TableName>(table: K, field: IndexOf<K>, value: string | null): Frozen<Tables[K]>[] {
    return (this.#tables[table] as Table<Frozen<Tables[K]>>).where(field, value);
  }

  on<K extends keyof Listeners>(name: K, listener: Listeners[K]): () => void {
    this.#listeners[name].add(listener);
    return () => this.#listeners[name].delete(listener);
  }

  /** Runs one act: all its writes and events, or none. An act within an act is part of the outer one. */
  act<T>(run: () => T): T {
    if (this.#act) return run();
    const act: Act = { changes: [], events: new Map(), at: this.now() };
    this.#act = act;
    let result: T;
    try {
      result = run();
    } catch (error) {
      for (const change of act.changes.reverse()) this.#apply(change.table, change.id, change.before);
      this.ids.takeChanged();
      throw error;
    } finally {
      this.#act = null;
    }
    this.#commit(act);
    return result;
  }

  /** Writes a record and stamps it. `touch: false` keeps its `updatedAt`. */
  save<K extends TableName>(
    table: K,
    record: Omit<Tables[K], "rev" | "updatedAt"> & { updatedAt?: Time },
    options: { touch?: boolean } = {},
  ): Frozen<Tables[K]> {
    const act = this.#inAct();
    const updatedAt =
      options.touch === false && record.updatedAt !== undefined ? record.updatedAt : this.time();
    const saved = freeze({ ...record, updatedAt, rev: ++this.#rev }) as unknown as Frozen<Tables[K]>;
    act.changes.push({
      table,
      id: saved.id,
      before: this.get(table, saved.id),
      after: saved,
      at: act.at.getTime(),
    } as Change);
    this.#apply(table, saved.id, saved);
    return saved;
  }

  /** Hands a copy to `edit` and saves it. */
  change<K extends TableName>(
    table: K,
    id: Id,
    edit: (draft: Tables[K]) => void,
    options: { touch?: boolean } = {},
  ): Frozen<Tables[K]> {
    const draft = copy<Tables[K]>(this.need(table, id));
    edit(draft);
    return this.save(table, draft, options);
  }

  remove<K extends TableName>(table: K, id: Id): Frozen<Tables[K]> {
    const act = this.#inAct();
    const before = this.need(table, id);
    act.changes.push({ table, id, before, after: undefined, at: act.at.getTime() } as Change);
    this.#apply(table, id, undefined);
    return before;
  }

  /** Names a topic to be sent when the act is done; the same topic for the same record goes out once. */
  announce(topic: Topic, reference: Reference): void {
    this.#inAct().events.set(`${topic} ${reference.id}`, { topic, reference });
  }

  /** Id and times of a new record. */
  fresh(kind: IdKind): { id: Id; createdAt: Time; updatedAt: Time } {
    const time = this.time();
    return { id: this.ids.mint(kind), createdAt: time, updatedAt: time };
  }

  /** Writes history: no events, no lag, not journalled line by line but as one snapshot at the end. */
  quietly<T>(run: () => T, clock?: Clock): T {
    this.#quiet = true;
    this.#pastClock = clock ?? null;
    let result: T;
    try {
      result = run();
    } finally {
      this.#quiet = false;
      this.#pastClock = null;
    }
    this.compact();
    return result;
  }

  /** Writes a fresh snapshot and empties the journal. */
  compact(): void {
    const rows = TABLE_NAMES.flatMap((name) =>
      this.#tables[name].list().map((record) => [name, record] as unknown as Row),
    );
    this.#journal?.compact(this.#meta, { ids: this.ids.all(), n: this.#n, rev: this.#rev, rows });
  }

  close(): void {
    this.#journal?.close();
  }

  #inAct(): Act {
    if (!this.#act) throw new Error("Records are written inside acts only.");
    return this.#act;
  }

  #apply(table: TableName, id: Id, record: Frozen<Tables[TableName]> | undefined): void {
    const held = this.#tables[table] as unknown as Table<Frozen<Tables[TableName]>>;
    if (record) held.put(record);
    else held.remove(id);
  }

  #commit({ changes, events, at }: Act): void {
    if (changes.length > 0) {
      this.#n += 1;
      const ids = this.ids.takeChanged();
      if (!this.#quiet) {
        this.#remember(changes);
        this.#write(changes, ids);
        for (const listener of this.#listeners.commit) listener(changes);
      }
    }
    if (this.#quiet || events.size === 0) return;
    const eventId = hashUuid(`${this.seed}/event/${this.#n}/${at.getTime()}`);
    for (const { topic, reference } of events.values()) {
      const subject = reference.read();
      if (!subject) continue;
      const event = {
        topic,
        eventId,
        triggeredAt: at.toISOString(),
        shop: this.shop.domain,
        recordId: reference.id,
        subject,
      };
      for (const listener of this.#listeners.event) listener(event);
    }
  }

  #remember(changes: Change[]): void {
    this.#recent.push(...changes);
    const oldest = this.now().getTime() - LAG_MS_MAX;
    if ((this.#recent[0]?.at ?? oldest) < oldest)
      this.#recent = this.#recent.filter((change) => change.at >= oldest);
  }

  #write(changes: Change[], ids: Partial<Record<IdKind, number>>): void {
    if (!this.#journal) return;
    const last = new Map(changes.map((change) => [`${change.table} ${change.id}`, change]));
    const put = [...last.values()]
      .filter((change) => change.after)
      .map((change) => [change.table, change.after] as Row);
    const gone = [...last.values()]
      .filter((change) => !change.after)
      .map((change) => [change.table, change.id] as const);
    this.#journal.append({ n: this.#n, rev: this.#rev, ids, put, gone });
  }

  /** Reads the directory; false when it holds nothing yet. */
  #load(): boolean {
    const loaded = this.#journal?.load(this.#meta);
    if (!loaded) return false;
    for (const [table, record] of loaded.rows) this.#apply(table, record.id, freeze(record));
    this.#n = loaded.n;
    this.#rev = loaded.rev;
    this.ids.restore(loaded.ids);
    for (const entry of loaded.entries) {
      for (const [table, record] of entry.put) this.#apply(table, record.id, freeze(record));
      for (const [table, id] of entry.gone) this.#apply(table, id, undefined);
      this.ids.restore(entry.ids);
      this.#n = entry.n;
      this.#rev = entry.rev;
    }
    if (loaded.entries.length > 0) this.compact();
    return true;
  }
}

export function openStore(options: StoreOptions = {}): Store {
  return new Store(options);
}
