// The life of errors of one cause: what people say, what happens again, and what trying again does.
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ErrorSort } from "#app/status/sorts.ts";
import { useDatabase } from "#tests/database.ts";

await useDatabase();
const { inTransaction, pool } = await import("#app/db.server.ts");
const { recordFaults } = await import("#app/sync/faults.ts");
const { markCause, planRetries, planRetry, retryCause, retryCauses } =
  await import("#app/sync/error-life.ts");
const {
  READ_GROUPS,
  TREND_DAYS,
  errorQueryOf,
  occurrencesAfter,
  readErrorGroup,
  readErrorGroups,
  readOccurrences,
} = await import("#app/status/error-groups.ts");

const { eachError, eachOf } = await import("#app/status/error-export.ts");
const { isAsked } = await import("#app/status/choices.ts");

const DOMAIN = "errors.myshopify.com";
const NOW = new Date("2026-11-23T12:00:00.000Z");
const later = (ms: number) => new Date(NOW.getTime() + ms);
const ORDERS = { source: "records", subject: "orders", code: "WRONG_TYPE" } as const;
const PARKED = { source: "deliveries", subject: "orders/create", code: "BAD_BODY" } as const;
let shopId = 0;

beforeAll(async () => {
  const { rows } = await pool.query<{ id: number }>(
    "INSERT INTO shops (domain) VALUES ($1), ('other.myshopify.com') RETURNING id",
    [DOMAIN],
  );
  shopId = rows[0]!.id;
});

beforeEach(async () => {
  await pool.query("TRUNCATE sync_errors, sync_error_marks, sync_deliveries, sync_confirmations, sync_runs");
});

const fail = (key: string | null, at = NOW, code = "WRONG_TYPE") =>
  inTransaction((client) =>
    recordFaults(client, shopId, [{ resource: "orders", key, code, detail: `of ${key}` }], null, at),
  );
let webhook = 0;
const park = (shopDomain = DOMAIN) =>
  pool.query(
    `INSERT INTO sync_deliveries (shop_domain, webhook_id, topic, body, state, reason, resource, record_key)
     VALUES ($1, $2, 'orders/create', '{}', 'parked', 'BAD_BODY', 'orders', '7')`,
    [shopDomain, `w${(webhook += 1)}`],
  );
const shop = () => ({ id: shopId, domain: DOMAIN, timeZone: "America/New_York" });
const group = (cause: Parameters<typeof readErrorGroup>[1] = ORDERS) => readErrorGroup(shop(), cause, NOW);

describe("a cause", () => {
  it("counts its records, with the first and the last time", async () => {
    await fail("1");
    await fail("2", later(1_000));
    await fail("1", later(5_000));
    expect(await group()).toMatchObject({
      state: "open",
      open: 2,
      records: 2,
      firstAt: NOW,
      lastAt: later(5_000),
      detail: "of 1",
    });
  });

  it("goes back to what had been said before, when what was said last is taken back", async () => {
    await fail("1");
    await markCause(shopId, ORDERS, "acknowledged", "user:4", later(1_000));
    await markCause(shopId, ORDERS, "resolved", "user:4", later(2_000));
    expect(await group()).toMatchObject({ state: "resolved", open: 0 });
    await markCause(shopId, ORDERS, null, "user:5", later(3_000), "acknowledged");
    expect(await group()).toMatchObject({ state: "acknowledged", open: 1, markedBy: "user:5" });
  });

  it("is reopened when it happens again after a person acknowledged or resolved it", async () => {
    await fail("1");
    await markCause(shopId, ORDERS, "acknowledged", "user:4", later(1_000));
    expect(await group()).toMatchObject({ state: "acknowledged", markedBy: "user:4" });
    await fail("2", later(2_000));
    expect(await group()).toMatchObject({ state: "reopened", open: 2 });

    await markCause(shopId, ORDERS, "resolved", "user:4", later(3_000));
    expect(await group()).toMatchObject({ state: "resolved", open: 0 });
    await fail("1", later(4_000));
    expect(await group()).toMatchObject({ state: "reopened", open: 1 });
  });

  it("is open again when a person takes back that it is resolved, but for what had landed before", async () => {
    await fail("1");
    await fail("2");
    await pool.query("UPDATE sync_errors SET resolved_at = $1 WHERE record_key = '2'", [later(500)]);
    await markCause(shopId, ORDERS, "resolved", "user:4", later(1_000));
    await markCause(shopId, ORDERS, null, "user:4", later(2_000));
    expect(await group()).toMatchObject({ state: "open", open: 1, records: 1 });
  });

  it("stays ignored until a person takes it back", async () => {
    await fail("1");
    await markCause(shopId, ORDERS, "ignored", "user:4", later(1_000));
    await fail("2", later(2_000));
    expect(await group()).toMatchObject({ state: "ignored", open: 2 });
    await markCause(shopId, ORDERS, null, "user:4", later(3_000));
    expect(await group()).toMatchObject({ state: "open" });
  });

  it("gathers webhooks that were set aside, of this shop only", async () => {
    await park();
    await park();
    await park("other.myshopify.com");
    expect((await readErrorGroups(shop(), NOW)).groups).toMatchObject([
      { ...PARKED, state: "open", open: 2, records: 1 },
    ]);
    expect((await readOccurrences(shopId, DOMAIN, PARKED, null)).occurrences).toHaveLength(2);
  });

  it("is sorted by when it was seen and by how many records it concerns, equals by name", async () => {
    await fail("1", later(1_000), "B");
    await fail("2", later(4_000), "B");
    await fail("3", later(2_000), "C");
    await fail("4", later(3_000), "A");
    const codes = async (sort: ErrorSort) =>
      (await readErrorGroups(shop(), NOW, sort)).groups.map(({ code }) => code).join("");
    expect(await codes("last-desc")).toBe("BAC");
    expect(await codes("last-asc")).toBe("CAB");
    expect(await codes("first-desc")).toBe("ACB");
    expect(await codes("first-asc")).toBe("BCA");
    expect(await codes("records-desc")).toBe("BAC");
    expect(await codes("records-asc")).toBe("ACB");
    const exported: string[] = [];
    for await (const rows of eachError(
      shop(),
      { show: "due", source: null, subject: null },
      NOW,
      "first-asc",
    ))
      exported.push(...rows.map(({ code }) => code));
    expect(exported.join("")).toBe("BBCA");
    expect(errorQueryOf("https://app/app/errors?sort=records-asc")).toMatchObject({
      sort: "records-asc",
      dropped: [],
    });
    expect(errorQueryOf("https://app/app/errors?sort=code-asc")).toMatchObject({
      sort: "last-desc",
      dropped: ["sort"],
    });
  });

  it("says the same of a cause on its own page as in the list", async () => {
    await fail("1");
    await fail("2", later(1_000), "OTHER");
    await park();
    const { groups } = await readErrorGroups(shop(), NOW);
    expect(groups).toHaveLength(3);
    for (const listed of groups) expect(await readErrorGroup(shop(), listed, NOW)).toEqual(listed);
    expect(await readErrorGroup(shop(), { ...ORDERS, code: "NEVER" }, NOW)).toBeNull();
  });

  it("is read along indexes", async () => {
    await pool.query(
      `INSERT INTO sync_errors (shop_id, resource, record_key, code, detail, occurred_at)
       SELECT $1, 'orders', n::text, 'C' || n % 5, '', timestamptz '2026-01-01' + n * interval '1 minute'
       FROM generate_series(1, 30000) n`,
      [shopId],
    );
    await pool.query("ANALYZE sync_errors");
    const { rows } = await pool.query<{ "QUERY PLAN": string }>(`EXPLAIN ${READ_GROUPS}`, [
      shopId,
      DOMAIN,
      10_000,
      "UTC",
      NOW,
      null,
      null,
      null,
    ]);
    const plan = rows.map((row) => row["QUERY PLAN"]).join("\n");
    expect(plan).toContain("sync_errors_shop_id_occurred_at_id_idx");
    expect(plan).not.toMatch(/Seq Scan on sync_errors/);
  });
});

describe("trying again", () => {
  it("fetches the records at fault, as it said before", async () => {
    await fail("1");
    await fail("2");
    expect(await planRetry(shopId, DOMAIN, { cause: ORDERS })).toEqual({ how: "fetch", count: 2 });
    expect(await planRetry(shopId, DOMAIN, { cause: ORDERS, recordKey: "2" })).toEqual({
      how: "fetch",
      count: 1,
    });
    const { rowCount } = await pool.query("SELECT FROM sync_confirmations");
    expect(rowCount).toBe(0);
    expect(await retryCause(shopId, DOMAIN, { cause: ORDERS }, "user:4", NOW)).toEqual({
      outcome: "queued",
      count: 2,
    });
    const { rows } = await pool.query(
      "SELECT record_key, urgent FROM sync_confirmations ORDER BY record_key",
    );
    expect(rows).toEqual([
      { record_key: "1", urgent: true },
      { record_key: "2", urgent: true },
    ]);
  });

  it("reads the whole resource where no record is at fault, once however often it is pressed", async () => {
    await fail(null, NOW, "COUNT_MISMATCH");
    const cause = { ...ORDERS, code: "COUNT_MISMATCH" };
    expect(await planRetry(shopId, DOMAIN, { cause })).toEqual({ how: "sync" });
    const first = await retryCause(shopId, DOMAIN, { cause }, "user:4", NOW);
    const second = await retryCause(shopId, DOMAIN, { cause }, "user:4", NOW);
    expect([first.outcome, second.outcome]).toEqual(["started", "already"]);
  });

  it("works webhooks off again that were set aside", async () => {
    await park();
    expect(await planRetry(shopId, DOMAIN, { cause: PARKED })).toEqual({ how: "replay", count: 1 });
    expect(await retryCause(shopId, DOMAIN, { cause: PARKED }, "user:4", NOW)).toMatchObject({ count: 1 });
    const { rows } = await pool.query("SELECT state FROM sync_deliveries");
    expect(rows).toEqual([{ state: "received" }]);
    expect(await retryCause(shopId, DOMAIN, { cause: PARKED }, "user:4", NOW)).toEqual({
      outcome: "nothing",
    });
  });

  it("offers nothing where only a person can help", async () => {
    const cause = { source: "records", subject: "customers", code: "CUSTOMER_DATA_REQUEST" } as const;
    await pool.query(
      "INSERT INTO sync_errors (shop_id, resource, record_key, code, detail) VALUES ($1, 'customers', '5', 'CUSTOMER_DATA_REQUEST', '')",
      [shopId],
    );
    expect(await planRetry(shopId, DOMAIN, { cause })).toEqual({ how: "none" });
    expect(await retryCause(shopId, DOMAIN, { cause }, "user:4", NOW)).toEqual({ outcome: "nothing" });
  });
});

describe("several causes", () => {
  it("are tried again together, after a count of what that does", async () => {
    await fail("1");
    await fail("2");
    await fail("9", NOW, "NOT_AN_ID");
    await fail(null, NOW, "COUNT_MISMATCH");
    await park();
    await park("other.myshopify.com");
    const { groups } = await readErrorGroups(shop(), NOW);
    const plan = await planRetries(shopId, DOMAIN, groups);
    expect(plan).toEqual({ causes: 4, records: 3, deliveries: 1, resources: ["orders"] });
    expect((await pool.query("SELECT FROM sync_confirmations")).rowCount).toBe(0);

    expect(await retryCauses(shopId, DOMAIN, groups, "user:1", NOW)).toBe(4);
    const { rows } = await pool.query("SELECT record_key FROM sync_confirmations ORDER BY record_key");
    expect(rows.map(({ record_key: key }) => String(key))).toEqual(["1", "2", "9"]);
    const parked = await pool.query("SELECT shop_domain FROM sync_deliveries WHERE state = 'parked'");
    expect(parked.rows).toEqual([{ shop_domain: "other.myshopify.com" }]);
  });

  it("are filtered by where they are and what was said of them; nonsense is dropped by name", async () => {
    await fail("1");
    await park();
    const { groups } = await readErrorGroups(shop(), NOW);
    const shown = (query: string) => {
      const { filters } = errorQueryOf(`https://app/app/errors?${query}`);
      return groups.filter((each) => isAsked(each, filters)).map(({ subject }) => subject);
    };
    expect(shown("").sort()).toEqual(["orders", "orders/create"]);
    expect(shown("source=records")).toEqual(["orders"]);
    expect(shown("source=deliveries&subject=orders/create")).toEqual(["orders/create"]);
    expect(shown("show=ignored")).toEqual([]);
    // A place is a source and a subject: half of it would filter unseen, beside a choice that says "Everywhere".
    const half = errorQueryOf("https://app/app/errors?subject=orders");
    expect([half.filters.subject, half.dropped]).toEqual([null, ["subject"]]);
    expect(occurrencesAfter("https://app/app/errors/group?after=12")).toEqual({ after: "12", dropped: [] });
    expect(occurrencesAfter("https://app/app/errors/group?after=x")).toEqual({
      after: null,
      dropped: ["after"],
    });
    const bad = errorQueryOf("https://app/app/errors?show=all&source=%00&subject=Nothing");
    expect(bad.dropped).toEqual(["show", "source", "subject"]);
    expect(bad.filters).toEqual({ show: "due", source: null, subject: null });
  });
});

describe("the trend of a cause", () => {
  it("counts by day of the shop's zone, today last", async () => {
    // 4:30 UTC is the evening before in New York.
    await fail("1", new Date("2026-11-23T04:30:00Z"));
    await fail("2", new Date("2026-11-23T05:30:00Z"));
    await fail("3", new Date("2026-11-23T11:00:00Z"));
    await fail("4", new Date("2026-10-01T11:00:00Z"));
    const days = (await group())!.days;
    expect(days).toHaveLength(TREND_DAYS);
    expect(days.slice(-3)).toEqual([0, 1, 2]);
    expect(days.reduce((sum, count) => sum + count, 0)).toBe(3);
  });
});

describe("errors as a file", () => {
  const all = async (batches: ReturnType<typeof eachError>) => {
    const rows = [];
    for await (const batch of batches) rows.push(...batch);
    return rows;
  };

  it("are those of the causes that are shown, open ones only, each once", async () => {
    for (let index = 1; index <= 60; index += 1) await fail(String(index));
    await pool.query("UPDATE sync_errors SET resolved_at = now() WHERE record_key = '60'");
    await park();
    const rows = await all(eachError(shop(), { show: "due", source: null, subject: null }, NOW));
    expect(rows).toHaveLength(60);
    expect(new Set(rows.map(({ source, recordKey }) => `${source} ${recordKey}`)).size).toBe(60);
    expect(rows.every(({ state }) => state === "open")).toBe(true);
    expect(await all(eachError(shop(), { show: "ignored", source: null, subject: null }, NOW))).toEqual([]);
    // Of one cause all of them, also what was resolved.
    expect(await all(eachOf(shop(), ORDERS, false))).toHaveLength(60);
  });
});
