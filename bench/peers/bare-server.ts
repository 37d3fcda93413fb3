// The limit that the webhook door is measured against: node:http, the signature checked, one row inserted and
// committed before the answer. No framework, no dedupe beyond the unique key, nothing read out of the body.
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import pg from "pg";

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
const secret = process.env.SHOPIFY_API_SECRET!;
await pool.query(
  `CREATE TABLE IF NOT EXISTS bare_inbox (id bigserial PRIMARY KEY, shop text NOT NULL, webhook_id text NOT NULL,
   topic text NOT NULL, received_at timestamptz NOT NULL DEFAULT now(), body bytea NOT NULL, UNIQUE (shop, webhook_id))`,
);

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const body = Buffer.concat(chunks);
    const wanted = createHmac("sha256", secret).update(body).digest();
    const given = Buffer.from(String(request.headers["x-shopify-hmac-sha256"]), "base64");
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted))
      return response.writeHead(401).end();
    const {
      "x-shopify-shop-domain": shop,
      "x-shopify-webhook-id": id,
      "x-shopify-topic": topic,
    } = request.headers;
    pool
      .query({
        name: "insert",
        text: "INSERT INTO bare_inbox (shop, webhook_id, topic, body) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        values: [shop, id, topic, body],
      })
      .then(
        () => response.writeHead(200, { "Content-Length": 0 }).end(),
        () => response.writeHead(503, { "Content-Length": 0 }).end(),
      );
  });
});
server.listen(Number(process.env.PORT), "127.0.0.1", () =>
  console.log(JSON.stringify({ event: "listening" })),
);
