// A database that is away is 503; a bug stays a bug.
import { describe, expect, it } from "vitest";
import pg from "pg";
import { useDatabase } from "#tests/database.ts";

await useDatabase();
const { whileReachable } = await import("#app/status/reachable.ts");

describe("a page", () => {
  it("answers 503 and when to ask again, while no database listens", async () => {
    const nobody = new pg.Client({ host: "127.0.0.1", port: 1 });
    const thrown: unknown = await whileReachable(() => nobody.connect()).catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(Response);
    expect(thrown).toMatchObject({ status: 503 });
    expect(Number((thrown as Response).headers.get("retry-after"))).toBeGreaterThan(0);
  });

  it("lets answers and bugs through as they are", async () => {
    expect(await whileReachable(() => Promise.resolve(1))).toBe(1);
    const bug = new TypeError("a bug");
    await expect(whileReachable(() => Promise.reject(bug))).rejects.toBe(bug);
    const redirect = new Response(null, { status: 302 });
    await expect(whileReachable(() => Promise.reject(redirect))).rejects.toBe(redirect);
  });
});
