// The handler that Shopify's app template leads people to write: authenticate.webhook, then one Prisma upsert of the
// record. Served by node:http without a router, which flatters it.
import "@shopify/shopify-app-remix/adapters/node";
import { PrismaPg } from "@prisma/adapter-pg";
import prismaClient from "@prisma/client";
import { ApiVersion, AppDistribution, shopifyApp } from "@shopify/shopify-app-remix/server";
import { PrismaSessionStorage } from "@shopify/shopify-app-session-storage-prisma";
import { createServer, type IncomingMessage } from "node:http";

const port = Number(process.env.PORT);
const prisma = new prismaClient.PrismaClient({
  adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL, max: 10 }),
});
const shopify = shopifyApp({
  apiKey: process.env.SHOPIFY_API_KEY!,
  apiSecretKey: process.env.SHOPIFY_API_SECRET!,
  apiVersion: ApiVersion.October26,
  appUrl: `http://127.0.0.1:${port}`,
  distribution: AppDistribution.AppStore,
  sessionStorage: new PrismaSessionStorage(prisma),
  scopes: ["read_orders"],
});

interface OrderBody {
  id: number;
  name: string;
  email: string | null;
  note: string | null;
  currency: string;
  total_price: string;
  subtotal_price: string;
  financial_status: string | null;
  fulfillment_status: string | null;
  created_at: string;
  updated_at: string;
}

async function action(request: Request): Promise<Response> {
  const { payload } = await shopify.authenticate.webhook(request);
  const order = payload as OrderBody;
  const data = {
    name: order.name,
    email: order.email,
    note: order.note,
    currencyCode: order.currency,
    totalPrice: order.total_price,
    subtotal: order.subtotal_price,
    financialStatus: order.financial_status,
    fulfillmentStatus: order.fulfillment_status,
    createdAt: new Date(order.created_at),
    updatedAt: new Date(order.updated_at),
  };
  const required = {
    gid: `gid://shopify/Order/${order.id}`,
    observedAt: new Date(),
    originKind: "webhook",
    appliedAt: new Date(),
  };
  const id = BigInt(order.id);
  await prisma.order.upsert({
    where: { shopId_id: { shopId: 1, id } },
    create: { shopId: 1, id, ...required, ...data },
    update: data,
  });
  return new Response();
}

async function requestOf(message: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return new Request(`http://127.0.0.1:${port}${message.url}`, {
    method: "POST",
    headers: Object.entries(message.headers).map(
      ([name, value]) => [name, String(value)] as [string, string],
    ),
    body: Buffer.concat(chunks),
  });
}

createServer((message, answer) => {
  requestOf(message)
    .then(action)
    .catch((thrown: unknown) => (thrown instanceof Response ? thrown : new Response(null, { status: 500 })))
    .then((response) => answer.writeHead(response.status, { "Content-Length": 0 }).end(), console.error);
}).listen(port, "127.0.0.1", () => console.log(JSON.stringify({ event: "listening" })));
