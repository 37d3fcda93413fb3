// One seed is one life of a store with Counterfoil installed: an installation, some minutes of traffic in bad weather,
// then calm, until nothing is left to do; and then the audit. Everything follows from the seed.
import { createHash } from "node:crypto";
import { Chance } from "#sandbox/store/chance.ts";
import { readAppConfig, type AppConfig } from "#sandbox/app-config.ts";
import { resources } from "#app/resources/index.ts";
import { inTransaction } from "#app/db.server.ts";
import { flushCounts } from "#app/observe.server.ts";
import { install } from "#app/shops/install.ts";
import { apply } from "#app/sync/apply.ts";
import { mirrorOf } from "#app/sync/apply-tables.ts";
import { receive } from "#app/sync/inbox.ts";
import { openHand, type Hand } from "./acts.ts";
import { Audit, digestOf } from "./audit.ts";
import type { Bug } from "./bugs.ts";
import { Courier } from "./courier.ts";
import { plantInCode, setSizes } from "./loading.ts";
import { drawMeasure, type Measure } from "./measure.ts";
import {
  askedTexts,
  execute,
  hear,
  interfere,
  isDatabaseAtWork,
  planAgain,
  resetDatabase,
  rollBack,
  takeImage,
  type Channel,
} from "./postgres.ts";
import { startPeople } from "./people.ts";
import { Rest } from "./rest.ts";
import { Scheduler } from "./scheduler.ts";
import { openShop, SHOP, type ShopSide } from "./shop.ts";
import { enterVirtualTime } from "./virtual-time.ts";
import { drawProfile, Weather, type Profile } from "./weather.ts";
import { StepQueue, startWorker } from "./worker.ts";

const BEGIN_MS = Date.parse("2026-11-20T10:00:00.000Z");
/** A few more and hardly a statement is left to be planned; each costs as much as a life. */
const WARM_UP_LIVES = 2;
const RESTART_MS = [500, 8_000] as const;
/** Between two statements of a task that are no transaction. */
const STATEMENT_MS_MAX = 6;

export interface Life {
  readonly seed: number;
  /** SHA-1 of the trace: the same for the same seed, always. */
  readonly hash: string;
  readonly failures: readonly string[];
  readonly trace: readonly string[];
  readonly profile: Profile;
  /** False when a planted bug's statement never came by. */
  readonly isBugPlanted: boolean;
}

let app: AppConfig | undefined;

/** Needs openDatabase() first. Lives before the image is taken, so that no later life pays for plans and caches. */
async function prepare(): Promise<AppConfig> {
  const config = await readAppConfig("shopify.app.toml");
  await Audit.watch();
  for (const { name } of resources) await inTransaction((client) => mirrorOf(client, name));
  takeImage();
  const asked = new Set<string>();
  for (let seed = 0; seed > -WARM_UP_LIVES; seed -= 1) {
    await resetDatabase();
    await new World(seed, config, null).live();
    for (const text of askedTexts()) asked.add(text);
  }
  await planAgain(asked);
  takeImage();
  return config;
}

/** Needs openDatabase() first. */
export async function live(seed: number, bug: Bug | null = null): Promise<Life> {
  app ??= await prepare();
  await resetDatabase();
  const world = new World(seed, app, bug);
  return world.live();
}

class World {
  readonly #name: string;
  readonly #seed: number;
  readonly #app: AppConfig;
  readonly #bug: Bug | null;
  readonly #chance: Chance;
  readonly #scheduler: Scheduler;
  readonly #profile: Profile;
  readonly #measure: Measure;
  readonly #weather: Weather;
  readonly #queue: StepQueue;
  readonly #trace: string[] = [];
  #isBugPlanted = false;
  #isOver = false;

  constructor(seed: number, config: AppConfig, bug: Bug | null) {
    this.#seed = seed;
    this.#name = `life-${seed}`;
    this.#app = config;
    this.#bug = bug;
    this.#chance = new Chance(this.#name);
    this.#scheduler = new Scheduler(new Chance(`${this.#name}/dice`), BEGIN_MS);
    this.#profile = drawProfile(new Chance(`${this.#name}/weather`));
    this.#measure = drawMeasure(new Chance(`${this.#name}/measure`));
    this.#queue = new StepQueue(this.#scheduler);
    this.#weather = new Weather(this.#profile);
  }

  async live(): Promise<Life> {
    const failures: string[] = [];
    setSizes(this.#measure.small);
    plantInCode(this.#bug?.name ?? null, this.#plant);
    const leave = enterVirtualTime(this.#scheduler, (callback, ms) => this.#makeTimer(callback, ms));
    try {
      failures.push(...(await this.#run()));
    } catch (error) {
      failures.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
    } finally {
      this.#isOver = true;
      interfere(null);
      hear(() => {});
      await rollBack();
      // Counts and the timer that was to write them: the next life in this process knows nothing of them.
      await flushCounts();
      leave();
    }
    const hash = createHash("sha1").update(this.#trace.join("\n")).digest("hex");
    return {
      ...{ seed: this.#seed, hash, failures, trace: this.#trace },
      ...{ profile: this.#profile, isBugPlanted: this.#isBugPlanted },
    };
  }

  #shop: ShopSide | null = null;
  #courier: Courier | null = null;
  #hand: Hand | null = null;
  #audit: Audit | null = null;
  readonly #rings = new Map<string, (channel: Channel) => void>();

  async #run(): Promise<readonly string[]> {
    const trace = (line: string) => this.#note(line);
    trace(`weather ${JSON.stringify(this.#profile)}`);
    trace(`measure ${JSON.stringify(this.#measure)}`);
    const shop = openShop({
      ...{ seed: this.#name, scheduler: this.#scheduler, weather: this.#weather, app: this.#app, trace },
      ...{ sizes: this.#measure.sizes, plan: this.#profile.plan },
      onBulkEnd: (operation) => this.#courier?.tellBulkEnd(operation),
      onLateAnswer: (orderId, ms) => {
        // News of what the answer does not tell comes before it.
        this.#scheduler.later(ms / 4, () => this.#note(`hand: ${this.#hand?.goOn(orderId)}`));
      },
    });
    this.#shop = shop;
    const courier = new Courier({
      ...{ seed: this.#name, store: shop.store, app: this.#app, scheduler: this.#scheduler },
      ...{ weather: this.#weather, profile: this.#profile, receive, trace },
    });
    this.#courier = courier;
    try {
      const shopId = await install({ domain: SHOP, scopes: this.#app.scopes }, new Date());
      const bystander = await this.#openBystander(shopId);
      const audit = new Audit(shop.store, shopId);
      this.#audit = audit;
      await this.#storm(shopId);
      const rest = new Rest({
        ...{ shopId, courier, trace },
        ...{ scheduler: this.#scheduler, weather: this.#weather },
      });
      await rest.come();
      const isAllTold = courier.lost === 0 && (await rest.isReadWhole());
      if (isAllTold) await audit.compare("after the webhooks alone", isUntold);
      if (this.#isFound(audit)) return audit.failures;
      if (!isAllTold || this.#measure.isCaughtUp) {
        await rest.catchUp();
        await audit.compare("after a catch-up");
      }
      if (this.#isFound(audit)) return audit.failures;
      if (this.#measure.isReadAgain) {
        audit.failures.push(...(await rest.backfill()));
        await audit.compare("after a backfill");
      }
      await audit.checkRules(courier, bystander);
      await this.#erase();
      await audit.checkErased();
      return audit.failures;
    } finally {
      await shop.close();
    }
  }

  /** A planted bug has shown itself: what else it does is not asked. */
  #isFound({ failures }: Audit): boolean {
    return this.#isBugPlanted && failures.length > 0;
  }

  /** Another shop in the same database, with records of the same ids. */
  async #openBystander(shopId: number): Promise<string> {
    const { rows } = await execute<{ id: number }>(
      "INSERT INTO shops (domain) VALUES ('bystander.myshopify.com') RETURNING id",
    );
    const keys = this.#shop!.store.list("locations")
      .slice(0, 2)
      .map(({ id }) => id);
    const version = { updatedAt: "2020-01-01T00:00:00Z", observedAt: "2020-01-01T00:00:00Z" };
    await inTransaction((client) =>
      apply(
        client,
        rows[0]!.id,
        keys.map((key) => ({
          ...({ verb: "upsert", resource: "locations", key, version, children: {} } as const),
          row: { id: key, gid: `gid://shopify/Location/${key}`, name: "Another's" },
          origin: { kind: "fetch", id: null } as const,
        })),
        new Date(),
      ),
    );
    return digestOf(shopId);
  }

  async #storm(shopId: number): Promise<void> {
    const { people, workers } = this.#profile;
    const hand = openHand(this.#shop!.store, this.#chance, this.#name);
    this.#hand = hand;
    let atMs = 0;
    const { acts, pauseMsMax } = this.#measure;
    for (let left = acts; left > 0; left -= 1) {
      // A third comes within the same second, a third while answers and news of the last one are still under way.
      const [from, to] = this.#chance.pick([
        [0, 300] as const,
        [300, 5_000] as const,
        [500, pauseMsMax] as const,
      ]);
      atMs += this.#chance.whole(from, to);
      this.#scheduler.later(atMs, () => this.#note(`hand: ${hand.act()}`));
    }
    hear((channel) => this.#rings.forEach((ring) => ring(channel)));
    interfere({
      before: (text, isInside) => this.#before(text, isInside),
      rewrite: (text) => this.#rewrite(text),
      after: (text, result) => this.#bug?.after?.(text, result, this.#plant),
      process: () => this.#scheduler.current()?.process ?? null,
      wait: (end) => this.#wait(end),
      isDead: () => this.#scheduler.current()?.isDead === true,
    });
    for (let number = 1; number <= workers; number += 1) this.#startWorker(`worker-${number}`);
    const until = this.#scheduler.nowMs + atMs;
    if (people) {
      startPeople({
        ...{ seed: this.#name, scheduler: this.#scheduler, shop: this.#shop!, shopId, until },
        trace: (line) => this.#note(line),
      });
    }
    await this.#scheduler.run(atMs + this.#chance.whole(0, 20_000));
  }

  async #erase(): Promise<void> {
    this.#courier!.tellUninstalled();
    await this.#scheduler.run(this.#profile.delayMsMax + 60_000);
    this.#courier!.tellErasure();
    await this.#scheduler.run(this.#profile.delayMsMax + 60_000);
  }

  #startWorker(name: string): void {
    this.#note(`${name} starts`);
    this.#queue.forget(name);
    const ring = startWorker(name, {
      queue: this.#queue,
      ...{ seed: this.#name, scheduler: this.#scheduler, shop: this.#shop! },
      wrap: (client) => this.#bug?.client?.(client, this.#plant) ?? client,
      trace: (line) => this.#note(line),
      onStepped: async (runId) => this.#audit?.checkEnded(runId),
    });
    this.#rings.set(name, ring);
  }

  /** Where a worker can die, lose its connection, or be overtaken by others. */
  async #before(text: string, isInside: boolean): Promise<void> {
    const task = this.#scheduler.current();
    if (!task) return;
    if (task.isDead) await new Promise<never>(() => {});
    const { process } = task;
    const dice = this.#scheduler.chance;
    const isWorker = process.startsWith("worker");
    if (isWorker && dice.happens(this.#weather.share("crash"))) await this.#crash(process, text);
    if (text !== "ROLLBACK" && dice.happens(this.#weather.share("disconnect"))) {
      this.#note(`${process} loses its connection before ${wordsOf(text)}`);
      if (isInside) await rollBack();
      throw Object.assign(new Error("Connection terminated unexpectedly"), { code: "08006" });
    }
    // A web process's inserts are shared by its requests: one that is over would leave others waiting for its own.
    if (!isInside && !process.startsWith("web")) await this.#scheduler.sleep(dice.next() * STATEMENT_MS_MAX);
  }

  async #wait(end: Promise<void>): Promise<void> {
    if (!this.#scheduler.current()) throw new Error("a transaction is under way while nobody is about");
    await this.#scheduler.waitFor(end);
  }

  /** Never returns. */
  async #crash(process: string, text: string): Promise<void> {
    this.#note(`${process} dies before ${wordsOf(text)}`);
    this.#scheduler.crash(process);
    await rollBack(process);
    const { chance } = this.#scheduler;
    this.#scheduler.later(chance.whole(...RESTART_MS), () => this.#startWorker(process));
    await new Promise<never>(() => {});
  }

  #rewrite(text: string): string {
    const { replace } = this.#bug ?? {};
    if (!replace) return text;
    const changed = text.replace(replace.from, replace.to);
    if (changed !== text) this.#plant();
    return changed;
  }

  readonly #plant = (): void => {
    this.#isBugPlanted = true;
  };

  #makeTimer(callback: () => void, ms: number): (() => void) | null {
    if (isDatabaseAtWork()) return () => {};
    if (this.#shop?.isAtWork()) return this.#shop.timer(callback, ms);
    return this.#scheduler.current() ? this.#scheduler.later(ms, callback) : null;
  }

  #note(line: string): void {
    if (!this.#isOver) this.#trace.push(`${((this.#scheduler.nowMs - BEGIN_MS) / 1_000).toFixed(3)} ${line}`);
  }
}

/** A collection that loses a deleted product is dated anew, and a location's first stock says something of it: no webhook tells. */
function isUntold(difference: string): boolean {
  return /^(collections \d+: updated_at|locations \d+: has_active_inventory) /.test(difference);
}

/** Temporary tables are numbered as they come in a process: of all its lives. */
function wordsOf(text: string): string {
  const plain = text.replace(/\s+/g, " ").replace(/given_\d+/, "given");
  return plain.trim().slice(0, 40);
}
