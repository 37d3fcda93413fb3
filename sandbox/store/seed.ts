// Fills an empty store with a believable history: the same seed, sizes and end give the same bytes. Nothing is
// emitted. Everything goes through the acts, so the past obeys the same rules as the present.

import * as acts from "./acts.ts";
import { Chance } from "./chance.ts";
import { ManualClock } from "./clock.ts";
import { Catalogue } from "./seed/catalogue.ts";
import { History, Plan } from "./seed/history.ts";
import { buyer } from "./seed/shopping.ts";
import { openStore, type Store, type StoreOptions } from "./store.ts";
import type { Id } from "./truth.ts";

export type SeedOptions = {
  /** Default: the store's own seed. */
  seed?: string;
  orders?: number;
  products?: number;
  locations?: number;
  editions?: number;
  days?: number;
  /** When the history ends; default: the clock's now. Everything in it happened before. */
  until?: Date;
};
export type SeedSizes = Required<Omit<SeedOptions, "seed" | "until">>;

export const SEED_DEFAULTS: SeedSizes = {
  orders: 2000,
  products: 300,
  locations: 3,
  editions: 20,
  days: 400,
};

const DAY = 24 * 60 * 60 * 1000;
/** The shop opened this long before its first order, to fill its shelves. */
const OPENING_DAYS = 30;
/** Products that old orders still name although they are gone. */
const DELETED_PRODUCTS = 6;
const PLACES = [
  {
    name: "Portland studio",
    address1: "18 Kiln Lane",
    city: "Portland",
    province: "Maine",
    provinceCode: "ME",
    zip: "04101",
  },
  {
    name: "Brooklyn shop",
    address1: "212 Harbour Row",
    city: "Brooklyn",
    province: "New York",
    provinceCode: "NY",
    zip: "11201",
  },
  {
    name: "Entrepôt Montréal",
    address1: "9 Rue des Potiers",
    city: "Montréal",
    province: "Quebec",
    provinceCode: "QC",
    zip: "H2Y 1C6",
  },
];

/** "2000x300x3x20x400": what a data folder was filled with. */
export const sizeOf = (options: SeedOptions = {}): string => {
  const { orders, products, locations, editions, days } = { ...SEED_DEFAULTS, ...options };
  return [orders, products, locations, editions, days].join("x");
};

/** Opens the store and, when it is new, seeds it. A folder seeded otherwise is refused (JournalError). */
export function openSeededStore(options: StoreOptions & { sizes?: SeedOptions } = {}): Store {
  const store = openStore({ ...options, size: sizeOf(options.sizes) });
  if (store.isEmpty) seed(store, options.sizes);
  return store;
}

/** Milliseconds matter little: about a second for the defaults. The store must be empty. */
export function seed(store: Store, options: SeedOptions = {}): void {
  if (!store.isEmpty) throw new Error("Only an empty store can be seeded.");
  const sizes = { ...SEED_DEFAULTS, ...options };
  const chance = new Chance(`seed/${options.seed ?? store.seed}`);
  // Whole seconds: a history that differs by the millisecond it was asked for could not be compared.
  const end = Math.floor((options.until ?? store.now()).getTime() / 1000) * 1000;
  const clock = new ManualClock(end - (sizes.days + OPENING_DAYS) * DAY);
  store.quietly(() => fill(store, chance, clock, end, sizes), clock);
}

function fill(store: Store, chance: Chance, clock: ManualClock, end: number, sizes: SeedSizes): void {
  const locationIds = openLocations(store, sizes.locations);
  const catalogue = new Catalogue(chance, locationIds);
  const stocked = stockShelves(store, chance, clock, catalogue, sizes);
  const plan = new Plan(clock, end);
  const history = new History(store, chance, plan, new Set(stocked.editions));
  const start = end - sizes.days * DAY;
  const moment = () => Math.floor(start + chance.next() * (end - start));
  const customers = planCustomers(store, chance, plan, sizes, start, moment);
  for (let number = 0; number < sizes.orders; number++) {
    plan.add(number === 0 ? start + DAY : moment(), () => {
      if (number === 0 && stocked.giant !== null) history.placeLongOrder(customers.anyone(), stocked.giant);
      else history.placeOrder(chance.happens(0.03) ? null : customers.anyone());
    });
  }
  planProducts(store, chance, plan, stocked, moment);
  plan.run();
  clock.set(end);
}

function openLocations(store: Store, count: number): Id[] {
  return Array.from({ length: count }, (_, index) => {
    const { name, ...place } = PLACES[index] ?? { ...PLACES[0], name: `Warehouse ${index + 1}` };
    const [country, countryCode] = index === 2 ? ["Canada", "CA"] : ["United States", "US"];
    const nowhere = { address2: null, phone: null, latitude: null, longitude: null };
    const address = {
      address1: null,
      city: null,
      province: null,
      provinceCode: null,
      zip: null,
      ...place,
      ...nowhere,
      country,
      countryCode,
    };
    return acts.createLocation(store, { name: name ?? `Warehouse ${index + 1}`, address }).id;
  });
}

type Stocked = { all: Id[]; editions: Id[]; giant: Id | null; doomed: Id[] };

/** Products are made over the opening days, one after the other; so their ids and times differ. */
function stockShelves(
  store: Store,
  chance: Chance,
  clock: ManualClock,
  catalogue: Catalogue,
  sizes: SeedSizes,
): Stocked {
  const step = (OPENING_DAYS * DAY) / (sizes.products + DELETED_PRODUCTS + 1);
  const make = (input: Parameters<typeof acts.createProduct>[1]): Id => {
    clock.advance(Math.floor(step * (0.5 + chance.next() / 2)));
    return acts.createProduct(store, input).id;
  };
  const editions = Array.from({ length: Math.min(sizes.editions, sizes.products) }, () =>
    make(catalogue.edition()),
  );
  const room = sizes.products - editions.length;
  const giant = room >= 2 ? make(catalogue.giant()) : null;
  const giftCard = room >= 3 ? [make(catalogue.giftCard())] : [];
  const kinds = [() => catalogue.print(), () => catalogue.ware(), () => catalogue.garment()];
  const rest = sizes.products - editions.length - giftCard.length - (giant === null ? 0 : 1);
  const others = Array.from({ length: rest }, () => make(chance.pick(kinds)()));
  const doomed = Array.from({ length: Math.min(DELETED_PRODUCTS, sizes.products) }, () =>
    make(catalogue.ware()),
  );
  const all = [...editions, ...(giant === null ? [] : [giant]), ...giftCard, ...others];
  gather(store, all, editions);
  return { all, editions, giant, doomed };
}

function gather(store: Store, all: readonly Id[], editions: readonly Id[]): void {
  const of = (type: string) => all.filter((id) => store.need("products", id).productType === type);
  acts.createCollection(store, { title: "Limited editions", productIds: [...editions] });
  acts.createCollection(store, { title: "Art prints", productIds: of("Art print") });
  for (const type of ["Ceramics", "Apparel"]) {
    acts.createCollection(store, { title: type, conditions: [{ on: "productType", values: [type] }] });
  }
}

/** People come over time; two fifths as many as orders. */
function planCustomers(
  store: Store,
  chance: Chance,
  plan: Plan,
  sizes: SeedSizes,
  start: number,
  moment: () => number,
): { anyone: () => Id } {
  const known: Id[] = [];
  const join = (number: number) => known.push(acts.createCustomer(store, buyer(chance, number)).id);
  const count = Math.max(1, Math.ceil(sizes.orders * 0.4));
  const early = Math.ceil(count / 5);
  for (let number = 1; number <= count; number++) {
    plan.add(number <= early ? start + number : moment(), () => void join(number));
  }
  return { anyone: () => chance.pick(known) };
}

/** What happens to the products over the year: prices, states, texts, some leave for good. */
function planProducts(
  store: Store,
  chance: Chance,
  plan: Plan,
  stocked: Stocked,
  moment: () => number,
): void {
  const { all, doomed } = stocked;
  for (const id of doomed) plan.add(moment(), () => void acts.deleteProduct(store, id));
  for (const id of chance.sample(all, Math.floor(all.length / 3))) {
    plan.add(
      moment(),
      () => void acts.updateProduct(store, id, { tags: [...store.need("products", id).tags, "reviewed"] }),
    );
  }
  const states = ["ARCHIVED", "DRAFT", "UNLISTED"] as const;
  const plain = all.filter((id) => id !== stocked.giant && !stocked.editions.includes(id));
  chance.sample(plain, Math.floor(plain.length / 12)).forEach((id, index) => {
    plan.add(moment(), () => void acts.updateProduct(store, id, { status: states[index % states.length] }));
  });
}
