// Many rows reach the database another way than few. Both ways must end in the same rows, whatever is in them.
import { beforeEach, describe, expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";
import { resourceOf } from "#app/resources/index.ts";
import { COPY_ROWS_MIN } from "#app/sync/apply-rows.ts";
import type { Row, Upsert } from "#app/sync/change.ts";

await useDatabase();
const { inTransaction, pool } = await import("#app/db.server.ts");
const { apply } = await import("#app/sync/apply.ts");
const { NOW, applyAll, fixtureOf, openShop, stateOf, upsert } = await import("#tests/sync/mirror.ts");
const { waitingForLocks } = await import("#tests/locks.ts");

const MANY = COPY_ROWS_MIN + 20;
const READ = { updated: "5", observed: "6", by: "page" } as const;

/** What has a meaning in COPY, in an array, in JSON, or to those who count bytes. */
const TEXTS = [
  ...[
    "",
    " ",
    "\\N",
    "\\.",
    "\\",
    "\\\\n",
    "a\tb",
    "a\nb\r\nc",
    "NULL",
    "null",
    '"',
    "'",
    "{}",
    "{a,b}",
    "[1]",
  ],
  ...[
    "a,b",
    'say "a\\b"',
    "Zoë",
    "Zoë\t\\N\r\n日\\",
    "日本",
    "👩‍👩‍👧",
    "\u0001\u007f",
    "\u2028",
    "$1",
    "%s",
    "a".repeat(9_000),
  ],
];

const whole = resourceOf("orders").fromNode(fixtureOf("orders").node);

function order(number: number, text: string): Upsert {
  const id = String(820_982_911_946_200_000n + BigInt(number));
  const attributes = [{ key: text, value: number % 2 === 0 ? null : text }];
  const row: Row = {
    ...whole.row,
    ...{ id, gid: `gid://shopify/Order/${id}`, name: text, note: number % 3 === 0 ? null : text },
    ...{ tags: number % 4 === 0 ? [] : [text, "b"], customAttributes: attributes, number },
  };
  const [line] = whole.children.OrderLineItem!.rows;
  const rows = [0, 1].map((index): Row => {
    return { ...line, id: `${id}${index}`, orderId: id, title: text, customAttributes: attributes };
  });
  return upsert("orders", id, row, READ, { ...childrenOf(id), OrderLineItem: { rows, complete: true } });
}

function childrenOf(orderId: string): Upsert["children"] {
  return Object.fromEntries(
    Object.keys(whole.children).map((model) => [model, { rows: [] as Row[], complete: orderId !== "" }]),
  );
}

const orders = (text: (number: number) => string) =>
  Array.from({ length: MANY }, (_, number) => order(number, text(number)));

async function stateWithoutShop(shopId: number) {
  const state = await stateOf("orders", shopId);
  return JSON.parse(JSON.stringify(state).replaceAll(`"shop_id":"${shopId}"`, '"shop_id":""')) as unknown;
}

let many: number;
let few: number;
beforeEach(async () => {
  many = await openShop();
  few = await openShop();
});

describe("many rows at once", () => {
  it("end as they do one by one, when they are new, when all change, and when some do", async () => {
    const text = (number: number) => TEXTS[number % TEXTS.length]!;
    const states = [
      orders(text),
      orders((number) => text(number + 1)).map((each) => later(each, "7")),
      orders((number) => text(number + (number % 2))).map((each) => later(each, "8")),
    ];
    for (const changes of states) {
      const outcomes = await applyAll(many, changes);
      expect(new Set(outcomes.map(({ result }) => result))).toEqual(new Set(["applied"]));
      for (const change of changes) await applyAll(few, [change]);
      expect(await stateWithoutShop(many)).toEqual(await stateWithoutShop(few));
    }
    const { rows } = await pool.query<{ name: string }>(
      "SELECT name FROM orders WHERE shop_id = $1 ORDER BY id",
      [many],
    );
    expect(rows.map(({ name }) => name)).toEqual(states[2]!.map(({ row }) => row.name));
  });

  it("lose the children that they no longer have", async () => {
    await applyAll(
      many,
      orders(() => "a"),
    );
    const one = orders(() => "b").map((each): Upsert => {
      const [kept] = each.children.OrderLineItem!.rows;
      return later(
        { ...each, children: { ...each.children, OrderLineItem: { rows: [kept!], complete: true } } },
        "7",
      );
    });
    await applyAll(many, one);
    const { rows } = await pool.query<{ id: string }>("SELECT id FROM order_line_items WHERE shop_id = $1", [
      many,
    ]);
    expect(rows.map(({ id }) => id).sort()).toEqual(one.map(({ key }) => `${key}0`).sort());
  });

  it("that the database refuses are put aside one by one, and the others land", async () => {
    const bad = new Map([
      [3, "a\0b"],
      [MANY - 1, "\ud800"],
    ]);
    const outcomes = await applyAll(
      many,
      orders((number) => bad.get(number) ?? "fine"),
    );
    const refused = outcomes.flatMap(({ result }, number) => (result === "rejected" ? [number] : []));
    expect(refused).toEqual([...bad.keys()]);
    const { rows } = await pool.query("SELECT FROM orders WHERE shop_id = $1", [many]);
    expect(rows).toHaveLength(MANY - bad.size);
  });

  it("of which somebody else writes one at the same moment end at the newest of both", async () => {
    const all = orders(() => "a");
    const newer = later({ ...all[7]!, row: { ...all[7]!.row, name: "newer" } }, "9");
    let slower: ReturnType<typeof applyAll> | undefined;
    await inTransaction(async (client) => {
      await apply(client, many, [newer], NOW);
      // Finds no row yet, copies its own, and waits for this one's end.
      slower = applyAll(many, all);
      await waitingForLocks();
    });
    const outcomes = await slower!;
    expect(outcomes.flatMap(({ result }, number) => (result === "applied" ? [] : [number]))).toEqual([7]);
    const { rows } = await pool.query<{ name: string }>(
      "SELECT name, count(*)::int FROM orders WHERE shop_id = $1 GROUP BY name ORDER BY name",
      [many],
    );
    expect(rows).toEqual([
      { name: "a", count: MANY - 1 },
      { name: "newer", count: 1 },
    ]);
  });

  it("of which a part is here before its record take it over", async () => {
    const all = orders(() => "a");
    const stray = all[5]!.children.OrderLineItem!.rows[0]!;
    await applyAll(many, [
      { ...all[4]!, children: { ...all[4]!.children, OrderLineItem: { rows: [stray], complete: true } } },
    ]);
    await pool.query("DELETE FROM orders WHERE shop_id = $1", [many]);
    for (const change of all) await applyAll(few, [change]);
    await applyAll(many, all);
    expect(await stateWithoutShop(many)).toEqual(await stateWithoutShop(few));
  });

  it("of one transaction do not see the rows of the batch before", async () => {
    const all = orders(() => "a");
    await applyAll(many, [
      ...all,
      ...all.map((each) => later({ ...each, row: { ...each.row, name: "b" } }, "7")),
    ]);
    const { rows } = await pool.query<{ name: string }>(
      "SELECT DISTINCT name FROM orders WHERE shop_id = $1",
      [many],
    );
    expect(rows).toEqual([{ name: "b" }]);
  });
});

function later(change: Upsert, second: string): Upsert {
  return { ...change, version: { ...change.version, updatedAt: `2026-11-01T10:00:0${second}Z` } };
}
