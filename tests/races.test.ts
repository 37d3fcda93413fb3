// Every pair of ways in, named by its interleaving: what happened in Shopify in which order, and in which order we
// heard of it. A name reads "what arrives first → what arrives second". Each ends in one state, which is stated.
import { beforeEach, describe, expect, it } from "vitest";
import { resourceOf } from "#app/resources/index.ts";
import { useDatabase } from "#tests/database.ts";

await useDatabase();
const { inTransaction, pool } = await import("#app/db.server.ts");
const { apply } = await import("#app/sync/apply.ts");
const { removeAbsent } = await import("#app/sync/ingest-absent.ts");
const { removeFiltered } = await import("#app/sync/ingest-filtered.ts");
const { waitingForLocks } = await import("#tests/locks.ts");
const { applyAll, location, mirroredOf, NOW, openShop, product, remove, rowsOf, second, upsert } =
  await import("./sync/mirror.ts");
type Change = Parameters<typeof applyAll>[1][number];

let shopId = 0;
beforeEach(async () => {
  shopId = await openShop();
});

type OriginKind = "webhook" | "bulk" | "page" | "fetch";
const READS = ["bulk", "page", "fetch"] as const;

const told = (name: string, updated: string, observed: string, by: OriginKind = "webhook") =>
  location("1", { name }, { updated, observed, by, id: 1n });

async function arrive(...changes: Change[]): Promise<string | null | undefined> {
  for (const change of changes) await applyAll(shopId, [change]);
  const rows = await rowsOf("Location", shopId);
  expect(await mirroredOf("locations", shopId)).toBe(rows.length);
  return rows[0]?.name;
}

describe.each(READS)("webhook and %s", (read) => {
  it(`ReadBeforeChange: webhook of the change → ${read} sent before it`, async () => {
    expect(await arrive(told("changed", "20", "20.1"), told("before", "10", "15", read))).toBe("changed");
  });

  it(`ReadBeforeChange: ${read} sent before the change → webhook of the change`, async () => {
    expect(await arrive(told("before", "10", "15", read), told("changed", "20", "20.1"))).toBe("changed");
  });

  it(`ReadAfterChange: ${read} that saw the change → its webhook, late`, async () => {
    expect(await arrive(told("read", "20", "25", read), told("body", "20", "20.1"))).toBe("read");
  });

  it(`ReadAfterChange: webhook of the change → ${read} that saw it`, async () => {
    expect(await arrive(told("body", "20", "20.1"), told("read", "20", "25", read))).toBe("read");
  });

  it(`SameSecond: two changes in one second, ${read} between them → webhook of the second`, async () => {
    expect(await arrive(told("one", "20", "20.3", read), told("two", "20", "20.6"))).toBe("two");
  });

  it(`SameSecond: webhook of the second change → ${read} that was sent between the two`, async () => {
    expect(await arrive(told("two", "20", "20.6"), told("one", "20", "20.3", read))).toBe("two");
  });

  it(`SameInstant: webhook → ${read}, observed in the same microsecond: the read knows more`, async () => {
    expect(await arrive(told("body", "20", "20.3"), told("read", "20", "20.3", read))).toBe("read");
    shopId = await openShop();
    expect(await arrive(told("read", "20", "20.3", read), told("body", "20", "20.3"))).toBe("read");
  });

  it(`RetriedWebhook: old webhook → ${read} → the same webhook again, as Shopify retries it`, async () => {
    const retried = told("old body", "10", "10.2");
    expect(await arrive(retried, told("read", "20", "25", read), retried)).toBe("read");
  });
});

describe("webhook and webhook", () => {
  it("Unordered: second change's webhook → first change's webhook", async () => {
    expect(await arrive(told("two", "21", "21.1"), told("one", "20", "20.1"))).toBe("two");
  });

  it("Unordered within a second: orders/paid → orders/create, told apart by when they were triggered", async () => {
    expect(await arrive(told("paid", "20", "20.000002"), told("create", "20", "20.000001"))).toBe("paid");
  });

  it("Doubled: webhook → its double", async () => {
    expect(await arrive(told("one", "20", "20.1"), told("one", "20", "20.1"))).toBe("one");
  });
});

const pairs = READS.flatMap((first) => READS.map((second) => [first, second] as const));

describe.each(pairs)("%s and %s", (first, second) => {
  it("OlderReadLands last: it changes nothing", async () => {
    expect(await arrive(told("later", "20", "30", first), told("earlier", "10", "15", second))).toBe("later");
  });

  it("both saw the same second: the later sent one wins, whichever lands last", async () => {
    expect(await arrive(told("later", "20", "20.9", first), told("earlier", "20", "20.1", second))).toBe(
      "later",
    );
    shopId = await openShop();
    expect(await arrive(told("earlier", "20", "20.1", first), told("later", "20", "20.9", second))).toBe(
      "later",
    );
  });
});

describe("deletion", () => {
  const gone = remove("locations", "1", "20.5");

  it("DeleteThenLateWebhook: deletion → webhook of a change before it", async () => {
    expect(await arrive(told("a", "10", "10.1"), gone, told("late", "15", "15.1"))).toBeUndefined();
  });

  it("DeleteThenWebhookTriggeredAfter: deletion → webhook that Shopify triggered later still", async () => {
    expect(await arrive(told("a", "10", "10.1"), gone, told("stray", "21", "22"))).toBeUndefined();
  });

  it("DeleteOvertakes: deletion → creation's webhook, never seen before", async () => {
    expect(await arrive(gone, told("created", "10", "10.1"))).toBeUndefined();
  });

  it("DeleteIsTerminal whatever updatedAt says: webhook with a later updatedAt → deletion triggered before it", async () => {
    expect(await arrive(told("stray", "30", "30.1"), gone)).toBeUndefined();
  });

  it.each(READS)("%s sent before the deletion → after it: no resurrection", async (read) => {
    expect(await arrive(gone, told("ghost", "10", "20.4", read))).toBeUndefined();
    expect(await arrive(told("ghost", "19", "20.5", read))).toBeUndefined();
  });

  it.each(READS)("deletion → %s sent after it shows the record: it is back, tombstone gone", async (read) => {
    expect(await arrive(told("a", "10", "10.1"), gone, told("back", "10", "30", read))).toBe("back");
    const { rows } = await pool.query("SELECT FROM sync_tombstones WHERE shop_id = $1", [shopId]);
    expect(rows).toHaveLength(0);
    expect(await arrive(told("and alive", "31", "31.1"))).toBe("and alive");
  });

  it.each(READS)("%s sent after the deletion → the deletion, late: the record stays", async (read) => {
    expect(await arrive(told("alive", "10", "30", read), gone)).toBe("alive");
  });

  it.each(READS)(
    "%s sent after → newer webhook → the deletion, late: the read is not forgotten",
    async (read) => {
      expect(await arrive(told("alive", "10", "30", read), told("newer", "40", "40.1"), gone)).toBe("newer");
    },
  );

  it.each(READS)(
    "newer webhook → stale %s sent after the deletion → the deletion, late: the record stays",
    async (read) => {
      expect(await arrive(told("newer", "40", "40.1"), told("stale", "10", "30", read), gone)).toBe("newer");
    },
  );

  it("deletion and a read that was sent after it in one batch, in either order", async () => {
    const back = told("back", "10", "30", "page");
    await applyAll(shopId, [back, gone]);
    expect(await rowsOf("Location", shopId)).toMatchObject([{ name: "back" }]);
    shopId = await openShop();
    await applyAll(shopId, [gone, back]);
    expect(await rowsOf("Location", shopId)).toMatchObject([{ name: "back" }]);
  });

  it("takes the children, and late news of the root does not bring them back", async () => {
    const rows = [{ id: "11", productId: "1", title: "v" }];
    const whole = product("1", { title: "p" }, { rows, complete: true }, { updated: "10", observed: "10.1" });
    await applyAll(shopId, [whole]);
    await applyAll(shopId, [remove("products", "1", "20")]);
    await applyAll(shopId, [whole]);
    expect(await rowsOf("ProductVariant", shopId)).toEqual([]);
  });
});

/**
 * Removals that are no deletions, by the code that finds them: a whole read of an item lacks a level that was in it
 * (decision 12), and a search lacks a record that the rules want no more (decision 30). `at` is when Shopify was asked.
 */
const REMOVALS = [
  {
    reason: "absent",
    resource: "inventory_levels",
    model: "InventoryLevel",
    key: "1:2",
    row: { inventoryItemId: "1", locationId: "2" },
    goes: (at: string) => {
      const read = { origin: { kind: "page", id: 1n }, observedAt: second(at), nodes: [] } as const;
      const batch = { ...read, shopId, resource: resourceOf("inventory_levels") };
      return inTransaction((client) => removeAbsent(client, batch, ["gid://shopify/InventoryItem/1"], NOW));
    },
  },
  {
    reason: "filtered",
    resource: "locations",
    model: "Location",
    key: "1",
    row: { id: "1" },
    goes: (at: string) => {
      const look = { keys: ["1"], askedAt: second(at) };
      const unmatched = { ...look, shopId, resource: resourceOf("locations") };
      return inTransaction((client) => removeFiltered(client, unmatched, NOW));
    },
  },
] as const;

describe.each(REMOVALS)("a record that is $reason", ({ reason, resource, model, key, row, goes }) => {
  /** `gid` tells the states apart. */
  const tells = (gid: string, updated: string, observed: string, by: OriginKind = "webhook") => {
    const change = upsert(resource, key, { ...row, gid }, { updated, observed, by, id: 1n });
    return applyAll(shopId, [change]);
  };
  const stands = async () => {
    const rows = await rowsOf(model, shopId);
    expect(await mirroredOf(resource, shopId)).toBe(rows.length);
    return rows[0]?.gid;
  };
  const tombstone = async () =>
    (await pool.query<{ reason: string }>("SELECT reason FROM sync_tombstones WHERE shop_id = $1", [shopId]))
      .rows[0]?.reason;

  it.each(READS)(
    "SeenThenMissed: %s that shows it → the look, sent later, that lacks it: it goes",
    async (read) => {
      await tells("seen", "10", "15", read);
      await goes("20.5");
      expect(await stands()).toBeUndefined();
      expect(await tombstone()).toBe(reason);
    },
  );

  it.each(READS)(
    "MissedThenSeen: %s that shows it → the look, sent earlier, that lacks it: it stays",
    async (read) => {
      await tells("seen", "10", "30", read);
      await goes("20.5");
      expect(await stands()).toBe("seen");
      expect(await tombstone()).toBeUndefined();
    },
  );

  it.each(READS)(
    "MissedThenSeen: the look that lacks it → %s, sent later, that shows it: it is back",
    async (read) => {
      await tells("old", "10", "15", "page");
      await goes("20.5");
      await tells("back", "10", "30", read);
      expect(await stands()).toBe("back");
      expect(await tombstone()).toBeUndefined();
    },
  );

  it.each(READS)(
    "SeenThenMissed: the look that lacks it → %s, sent earlier, late: no resurrection",
    async (read) => {
      await tells("old", "10", "15", "page");
      await goes("20.5");
      await tells("ghost", "19", "20.4", read);
      expect(await stands()).toBeUndefined();
    },
  );

  it("ToldThenMissed: webhook of a change → the look, sent later, that lacks it: it goes", async () => {
    await tells("told", "20", "20.1");
    await goes("20.5");
    expect(await stands()).toBeUndefined();
  });

  it.each(["15", "30"])(
    "the look that lacks it → webhook triggered at :%s: gone until a read shows it, for which the webhook asks",
    async (triggered) => {
      await tells("old", "10", "12", "page");
      await goes("20.5");
      await tells("late", triggered, triggered);
      expect(await stands()).toBeUndefined();
      await tells("read", triggered, "35", "fetch");
      expect(await stands()).toBe("read");
    },
  );

  it("removed twice: deletion → the look that lacks it: the deletion is what is known", async () => {
    await tells("old", "10", "12", "page");
    await applyAll(shopId, [remove(resource, key, "20")]);
    await goes("20.5");
    expect([await stands(), await tombstone()]).toEqual([undefined, "webhook"]);
  });

  it("removed twice: the look that lacks it → the deletion, before or after it: gone for good", async () => {
    for (const [deleted, known] of [
      ["20", reason],
      ["21", "webhook"],
    ] as const) {
      shopId = await openShop();
      await tells("old", "10", "12", "page");
      await goes("20.5");
      await applyAll(shopId, [remove(resource, key, deleted)]);
      await tells("ghost", "19", "20.4", "bulk");
      expect([await stands(), await tombstone()]).toEqual([undefined, known]);
    }
  });
});

it("MissedThenTold: webhook of a level that was made after the read was sent → that read lacks it: it stays", async () => {
  const [{ resource, key, row, goes }] = REMOVALS;
  const made = upsert(resource, key, { ...row, gid: "made" }, { updated: "30", observed: "30.1" });
  await applyAll(shopId, [made]);
  await goes("20.5");
  expect(await rowsOf("InventoryLevel", shopId)).toMatchObject([{ gid: "made" }]);
});

/** Two transactions at once. `second` is started while `first` has applied but not committed. */
async function meanwhile(first: Change[], second: Change[]): Promise<void> {
  let overlapping: Promise<unknown> | undefined;
  await inTransaction(async (client) => {
    await apply(client, shopId, first, NOW);
    overlapping = applyAll(shopId, second);
    await waitingForLocks();
  });
  await overlapping;
}

describe("two workers at once", () => {
  it("write one new record: the newer state wins though the older one commits last", async () => {
    await meanwhile([told("newer", "20", "20.1")], [told("older", "10", "10.1", "bulk")]);
    expect(await rowsOf("Location", shopId)).toMatchObject([{ name: "newer" }]);
    expect(await mirroredOf("locations", shopId)).toBe(1);
  });

  it("DeleteBesideInsert: a deletion is under way while late news comes: no resurrection", async () => {
    await applyAll(shopId, [told("a", "10", "10.1")]);
    await meanwhile([remove("locations", "1", "20")], [told("late", "15", "15.1")]);
    expect(await rowsOf("Location", shopId)).toEqual([]);
    expect(await mirroredOf("locations", shopId)).toBe(0);
  });

  it("InsertBesideDelete: a record is being inserted while its deletion comes: it goes", async () => {
    await meanwhile([told("created", "10", "10.1")], [remove("locations", "1", "20")]);
    expect(await rowsOf("Location", shopId)).toEqual([]);
    expect(await mirroredOf("locations", shopId)).toBe(0);
  });

  it("write the children of one root: they are those of the newer state, none of both", async () => {
    const version = (title: string, ids: string[], at: string) =>
      product(
        "1",
        { title },
        { rows: ids.map((id) => ({ id, productId: "1", title })), complete: true },
        { updated: at, observed: at },
      );
    await applyAll(shopId, [version("first", ["11", "12"], "10")]);
    await meanwhile([version("third", ["11", "13"], "30")], [version("second", ["12", "14"], "20")]);
    const rows = await rowsOf("ProductVariant", shopId);
    expect(rows.map(({ id, title }) => [id, title]).sort()).toEqual([
      ["11", "third"],
      ["13", "third"],
    ]);
  });

  it("take many records in opposite order without a deadlock, and count right", async () => {
    const batch = (name: string, at: string) =>
      Array.from({ length: 300 }, (_, n) => location(String(n + 1), { name }, { updated: at, observed: at }));
    const rounds = Array.from({ length: 6 }, (_, n) => {
      const changes = batch(`round ${n}`, String(10 + n));
      return applyAll(shopId, n % 2 === 0 ? changes : changes.toReversed());
    });
    await Promise.all(rounds);
    const rows = await rowsOf("Location", shopId);
    expect(new Set(rows.map(({ name }) => name))).toEqual(new Set(["round 5"]));
    expect(await mirroredOf("locations", shopId)).toBe(300);
  });
});
