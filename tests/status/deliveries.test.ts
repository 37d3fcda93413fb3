// The delivery log: its filters, its pages along an index, its export, and one delivery.
import { beforeAll, describe, expect, it } from "vitest";
import { topics } from "#app/resources/index.ts";
import { useDatabase } from "#tests/database.ts";

await useDatabase();
const { pool } = await import("#app/db.server.ts");
const { choiceOf, deliveryQueryOf, deliveryChoices, eachDelivery, pageStatement, readDeliveries } =
  await import("#app/status/deliveries.ts");
const { readDeliveryDetail, readWholeBody } = await import("#app/status/delivery-detail.ts");
const { exportDeliveries } = await import("#app/status/delivery-export.ts");

const SHOP = "test-shop.myshopify.com";
const OTHER = "other-shop.myshopify.com";
const ROWS = 60_000;
let shopId: number;

// A log in which nearly everything was applied at once; what is not is rare, and old.
beforeAll(async () => {
  const { rows } = await pool.query("INSERT INTO shops (domain) VALUES ($1), ($2) RETURNING id", [
    SHOP,
    OTHER,
  ]);
  shopId = rows[0].id;
  await pool.query(
    `INSERT INTO sync_deliveries (shop_domain, webhook_id, topic, body, state, reason, received_at, settled_at, resource, record_key)
     SELECT $1, n::text, CASE WHEN n % 3 = 0 THEN 'orders/create' ELSE 'products/update' END, '{}',
            (CASE WHEN n <= 200 THEN 'parked' WHEN n <= 400 THEN 'ignored' WHEN n <= 500 THEN 'superseded' ELSE 'applied' END)::delivery_state,
            CASE WHEN n <= 200 THEN 'BAD_BODY' WHEN n <= 400 THEN 'FOREIGN_OPERATION' END,
            '2026-11-01Z'::timestamptz + n / 7 * interval '1 second', '2026-11-02Z', 'products', (n % 5000)::text
     FROM generate_series(1, $2) AS n`,
    [SHOP, ROWS],
  );
  await pool.query(
    `INSERT INTO sync_deliveries (shop_domain, webhook_id, topic, body, state)
     SELECT $1, n::text, 'products/update', '{}', 'parked' FROM generate_series(1, 300) AS n`,
    [OTHER],
  );
  await pool.query("ANALYZE sync_deliveries");
});

const url = (search = "") => `https://app.test/app/webhooks/deliveries${search}`;
const query = (search = "") => deliveryQueryOf(url(search));

interface Plan {
  "Node Type": string;
  "Actual Rows": number;
  "Rows Removed by Filter"?: number;
  Plans?: Plan[];
}

function nodesOf(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}

describe("a page", () => {
  it.each([
    "",
    "?topic=orders/create",
    "?state=applied",
    "?state=parked",
    "?state=ignored",
    "?state=superseded",
    "?state=received",
    "?reason=BAD_BODY",
    "?reason=NEVER_SEEN",
    "?resource=products&record=17",
    "?from=2026-11-01&until=2026-11-01",
    "?state=parked&topic=orders/create",
    "?after=received-desc_2026-11-01T01:00:00.000000Z_25000",
    "?topic=orders/create&after=received-desc_2026-11-01T01:00:00.000000Z_25000",
    "?sort=received-asc",
    "?sort=received-asc&topic=orders/create",
    "?sort=received-asc&state=applied",
    "?sort=received-asc&state=parked",
    "?sort=received-asc&reason=BAD_BODY",
    "?sort=received-asc&resource=products&record=17",
    "?sort=received-asc&topic=orders/create&after=received-asc_2026-11-01T01:00:00.000000Z_25000",
  ])("filtered by %s reads along an index, no more than it shows and a little", async (search) => {
    const asked = query(search);
    expect(asked.dropped).toEqual([]);
    const { text, values } = pageStatement(SHOP, choiceOf(asked.filters, "UTC"), asked, 51);
    const { rows } = await pool.query(`EXPLAIN (ANALYZE, FORMAT JSON) ${text}`, values);
    const nodes = nodesOf(rows[0]["QUERY PLAN"][0].Plan);
    expect(nodes.map((node) => node["Node Type"])).not.toContain("Seq Scan");
    const touched = nodes.map((node) => node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0));
    expect(Math.max(...touched)).toBeLessThan(1_000);
  });

  // Seven of them came at the same moment, each time.
  it.each([
    ["received-desc", -1],
    ["received-asc", 1],
  ])("leads to the next, until every delivery was shown once, by %s", async (sort, sign) => {
    const seen: string[] = [];
    let search = `?state=parked&sort=${sort}`;
    for (;;) {
      const { deliveries, next } = await readDeliveries(SHOP, query(search), "UTC");
      seen.push(...deliveries.map(({ id }) => id));
      if (!next) break;
      search = `?state=parked&sort=${sort}&after=${next}`;
    }
    expect(seen).toHaveLength(200);
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => sign * (Number(a) - Number(b))));
  });

  it("can be asked for by every topic that there is, also by those that are spelled with a dot", () => {
    for (const topic of topics()) {
      expect(query(`?topic=${topic}`)).toMatchObject({ filters: { topic }, dropped: [] });
    }
    expect(topics()).toContain("customer.tags_added");
  });

  it("drops what the address says and nobody understands, by name, and shows the rest", () => {
    const { filters, dropped } = query(
      "?state=bogus&topic=<b>&record=x&from=2026-02-30&reason=PARKED&after=1&sort=topic-asc",
    );
    expect([...dropped].sort()).toEqual(["after", "from", "record", "sort", "state", "topic"]);
    expect(filters).toMatchObject({ state: null, topic: null, record: null, from: null, reason: "PARKED" });
  });

  it("takes days in the shop's zone", async () => {
    const choice = choiceOf(query("?from=2026-11-01&until=2026-11-01").filters, "America/New_York");
    expect([choice.from, choice.until]).toEqual([
      new Date("2026-11-01T04:00:00Z"),
      new Date("2026-11-02T05:00:00Z"),
    ]);
  });

  it("offers the reasons that there are, of this shop", async () => {
    const { reasons, topics } = await deliveryChoices({ id: shopId, domain: SHOP });
    expect(reasons).toEqual(["BAD_BODY", "FOREIGN_OPERATION"]);
    expect(topics).toContain("orders/create");
    expect((await deliveryChoices({ id: shopId, domain: OTHER })).reasons).toEqual([]);
  });
});

describe("an export", () => {
  it("streams exactly what is filtered, in both forms", async () => {
    const choice = choiceOf(query("?topic=orders/create").filters, "UTC");
    const ndjson = await new Response(exportDeliveries(SHOP, choice, "ndjson")).text();
    const lines = ndjson.trimEnd().split("\n");
    expect(lines).toHaveLength(ROWS / 3);
    expect(JSON.parse(lines[0]!)).toMatchObject({ topic: "orders/create", state: "applied" });
    const oldest = await new Response(exportDeliveries(SHOP, choice, "ndjson", "received-asc")).text();
    expect(oldest.trimEnd().split("\n")).toEqual(lines.toReversed());
    const csv = await new Response(exportDeliveries(SHOP, { ...choice, state: "parked" }, "csv")).text();
    const rows = csv.trimEnd().split("\r\n");
    expect(rows[0]).toMatch(/^id,receivedAt,/);
    expect(rows).toHaveLength(1 + 66);
    expect(rows.slice(1).every((row) => row.split(",").length === rows[0]!.split(",").length)).toBe(true);
  });

  it("quotes what a spreadsheet would run or a comma would break", async () => {
    await pool.query(
      "INSERT INTO sync_deliveries (shop_domain, webhook_id, topic, body) VALUES ('csv.myshopify.com', $1, $2, '')",
      ['a"b,c', "=HYPERLINK(1)"],
    );
    const csv = await new Response(exportDeliveries("csv.myshopify.com", {}, "csv")).text();
    expect(csv).toContain(",'=HYPERLINK(1),");
    expect(csv).toContain(',"a""b,c",');
  });

  it("of a reader who leaves stops reading", async () => {
    const reader = exportDeliveries(SHOP, {}, "ndjson").getReader();
    await reader.read();
    await reader.cancel();
    expect(pool.waitingCount).toBe(0);
    for await (const batch of eachDelivery(OTHER, {})) expect(batch).toHaveLength(300);
  });
});

describe("one delivery", () => {
  async function store(body: string, columns: { record?: string; event?: string } = {}): Promise<string> {
    const { rows } = await pool.query(
      `INSERT INTO sync_deliveries (shop_domain, webhook_id, topic, body, state, settled_at, resource, record_key, event_id)
       VALUES ($1, gen_random_uuid()::text, 'orders/create', $2, 'applied', now(), 'orders', $3, $4) RETURNING id`,
      [SHOP, Buffer.from(body), columns.record ?? "99001", columns.event ?? null],
    );
    return rows[0].id;
  }
  const shop = () => ({ id: shopId, domain: SHOP });

  it("shows its body with personal data covered, and whole only on request", async () => {
    const id = await store(
      '{"id":820982911946154508,"email":"jon@example.com","name":"#1001","total_price":"10.00","customer":{"id":7,"first_name":"Jon","state":"disabled"},"shipping_address":{"name":"Jon Snow","zip":"K2P0V6"},"note_attributes":[{"name":"gift","value":"for Arya"}],"line_items":[{"name":"Poster","price":"1"}]}',
    );
    const { body } = (await readDeliveryDetail(shop(), id))!;
    if (body.kind !== "json") throw new Error("not shown");
    for (const said of ["jon@example.com", "Jon", "K2P0V6", "Arya"]) expect(body.text).not.toContain(said);
    for (const kept of ["820982911946154508", "#1001", '"10.00"', "Poster", '"state": "disabled"'])
      expect(body.text).toContain(kept);
    expect(body.covered).toBe(6);
    const whole = await readWholeBody(SHOP, id);
    expect(whole).toMatchObject({
      kind: "json",
      covered: 0,
      text: expect.stringContaining("jon@example.com"),
    });
  });

  it("tells of a body that is no JSON, or was erased", async () => {
    expect((await readDeliveryDetail(shop(), await store("not json")))!.body).toEqual({ kind: "unreadable" });
    expect((await readDeliveryDetail(shop(), await store("")))!.body).toEqual({ kind: "erased" });
  });

  it("lists the other news of its record, and which of them were the same change", async () => {
    const mine = await store("{}", { record: "99002", event: "e1" });
    const twin = await store("{}", { record: "99002", event: "e1" });
    const later = await store("{}", { record: "99002", event: "e2" });
    const { related, events } = (await readDeliveryDetail(shop(), mine))!;
    expect(related.map(({ id, isSameEvent }) => [id, isSameEvent])).toEqual([
      [later, false],
      [twin, true],
    ]);
    expect(events).toMatchObject([{ act: "applied" }]);
  });

  it("of another shop, or of none, is not there", async () => {
    const id = await store("{}");
    expect(await readDeliveryDetail({ id: shopId + 1, domain: OTHER }, id)).toBeNull();
    expect(await readWholeBody(OTHER, id)).toBeNull();
    for (const odd of ["0", "x", "-1", "99999999999999999999"])
      expect(await readDeliveryDetail(shop(), odd)).toBeNull();
  });
});
