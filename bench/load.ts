// A load generator for webhooks: keep-alive connections that write ready-made bytes and time the answers. It runs as a
// process of its own, so that the server under test does not share its event loop.
//   node bench/load.ts '{"url":…,"connections":50,"seconds":10,"rate":null,"secret":…,"bodiesFile":…,"shop":…}'
// Prints one line of JSON: LoadReport.
import { createHmac, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { Answers } from "./answers.ts";
import { requestBytes } from "./sender.ts";

export interface LoadOrder {
  url: string;
  connections: number;
  seconds: number;
  /** Requests per second, evenly spaced; null sends the next one as soon as the last was answered. */
  rate: number | null;
  secret: string;
  shop: string;
  topic: string;
  /** JSON array of request bodies, used in turn. */
  bodiesFile: string;
}

export interface LoadReport {
  answered2xx: number;
  answeredOther: number;
  seconds: number;
  /** Milliseconds from when a request was due to when its answer was read. */
  latenciesMs: number[];
}

const order = JSON.parse(process.argv[2] ?? "null") as LoadOrder;
const url = new URL(order.url);
const bodies = (JSON.parse(readFileSync(order.bodiesFile, "utf8")) as string[]).map((body) => {
  const bytes = Buffer.from(body);
  return { bytes, hmac: createHmac("sha256", order.secret).update(bytes).digest("base64") };
});

const report: LoadReport = { answered2xx: 0, answeredOther: 0, seconds: 0, latenciesMs: [] };
const startedAt = performance.now();
const endsAt = startedAt + order.seconds * 1_000;
let sent = 0;

await Promise.all(Array.from({ length: order.connections }, () => drive()));
report.seconds = (performance.now() - startedAt) / 1_000;
console.log(JSON.stringify(report));

async function drive(): Promise<void> {
  const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
  await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  const answers = new Answers(socket);
  for (;;) {
    const number = sent++;
    const dueAt = order.rate === null ? performance.now() : startedAt + (number / order.rate) * 1_000;
    if (dueAt >= endsAt) break;
    const wait = dueAt - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    socket.write(request(number));
    const status = await answers.next();
    if (status >= 200 && status < 300) report.answered2xx++;
    else report.answeredOther++;
    report.latenciesMs.push(performance.now() - dueAt);
  }
  socket.destroy();
}

function request(number: number): Buffer {
  const { bytes, hmac } = bodies[number % bodies.length]!;
  const { topic, shop, secret } = order;
  return requestBytes(
    url,
    { id: randomUUID(), topic, shop, triggeredAt: new Date(), body: bytes },
    secret,
    hmac,
  );
}
