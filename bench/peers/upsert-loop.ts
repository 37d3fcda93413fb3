// The loop that most apps have: pages of 250 orders, and for each order prisma.order.upsert, then one for each of its lines.
// Reading and converting them is not measured, writing all else that belongs to an order is not asked for.
//   node bench/peers/upsert-loop.ts FILE ORDERS      (DATABASE_URL)   prints { "seconds": …, "records": … }
import prismaClient from "@prisma/client";
import { pool, prisma } from "#app/db.server.ts";
import { resourceOf } from "#app/resources/index.ts";
import type { Row } from "#app/sync/change.ts";
import { nodesIn } from "../order-files.ts";

const PAGE = 250;
const WARM_UP = 20;
const [file = "", count = "0"] = process.argv.slice(2);
const { Prisma } = prismaClient;
const now = new Date();

await pool.query("TRUNCATE shops, orders, order_line_items RESTART IDENTITY");
const { rows } = await pool.query<{ id: number }>(
  "INSERT INTO shops (domain) VALUES ('bench.myshopify.com') RETURNING id",
);
const shopId = rows[0]!.id;
const own = { shopId, observedAt: now, originKind: "page", appliedAt: now, confirmedAt: now, seenAt: now };
const orders = (await nodesIn(file, Number(count))).map((node) => {
  const { row, children } = resourceOf("orders").fromNode(node);
  return {
    order: { ...typed("Order", row), ...own },
    lines: (children.OrderLineItem?.rows ?? []).map((line) => ({ ...typed("OrderLineItem", line), shopId })),
  };
});
for (const each of orders.slice(0, WARM_UP)) await upsert(each);
const startedAt = performance.now();
for (let at = WARM_UP; at < orders.length; at += PAGE) {
  for (const each of orders.slice(at, at + PAGE)) await upsert(each);
}
const seconds = (performance.now() - startedAt) / 1_000;
console.log(JSON.stringify({ seconds, records: orders.length - WARM_UP }));
await pool.end();

async function upsert({ order, lines }: (typeof orders)[number]): Promise<void> {
  await prisma.order.upsert({ where: keyOf(order), create: order, update: order } as never);
  for (const line of lines) {
    await prisma.orderLineItem.upsert({ where: keyOf(line), create: line, update: line } as never);
  }
}

function keyOf(row: Record<string, unknown>) {
  return { shopId_id: { shopId, id: row.id } };
}

/** Values as Prisma's client takes them. */
function typed(model: string, row: Row): Record<string, unknown> {
  const { fields } = Prisma.dmmf.datamodel.models.find(({ name }) => name === model)!;
  const typeOf = new Map(fields.map(({ name, type }) => [name, type]));
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      const type = typeOf.get(name);
      if (value === null) return [name, type === "Json" ? Prisma.DbNull : null];
      if (type === "BigInt") return [name, BigInt(value as string)];
      if (type === "DateTime") return [name, new Date(value as string)];
      return [name, value];
    }),
  );
}
