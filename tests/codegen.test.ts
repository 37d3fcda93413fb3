// The app's GraphQL documents are checked against Shopify's schema when the app is built: an invalid one stops the build.
import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import packageJson from "../package.json" with { type: "json" };
import config from "../codegen.ts";

const ROOT = join(import.meta.dirname, "..");
const run = promisify(execFile);
mkdirSync(join(ROOT, ".data"), { recursive: true });
// Inside the checkout, so that the generator finds its plugins.
const folder = mkdtempSync(join(ROOT, ".data/codegen-"));

afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the generator as the build does, over one more document. Resolves with its exit code and what it said. */
async function generateWith(document: string): Promise<{ code: number; said: string }> {
  const file = join(folder, "extra.ts");
  const output = join(folder, "generated.ts");
  writeFileSync(file, `export const EXTRA = /* GraphQL */ \`${document}\`;\n`);
  copyFileSync(join(ROOT, "app/shopify/generated.ts"), output);
  const [settings] = Object.values(config.generates);
  const extended = {
    ...config,
    documents: [...(config.documents as string[]), file],
    generates: { [output]: settings },
  };
  writeFileSync(join(folder, "codegen.json"), JSON.stringify(extended));
  // Under a test runner the generator keeps silent about what is wrong.
  const env = { PATH: process.env.PATH, NODE_ENV: "production" as const };
  const generator = join(ROOT, "node_modules/.bin/graphql-codegen");
  return run(generator, ["--config", join(folder, "codegen.json"), "--verbose"], { cwd: ROOT, env }).then(
    ({ stdout, stderr }) => ({ code: 0, said: stdout + stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      said: error.stdout + error.stderr,
    }),
  );
}

describe("the build's check of GraphQL documents", () => {
  it("is part of the build", () => {
    expect(packageJson.scripts.build).toContain("codegen:check");
    expect(packageJson.scripts["codegen:check"]).toContain("graphql-codegen");
  });

  it("passes a document that Shopify would answer", async () => {
    expect(await generateWith("query Fine { shop { name } }")).toMatchObject({ code: 0 });
  });

  it("fails on a field that Shopify does not have, and names it", async () => {
    const { code, said } = await generateWith("query Wrong { shop { nmae } }");
    expect(code).not.toBe(0);
    expect(said).toContain("nmae");
  });
});
