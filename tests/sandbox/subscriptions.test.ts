// What an app is subscribed to: by its TOML, through filters, and where its news goes.
import { describe, expect, test } from "vitest";
import { TOML } from "#tests/sandbox/listening-app.ts";
import { AppConfigError, parseAppConfig } from "#sandbox/app-config.ts";
import { parseFilter } from "#sandbox/webhooks/filter.ts";
import { reach } from "#sandbox/webhooks/subscription.ts";

test("addresses of the app are reached where it listens, others where they are", () => {
  expect(reach("/webhooks", "https://app.example.com", "http://127.0.0.1:3000")).toBe(
    "http://127.0.0.1:3000/webhooks",
  );
  expect(reach("https://app.example.com/a?b=1", "https://app.example.com", "http://127.0.0.1:3000")).toBe(
    "http://127.0.0.1:3000/a?b=1",
  );
  expect(reach("https://else.example.com/a", "https://app.example.com", "http://127.0.0.1:3000")).toBe(
    "https://else.example.com/a",
  );
});

describe("filters", () => {
  const body = {
    id: 5,
    title: "Blue shirt",
    status: "active",
    tags: "a, b",
    variants: [{ price: "9.50" }, { price: "20.00" }],
    vendor: null,
  };
  test.each([
    ["variants.price:>=20", true],
    ["variants.price:>20.00", false],
    ["status:active AND variants.price:<10", true],
    ["status:draft OR title:'Blue shirt'", true],
    ["status:active -title:Blue*", false],
    ["NOT status:draft", true],
    ["(status:draft OR status:active) AND id:5", true],
    ["vendor:*", false],
    ["missing:1", false],
  ])("%s", (text, passes) => {
    expect(parseFilter(text)(body)).toBe(passes);
  });
  test.each(["", "status", "(status:active", "status:active OR", "status:active )"])(
    "%j is refused",
    (text) => {
      expect(() => parseFilter(text)).toThrow("");
    },
  );
});

describe("an app's TOML", () => {
  test("gives topics, addresses and scopes", () => {
    const config = parseAppConfig(TOML);
    expect(config.scopes).toEqual(["read_locations", "write_products"]);
    expect(config.handle).toBe("test");
    expect(config.subscriptions.map(({ topic }) => topic)).toContain("shop/redact");
  });
  test.each([
    ["name = 1", /name/],
    [`${TOML}\n[[webhooks.subscriptions]]\nuri = "/x"`, /needs topics or compliance_topics/],
    [
      `${TOML}\n[[webhooks.subscriptions]]\nuri = "/webhooks"\ntopics = ["locations/create"]`,
      /subscribed to twice/,
    ],
    [
      `${TOML}\n[[webhooks.subscriptions]]\nuri = "/x"\ncompliance_topics = ["shop/redact"]`,
      /subscribed to twice/,
    ],
    [
      `${TOML}\n[[webhooks.subscriptions]]\nuri = "/x"\ntopics = ["fulfillments/create"]`,
      /Missing scope for webhook topic: fulfillments\/create \(read_fulfillments or read_marketplace_orders\)/,
    ],
    [
      `${TOML}\n[[webhooks.subscriptions]]\nuri = "/x"\ntopics = ["variants/create"]`,
      /there is no webhook topic variants\/create/,
    ],
    ["not toml", /shopify.app.toml/],
  ])("is refused where Shopify's deploy would refuse it", (text, message) => {
    expect(() => parseAppConfig(text)).toThrow(AppConfigError);
    expect(() => parseAppConfig(text)).toThrow(message);
  });
});
