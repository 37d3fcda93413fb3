// An app that listens to webhooks over real HTTP, and the part of the sandbox that sends them.
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { openLife } from "#tests/sandbox/life.ts";
import { parseAppConfig } from "#sandbox/app-config.ts";
import { createDials, type DialValues } from "#sandbox/dials.ts";
import type { Subscription } from "#sandbox/webhooks/subscription.ts";
import { Webhooks } from "#sandbox/webhooks/webhooks.ts";

export const SECRET = "hush";
/** Four hours in about 14 ms. */
const FAST = 1_000_000 / 10;

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly path: string;
}

export const TOML = `
name = "Test"
application_url = "https://app.example.com"
embedded = true
[access_scopes]
scopes = "read_locations, write_products"
[webhooks]
api_version = "2026-10"
[[webhooks.subscriptions]]
topics = ["locations/create", "locations/update", "app/uninstalled", "bulk_operations/finish"]
uri = "/webhooks"
[[webhooks.subscriptions]]
topics = ["products/create"]
uri = "https://app.example.com/hooks/products"
name = "posters"
include_fields = ["id", "variants.price", "updated_at"]
filter = "variants.price:>=40 AND title:Post*"
[[webhooks.subscriptions]]
compliance_topics = ["customers/data_request", "customers/redact", "shop/redact"]
uri = "/webhooks/privacy"
`;

export class ListeningApp {
  url = "";
  received: Received[] = [];
  answerWith: (request: Received) => number = () => 200;
  isInstalled = true;
  apiSubscriptions: Subscription[] = [];
  readonly #opened: Webhooks[] = [];
  #server: Server | null = null;

  async listen(): Promise<void> {
    this.#server = createServer((incoming, response) => {
      let body = "";
      incoming.on("data", (chunk: Buffer) => (body += chunk.toString()));
      incoming.on("end", () => {
        const one = { headers: incoming.headers, body, path: incoming.url ?? "" };
        this.received.push(one);
        response.writeHead(this.answerWith(one)).end();
      });
    });
    const port = this.url === "" ? 0 : Number(new URL(this.url).port);
    await new Promise<void>((resolve) => this.#server!.listen(port, "127.0.0.1", resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Nobody is there until it listens again, at the same address. */
  async leave(): Promise<void> {
    const server = this.#server!;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  async end(): Promise<void> {
    for (const webhooks of this.#opened) await webhooks.stop();
    await this.leave();
  }

  /** A store whose news come here. */
  open(dialValues: Partial<DialValues> = {}) {
    const { store, clock } = openLife();
    const dials = createDials({ timeScale: FAST, ...dialValues });
    const webhooks = new Webhooks({
      ...{ store, dials, secret: SECRET, appUrl: this.url },
      app: parseAppConfig(TOML),
      isInstalled: () => this.isInstalled,
      apiSubscriptions: () => this.apiSubscriptions,
      removeApiSubscription: (id) =>
        (this.apiSubscriptions = this.apiSubscriptions.filter((one) => one.id !== id)),
    });
    this.#opened.push(webhooks);
    return { store, clock, dials, webhooks };
  }

  /** One made through the API. */
  apiSubscription(topic: string, changes: Partial<Subscription> = {}): Subscription {
    return {
      ...{
        id: "api-1",
        origin: "api" as const,
        topic,
        address: `${this.url}/api-made`,
        filter: null,
        name: null,
      },
      ...{ includeFields: [], metafieldNamespaces: [], metafields: [] },
      ...changes,
    };
  }
}
