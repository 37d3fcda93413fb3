// What bad input gets, whichever way it comes: the record is put aside with the reason, the rest of its batch goes on, and
// the run ends incomplete and says why. Once Shopify shows it as it should be, the error is over.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";
import { gid, item, key, order, product, times } from "#tests/shopify/records.ts";
import type { Run } from "#app/sync/runs.ts";
import type { Json, StoredRecord } from "#tests/shopify/small-store.ts";
import type { TestShop } from "#tests/sync/shop.ts";

await useDatabase();
const { confirm } = await import("#app/sync/confirm.ts");
const { retryCause } = await import("#app/sync/error-life.ts");
const { requestSync } = await import("#app/sync/targeted.ts");
const { openShop, rowsIn } = await import("#tests/sync/shop.ts");

let shop: TestShop;
beforeEach(async () => void (shop = await openShop()));
afterEach(() => shop.close());

const money = (amount: string, currencyCode = "USD"): Json => ({
  shopMoney: { amount, currencyCode },
  presentmentMoney: { amount, currencyCode },
});

/** Digits that no number of JavaScript holds, written as they are. */
const digits = (text: string): unknown => (JSON as unknown as { rawJSON(of: string): unknown }).rawJSON(text);

/** What stands in the record, where, and what is said of it. */
const BAD: readonly [string, Json, string, string][] = [
  ["a null that Shopify promises never to send", { name: null }, "UNEXPECTED_NULL", "name"],
  ["text with a NUL", { note: "a\u0000b" }, "UNSTORABLE_TEXT", "note"],
  ["half of a surrogate pair", { note: "a\ud83d" }, "UNSTORABLE_TEXT", "note"],
  ["a price of nothing", { totalPriceSet: money("") }, "NOT_A_NUMBER", "totalPriceSet"],
  ["a price that would be rounded", { totalPriceSet: money("0.1234567") }, "OUT_OF_RANGE", "totalPriceSet"],
  [
    "a currency that is none",
    { totalPriceSet: money("1.00", "dollar"), currencyCode: "dollar" },
    "NOT_A_CURRENCY",
    "currencyCode",
  ],
  ["a count past 32 bits", { number: 9_007_199_254_740_991 }, "OUT_OF_RANGE", "number"],
  ["a number past 2^53", { number: digits("9007199254740993") }, "OUT_OF_RANGE or WRONG_TYPE", "number"],
  ["a weight past 63 bits", { totalWeight: "9223372036854775808" }, "OUT_OF_RANGE", "totalWeight"],
  ["an id of something else", { customer: { id: "gid://shopify/Product/1" } }, "NOT_AN_ID", "customer.id"],
  ["a text where a list should be", { tags: "a, b" }, "WRONG_TYPE", "tags"],
  ["a day that does not exist", { createdAt: "2026-02-30T10:00:00Z" }, "NOT_A_TIME", "createdAt"],
];

/** Few are read by pages, more by a bulk operation. */
const WAYS = [
  ["pages", 12],
  ["a bulk operation", 260],
] as const;
const WORSE = 4;

/** Shopify's own types would not let such values out: they are put into what it has written. */
function spoil(wrong: Json): void {
  const id = gid("Order", WORSE);
  const spoilt = (record: Json): Json => (record.id === id ? { ...record, ...wrong } : record);
  const connection = (all: unknown) => ({ nodes: all, pageInfo: { hasNextPage: false, endCursor: null } });
  const shown = (record: Json): Json => {
    const inside = ["lineItems", "shippingLines", "returns", "localizedFields"];
    const wrapped = inside.map((field) => [field, connection(record[field])]);
    return spoilt({ ...record, ...Object.fromEntries(wrapped) });
  };
  shop.store.intercept = ({ document, variables }) => {
    const records = shop.store.data.Order!;
    if (document.includes("OrdersPage"))
      return { body: { data: { orders: connection(records.map(shown)) } } };
    if (!document.includes("nodes(ids:")) return null;
    const asked = records.filter((record) => (variables.ids as string[]).includes(record.id));
    return { body: { data: { nodes: asked.map(shown) } } };
  };
  shop.store.bulk.rewrite = (text) => {
    const lines = text.trimEnd().split("\n");
    return lines.map((line) => `${JSON.stringify(spoilt(JSON.parse(line) as Json))}\n`).join("");
  };
}

const readThese = (...numbers: readonly number[]): Promise<Run> =>
  requestSync(shop.id, "orders", { mode: "ids", ids: numbers.map(key) }, "test", shop.clock.now).then(
    ({ run }) => shop.finish(run),
  );

async function readAll(way: "pages" | "bulk" = "pages"): Promise<Run> {
  const { run } = await requestSync(shop.id, "orders", { mode: "full", way }, "test", shop.clock.now);
  return shop.finish(run);
}

const rowOfWorse = async () => (await rowsIn(shop.id, "orders")).find(({ id }) => String(id) === key(WORSE));

describe.each(WAYS)("read by %s, a record with", (way, count) => {
  beforeEach(() => void (shop.store.data.Order = times(count, (number) => order(number))));

  it.each(BAD)("%s is put aside, and its batch goes on", async (_what, wrong, code, field) => {
    spoil(wrong);
    const isBulk = way === "a bulk operation";
    const ended = await readAll(isBulk ? "bulk" : "pages");
    expect(ended.progress.bulk !== undefined).toBe(isBulk);
    expect(ended).toMatchObject({ state: "incomplete", errorCode: "RECORDS_REJECTED", rejected: 1 });
    expect(ended.done).toBe(count - 1);
    // Nothing is claimed of it, but it was read to its end: what waits for that, such as limited editions, goes on.
    expect(await shop.state("orders")).toMatchObject({ verified_at: null, read_at: expect.any(Date) });
    expect(await rowsIn(shop.id, "orders")).toHaveLength(count - 1);
    expect(await rowOfWorse()).toBeUndefined();
    const errors = await shop.errors();
    expect(errors).toMatchObject([{ record_key: key(WORSE), resolved_at: null }]);
    // A page's number is refused for its size, a file's, whose digits are kept, for being text.
    expect(code.split(" or ")).toContain(errors[0]!.code);
    expect(errors[0]!.detail).toContain(field);
  });

  it("a currency never seen before is like any other", async () => {
    spoil({ currencyCode: "XXZ", totalPriceSet: money("1.00", "XXZ") });
    expect(await readAll()).toMatchObject({ state: "verified", done: count });
    expect((await rowOfWorse())?.currency_code).toBe("XXZ");
  });

  it("a null is in the mirror once that is put right, and its error is over", async () => {
    spoil({ name: null });
    await readAll();
    spoil({});
    expect(await readAll()).toMatchObject({ state: "verified", done: count });
    expect(await rowOfWorse()).toBeDefined();
    expect((await shop.errors())[0]?.resolved_at).toBeInstanceOf(Date);
  });
});

describe.each(WAYS)("read by %s", (way, count) => {
  it("lines to which Shopify gives no id are kept with their order", async () => {
    const orders = times(count, (number) => order(number, 2, { refunds: 2, linesEach: 2 }));
    shop.store.data.Order = orders;
    for (const worse of orders.slice(WORSE, WORSE + 2)) {
      const [charge] = worse.shippingLines as Json[];
      worse.shippingLines = [{ ...charge, id: null, title: "by air" }, charge, { ...charge, id: null }];
      const [refund] = worse.refunds as Json[];
      const [refunded] = refund!.refundLineItems as Json[];
      refund!.refundLineItems = [{ ...refunded, id: null, quantity: 3 }, refunded];
      const [returned] = refund!.refundShippingLines as Json[];
      refund!.refundShippingLines = [{ ...returned, shippingLine: { id: null } }];
    }
    expect(await readAll(way === "a bulk operation" ? "bulk" : "pages")).toMatchObject({
      state: "verified",
      done: count,
    });
    for (const worse of [WORSE, WORSE + 1]) await expectUnnamed(worse);

    // They are the same rows when they come again, and go with the list that they were in.
    orders[WORSE]!.shippingLines = (orders[WORSE]!.shippingLines as Json[]).slice(0, 2);
    await readAll();
    const left = await rowsOfOrder("order_shipping_lines", WORSE);
    expect(left.map(({ id }) => id)).toEqual(["-1", key(WORSE)]);
    await expectUnnamed(WORSE + 1);
  });
});

async function expectUnnamed(number: number): Promise<void> {
  const charges = await rowsOfOrder("order_shipping_lines", number);
  expect(charges.map(({ id }) => id)).toEqual(["-2", "-1", key(number)]);
  expect(charges[1]).toMatchObject({ title: "by air" });
  const refunded = await rowsOfOrder("order_refund_lines", number);
  expect(refunded).toHaveLength(4);
  expect(refunded[0]).toMatchObject({ id: "-1", quantity: 3 });
  const [refund] = await rowsOfOrder("order_refunds", number);
  expect(refund!.shipping_lines).toMatchObject([{ shippingLineId: null }]);
}

const rowsOfOrder = async (table: string, number: number) => {
  const rows = await rowsIn(shop.id, table);
  return rows
    .filter(({ order_id: id }) => String(id) === key(number))
    .sort((a, b) => Number(BigInt(a.id as string) - BigInt(b.id as string)));
};

describe("read by its id, a record with", () => {
  beforeEach(() => void (shop.store.data.Order = times(WORSE + 2, (number) => order(number))));

  it.each(BAD)("%s is put aside, and its batch goes on", async (_what, wrong, code, field) => {
    spoil(wrong);
    const ended = await readThese(WORSE, WORSE + 1);
    expect(ended).toMatchObject({ state: "incomplete", errorCode: "RECORDS_REJECTED", rejected: 1, done: 1 });
    const [error] = await shop.errors();
    expect(error).toMatchObject({ record_key: key(WORSE), resolved_at: null });
    expect(code.split(" or ")).toContain(error!.code);
    expect(error!.detail).toContain(field);
    expect(await rowsIn(shop.id, "orders")).toHaveLength(1);
  });
});

/** What lies inside others: its holder, itself, and the key that both make. */
const INSIDE = [
  ["inventory_levels", () => void (shop.store.data.InventoryItem = [item(1, 2)]), `${key(1)}:${key(0)}`],
  ["product_metafields", () => void (shop.store.data.Product = [withMetafield()]), `${key(1)}:${key(5)}`],
] as const;

function withMetafield(): StoredRecord {
  const known = { namespace: "custom", key: "size", type: "single_line_text_field", value: "7" };
  const dates = { createdAt: "2026-11-01T10:00:00Z", updatedAt: "2026-11-01T10:00:00Z", compareDigest: "d" };
  return { ...product(1), metafields: [{ id: gid("Metafield", 5), ...known, ...dates }] };
}

it.each(INSIDE)(
  "one of the %s stands by its key among the errors, and is tried again by it",
  async (name, fill, its) => {
    fill();
    const [holder] = shop.store.data.InventoryItem ?? shop.store.data.Product!;
    const [inside] = (holder!.inventoryLevels ?? holder!.metafields) as Json[];
    const { createdAt } = inside!;
    inside!.createdAt = "2026-02-30T10:00:00Z";
    const { run } = await requestSync(shop.id, name, { mode: "full", way: "pages" }, "test", shop.clock.now);
    expect(await shop.finish(run)).toMatchObject({ state: "incomplete", errorCode: "RECORDS_REJECTED" });
    expect(await shop.errors()).toMatchObject([{ code: "NOT_A_TIME", record_key: its, resolved_at: null }]);

    inside!.createdAt = createdAt;
    const cause = { source: "records", subject: name, code: "NOT_A_TIME" } as const;
    expect(await retryCause(shop.id, "", { cause }, "user:1", shop.clock.now)).toEqual({
      outcome: "queued",
      count: 1,
    });
    // Rows are queued by the database's clock.
    const now = () => new Date(Date.now() + 1);
    await confirm(shop.id, { client: shop.client, signal: new AbortController().signal, now });
    expect((await shop.errors())[0]?.resolved_at).toBeInstanceOf(Date);
  },
);

it("a kind of media that Shopify is still to make is in the mirror, with what all kinds have", async () => {
  const dates = { createdAt: "2026-11-01T10:00:00Z", updatedAt: "2026-11-01T10:00:00Z" };
  const common = { alt: "a vase", mediaContentType: "IMAGE", status: "READY", preview: null };
  const medium = { __typename: "MediaImage", ...common, ...dates, mimeType: null, image: null };
  shop.store.data.Product = times(3, (number) => ({
    ...product(number),
    media: [0, 1].map((index) => ({ ...medium, id: gid("MediaImage", number * 10 + index) })),
  }));
  shop.store.bulk.rewrite = (text) => {
    const lines = text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Json);
    const second = lines.filter(({ id, mediaContentType }) => id && mediaContentType)[1]!;
    const { id, __parentId } = second;
    for (const field of Object.keys(second)) delete second[field];
    const tomorrow = { __typename: "Hologram", ...common, mediaContentType: "HOLOGRAM" };
    Object.assign(second, tomorrow, { id: String(id).replace("MediaImage", "Hologram"), __parentId });
    return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  };
  const wish = { mode: "full", way: "bulk" } as const;
  const { run } = await requestSync(shop.id, "products", wish, "test", shop.clock.now);
  expect(await shop.finish(run)).toMatchObject({ state: "verified", done: 3 });
  const media = await rowsIn(shop.id, "product_media");
  expect(media).toHaveLength(6);
  expect(media.filter(({ type }) => type === "HOLOGRAM")).toMatchObject([
    { alt: "a vase", position: 2, created_at: null },
  ]);
});

it("an id of another shop's record is not found, and nothing of that shop is read or written", async () => {
  const other = await openShop();
  other.store.data.Order = times(3, (number) => order(number));
  await other.finish((await requestSync(other.id, "orders", { mode: "full" }, "test", other.clock.now)).run);
  const { run } = await requestSync(
    shop.id,
    "orders",
    { mode: "ids", ids: [key(1)] },
    "test",
    shop.clock.now,
  );
  const ended = await shop.finish(run);
  expect(ended).toMatchObject({ state: "incomplete", errorCode: "NOT_FOUND", done: 0 });
  expect(await rowsIn(shop.id, "orders")).toEqual([]);
  expect(await rowsIn(other.id, "orders")).toHaveLength(3);
  await other.close();
});
