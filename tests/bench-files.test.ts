// The files that benchmarks read are made once and kept; they must never be older than what makes them.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { sampleName } from "../bench/order-files.ts";

it("a sample of orders goes by another name once the query or the sandbox that answers it is another", () => {
  const sources = mkdtempSync(join(tmpdir(), "bench-sources-"));
  try {
    mkdirSync(join(sources, "bulk"));
    const lines = join(sources, "bulk/lines.ts");
    writeFileSync(lines, "plain slashes");
    const name = sampleName("{ orders }", sources);
    expect(sampleName("{ orders }", sources)).toBe(name);
    expect(sampleName("{ orders { id } }", sources)).not.toBe(name);
    writeFileSync(lines, "escaped slashes");
    expect(sampleName("{ orders }", sources)).not.toBe(name);
  } finally {
    rmSync(sources, { recursive: true });
  }
});
