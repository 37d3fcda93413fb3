import { createHash } from "node:crypto";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as acts from "#sandbox/store/acts.ts";
import { ManualClock } from "#sandbox/store/clock.ts";
import { exportTruth } from "#sandbox/store/export.ts";
import { FORMAT, JournalError } from "#sandbox/store/journal.ts";
import { openSeededStore } from "#sandbox/store/seed.ts";
import { openStore, type StoreOptions } from "#sandbox/store/store.ts";

let directory: string;
const clock = new ManualClock("2026-11-20T10:00:00Z");
const open = (options: StoreOptions = {}) => openStore({ directory, clock, ...options });
const journal = () => join(directory, "journal.ndjson");
const snapshot = () => join(directory, "snapshot.ndjson");

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "store-journal-"));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A store with three products, closed again. */
function made(): string {
  const store = open();
  acts.createLocation(store, { name: "Shop" });
  for (const title of ["One", "Two", "Three"]) acts.createProduct(store, { title });
  acts.deleteProduct(store, store.list("products")[1]?.id ?? "");
  const truth = JSON.stringify(exportTruth(store));
  store.close();
  return truth;
}

describe("a second start", () => {
  it("finds what the first one left, and goes on where it was", () => {
    const truth = made();
    const store = open();
    expect(JSON.stringify(exportTruth(store))).toBe(truth);
    const next = acts.createProduct(store, { title: "Four" });
    expect(store.list("products").filter((product) => product.id === next.id)).toHaveLength(1);
    expect(store.list("products").map((product) => product.title)).toEqual(["One", "Three", "Four"]);
    const inMemory = openStore({ clock });
    acts.createLocation(inMemory, { name: "Shop" });
    for (const title of ["One", "Two", "Three"]) acts.createProduct(inMemory, { title });
    expect(acts.createProduct(inMemory, { title: "Four" }).id).toBe(next.id);
    store.close();
  });

  it("reads the same from a journal as from the snapshot made of it", () => {
    const truth = made();
    expect(readFileSync(journal(), "utf8").length).toBeGreaterThan(0);
    open().close();
    const store = open();
    expect(JSON.stringify(exportTruth(store))).toBe(truth);
    store.close();
  });

  it("drops an act whose line was cut short, wherever the cut falls", () => {
    made();
    const whole = readFileSync(journal());
    const lines = whole.toString("utf8").trimEnd().split("\n");
    const lastFrom = Buffer.byteLength(`${lines.slice(0, -1).join("\n")}\n`);
    const before = readFileSync(snapshot());
    for (const cut of [lastFrom + 1, lastFrom + 40, whole.length - 2, whole.length - 1]) {
      writeFileSync(snapshot(), before);
      writeFileSync(journal(), whole);
      truncateSync(journal(), cut);
      const store = open();
      expect(store.list("products").map((product) => product.title)).toEqual(["One", "Two", "Three"]);
      acts.createProduct(store, { title: "After" });
      store.close();
      const again = open();
      expect(again.list("products").map((product) => product.title)).toEqual([
        "One",
        "Two",
        "Three",
        "After",
      ]);
      again.close();
    }
  });

  it("survives a crash between writing the snapshot and removing the journal", () => {
    const truth = made();
    const old = readFileSync(journal());
    open().close();
    writeFileSync(journal(), old);
    const store = open();
    expect(JSON.stringify(exportTruth(store))).toBe(truth);
    store.close();
  });

  it("says which line is damaged, and starts afresh when told to", () => {
    made();
    const text = readFileSync(journal(), "utf8");
    writeFileSync(journal(), `{"half": ${text}`);
    expect(() => open()).toThrow(JournalError);
    expect(() => open()).toThrow(/journal\.ndjson cannot be read at line 1/);
    const store = open({ reset: true });
    expect(store.isEmpty).toBe(true);
    store.close();
  });

  it("refuses a snapshot that lost records", () => {
    made();
    open().close();
    appendFileSync(snapshot(), '["products",{"id":"1"}]\n');
    expect(() => open()).toThrow(/records of/);
  });
});

describe("another store's folder", () => {
  it("is refused with what differs and what can be done", () => {
    made();
    expect(() => open({ seed: "other" })).toThrow(/seed "counterfoil", but "other" was asked for.*reset/);
    expect(() => open({ size: "10x3" })).toThrow(/size null, but "10x3"/);
    expect(() => open({ shop: { domain: "b.myshopify.com" } })).toThrow(/domain/);
    expect(() => open({ bigIds: true })).toThrow(/bigIds/);
  });

  it("is refused when it was left by another version, with what to do", () => {
    made();
    const older = readFileSync(snapshot(), "utf8").replace(`"format":${FORMAT}`, `"format":${FORMAT - 1}`);
    writeFileSync(snapshot(), older);
    expect(() => open()).toThrow(/another version of Counterfoil\. Begin anew with --reset/);
    const store = open({ reset: true });
    expect(store.isEmpty).toBe(true);
    store.close();
  });

  it("is of another format as soon as records take another shape", () => {
    const declared = ["truth.ts", "order-truth.ts"].map((file) =>
      readFileSync(new URL(`../../sandbox/store/${file}`, import.meta.url), "utf8"),
    );
    const shape = declared.join("").replace(/\/\*\*[^]*?\*\/|\/\/.*|\s+/g, "");
    const digest = createHash("sha256").update(shape).digest("hex").slice(0, 12);
    // Whoever changes the one changes both: older folders are then refused instead of misread.
    expect({ format: FORMAT, digest }).toEqual({ format: 5, digest: "47a5144b9841" });
  });

  it("is seeded once only", () => {
    const sizes = { orders: 12, products: 6, editions: 2, days: 20 };
    const first = openSeededStore({ directory, clock, sizes });
    const truth = JSON.stringify(exportTruth(first));
    first.close();
    const second = openSeededStore({ directory, clock, sizes });
    expect(JSON.stringify(exportTruth(second))).toBe(truth);
    second.close();
    expect(() => openSeededStore({ directory, clock, sizes: { ...sizes, orders: 13 } })).toThrow(
      /size "12x6x3x2x20"/,
    );
  });
});
