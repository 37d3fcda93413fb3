// What the dials do to deliveries over real HTTP.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ListeningApp } from "#tests/sandbox/listening-app.ts";
import { createDials, DialError } from "#sandbox/dials.ts";
import * as acts from "#sandbox/store/acts.ts";

let app: ListeningApp;
beforeEach(async () => {
  app = new ListeningApp();
  await app.listen();
});
afterEach(() => app.end());

describe("dials", () => {
  test("drop: nothing is sent, the log says so", async () => {
    const { store, webhooks } = app.open({ dropPercent: 100 });
    acts.createLocation(store, { name: "A" });
    await webhooks.idle();
    expect(app.received).toEqual([]);
    expect(webhooks.log.list()).toMatchObject([{ state: "dropped" }]);
  });

  test("duplicate: the same delivery twice", async () => {
    const { store, webhooks } = app.open({ duplicatePercent: 100 });
    acts.createLocation(store, { name: "A" });
    await webhooks.idle();
    expect(app.received).toHaveLength(2);
    expect(app.received[0]?.body).toBe(app.received[1]?.body);
    expect(app.received[0]?.headers["x-shopify-webhook-id"]).toBe(
      app.received[1]?.headers["x-shopify-webhook-id"],
    );
  });

  test("fail: the app has answered 200 and is asked again", async () => {
    const { store, webhooks, dials } = app.open({ failPercent: 100 });
    app.answerWith = () => (app.received.length === 2 && dials.turn({ failPercent: 0 }), 200);
    acts.createLocation(store, { name: "A" });
    await webhooks.idle();
    expect(app.received).toHaveLength(2);
    expect(webhooks.log.list()[0]?.attempts).toMatchObject([{ status: 503 }, { status: 200 }]);
  });

  test("reorder: later news overtakes", async () => {
    const { store, webhooks } = app.open({ reorderPercent: 100 });
    const place = acts.createLocation(store, { name: "A" });
    for (let i = 0; i < 12; i++) acts.updateLocation(store, place.id, { name: `${i}` });
    await webhooks.idle();
    const order = app.received.map(({ body }) => (JSON.parse(body) as { name: string }).name);
    expect(order).toHaveLength(13);
    expect(order).not.toEqual(["A", ...Array.from({ length: 12 }, (_, index) => `${index}`)]);
  });

  test("outage: nothing leaves until it is over", async () => {
    const { store, webhooks, dials } = app.open({ outage: true });
    acts.createLocation(store, { name: "A" });
    expect(webhooks.pendingCount()).toBe(1);
    dials.turn({ outage: false });
    await webhooks.idle();
    expect(app.received).toHaveLength(1);
  });

  test("the same seed spoils the same deliveries", async () => {
    const states = async (): Promise<string[]> => {
      const { store, webhooks } = app.open({ dropPercent: 50 });
      for (let i = 0; i < 20; i++) acts.createLocation(store, { name: `${i}` });
      await webhooks.idle();
      return webhooks.log.list().map(({ webhookId, state }) => `${webhookId} ${state}`);
    };
    const first = await states();
    expect(new Set(first.map((line) => line.split(" ")[1]))).toEqual(new Set(["dropped", "delivered"]));
    expect(await states()).toEqual(first);
  });

  test("refuse what they do not know", () => {
    const dials = createDials();
    expect(() => dials.turn({ dropPercent: 101 })).toThrow(DialError);
    expect(() => dials.turn({ plan: "gold" })).toThrow("plan is one of standard");
    expect(() => createDials({ volume: 11 } as never)).toThrow('There is no dial "volume"');
    expect(dials.read().dropPercent).toBe(0);
  });
});
