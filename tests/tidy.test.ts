// Keeps the house: who may import whom, what may not be named where, and that facts which must stand in two places
// (by Shopify's will) say the same in both.
import { globSync, readFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { parse } from "smol-toml";
import { describe, expect, it } from "vitest";
import { COMPLIANCE_TOPICS, scopes, topics } from "#app/resources/index.ts";
import { API_VERSION } from "#app/shopify/version.ts";
import { LONG } from "#tests/setup/order.ts";

const ROOT = join(import.meta.dirname, "..");
const sourceFiles = (pattern: string) =>
  globSync(pattern, { cwd: ROOT }).filter(
    (file) => !file.includes("node_modules") && !file.includes("/dist/"),
  );
const read = (file: string) => readFileSync(join(ROOT, file), "utf8");
const appFiles = sourceFiles("app/**/*.{ts,tsx}");

/** Room → rooms it may import from. A file directly in app/ is a leaf that every room but `resources` may use. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  routes: ["components", "editions", "resources", "shopify", "shops", "status", "styles", "sync", "texts"],
  components: ["editions", "status", "texts"],
  editions: ["resources", "shopify", "sync"],
  status: ["editions", "resources", "shopify", "sync"],
  shops: ["resources", "shopify", "sync"],
  sync: ["resources", "shopify"],
  shopify: ["resources"],
  resources: ["shopify", "sync"],
  texts: [],
};
/** Imports that carry types only, or the names of errors, versions and lists, and so tie no room to another's behaviour. */
const TYPE_ROOMS = new Set([
  "app/sync/change.ts",
  "app/resources/define.ts",
  "app/shopify/errors.ts",
  "app/shopify/version.ts",
  "app/shopify/generated.ts",
  "app/status/view-lists.ts",
]);

interface Import {
  from: string;
  to: string;
}

function importsOf(file: string): Import[] {
  const found = read(file).matchAll(/(?:from|import)\s*\(?\s*"(#app\/[^"]+|\.{1,2}\/[^"]+)"/g);
  return [...found].map(([, path = ""]) => ({
    from: file,
    to: path.startsWith("#app/")
      ? path.replace("#app/", "app/")
      : relative(ROOT, join(ROOT, file, "..", path)),
  }));
}

const roomOf = (file: string) => (file.split("/").length > 2 ? file.split("/")[1]! : "");
const imports = appFiles.flatMap(importsOf);

describe("rooms", () => {
  it("import only in the agreed direction", () => {
    const astray = imports.filter(({ from, to }) => {
      const [room, other] = [roomOf(from), roomOf(to)];
      if (room === "" || other === "" || room === other || TYPE_ROOMS.has(to)) return false;
      return !MAY_IMPORT[room]?.includes(other);
    });
    expect(astray).toEqual([]);
  });

  it("resources know no effects: they import types, errors and each other", () => {
    const effects = imports.filter(
      ({ from, to }) => roomOf(from) === "resources" && roomOf(to) !== "resources" && !TYPE_ROOMS.has(to),
    );
    expect(effects).toEqual([]);
  });

  it("routes reach neither the database nor GraphQL", () => {
    const doors = appFiles.filter((file) => roomOf(file) === "routes");
    expect(
      doors.filter((file) =>
        /#app\/db\.server|@prisma\/client|from "pg"|#graphql|admin\.graphql/.test(read(file)),
      ),
    ).toEqual([]);
  });

  it("status never writes", () => {
    const readers = appFiles.filter((file) => roomOf(file) === "status");
    expect(
      readers.filter((file) =>
        /\b(INSERT|UPDATE|DELETE|TRUNCATE)\b|\.(create|update|upsert|delete)(Many)?\(/.test(read(file)),
      ),
    ).toEqual([]);
  });

  it("only apply writes the mirror (I1)", () => {
    const tables =
      "orders|order_\\w+|fulfillment_order\\w+|products|product_\\w+|inventory_items|inventory_levels|locations|customers|collections|collection_products|metafields";
    const writes = new RegExp(`\\b(INSERT INTO|UPDATE|DELETE FROM)\\s+"?(${tables})\\b`, "i");
    const models =
      /\b(prisma|tx)\.(order|order[A-Z]\w+|fulfillmentOrder\w*|product|product[A-Z]\w+|inventoryItem|inventoryLevel|location|customer|collection|collectionProduct|metafield)\.(create|update|upsert|delete)/;
    const writers = appFiles.filter((file) => writes.test(read(file)) || models.test(read(file)));
    expect(writers.filter((file) => !/^app\/sync\/(apply|redact|erase)/.test(file))).toEqual([]);
  });

  it("hold no file that nothing imports", () => {
    const imported = new Set(imports.map(({ to }) => to));
    const entries = /^app\/(routes\/|root\.tsx|entry\.|worker\.server\.ts)/;
    const outside = [...sourceFiles("server/**/*.ts"), ...sourceFiles("scripts/**/*.ts")]
      .map(read)
      .join("\n");
    const dead = appFiles.filter(
      (file) => !entries.test(file) && !imported.has(file) && !outside.includes(basename(file)),
    );
    expect(dead).toEqual([]);
  });
});

describe("names", () => {
  it("are never drawers", () => {
    const drawers = [...appFiles, ...sourceFiles("sandbox/**/*.ts")].filter((file) =>
      /(^|\/)(utils?|helpers?|common|misc|manager)(\/|\.|$)/.test(file),
    );
    expect(drawers).toEqual([]);
  });

  it("are kebab-case", () => {
    const files = [...appFiles, ...sourceFiles("{sandbox,scripts,server}/**/*.ts")].filter(
      (file) => roomOf(file) !== "routes",
    );
    expect(files.filter((file) => !/^[a-z0-9.-]+$/.test(basename(file)))).toEqual([]);
  });

  it("leave the app ignorant of the sandbox", () => {
    expect(appFiles.filter((file) => /sandbox/i.test(read(file)))).toEqual([]);
  });
});

describe("shopify.app.toml", () => {
  const toml = parse(read("shopify.app.toml")) as {
    access_scopes: { scopes: string };
    webhooks: {
      api_version: string;
      subscriptions: { topics?: string[]; compliance_topics?: string[]; uri: string }[];
    };
  };
  const declared = (kind: "topics" | "compliance_topics") =>
    toml.webhooks.subscriptions.flatMap((each) => each[kind] ?? []).sort();

  it("subscribes to the topics that the registry needs, no more, no fewer", () => {
    const needed = topics().filter((topic) => !(COMPLIANCE_TOPICS as readonly string[]).includes(topic));
    expect(declared("topics")).toEqual([...new Set(needed)].sort());
    expect(declared("compliance_topics")).toEqual([...COMPLIANCE_TOPICS].sort());
  });

  it("asks for the scopes that the registry needs", () => {
    expect(toml.access_scopes.scopes.split(",").sort()).toEqual([...scopes()].sort());
  });

  it("speaks the one API version", () => {
    expect(toml.webhooks.api_version).toBe(API_VERSION);
    const others = appFiles.filter(
      (file) => file !== "app/shopify/version.ts" && /["'`/]20\d\d-(01|04|07|10)["'`/]/.test(read(file)),
    );
    expect(others).toEqual([]);
  });
});

describe("tests", () => {
  it("are never skipped, focused or empty", () => {
    const files = sourceFiles("tests/**/*.test.{ts,tsx}").filter((file) => file !== "tests/tidy.test.ts");
    expect(files.filter((file) => /\b(it|test|describe)\.(skip|only|todo)\b/.test(read(file)))).toEqual([]);
    expect(files.filter((file) => !/\bexpect\b/.test(read(file)))).toEqual([]);
  });

  it("that begin first are there", () => {
    const files = sourceFiles("tests/**/*.test.{ts,tsx}");
    expect(LONG.filter((beginning) => !files.some((file) => file.startsWith(beginning)))).toEqual([]);
  });
});
