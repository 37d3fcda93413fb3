// The transaction that everything writes in: what goes along with its end, what it does not wait for, and what a COPY that
// fails leaves behind.
import { beforeEach, describe, expect, it } from "vitest";
import { Transient } from "#app/shopify/errors.ts";
import { useDatabase } from "#tests/database.ts";

await useDatabase();
const { inTransaction, pool, queryAndTell, sendLast } = await import("#app/db.server.ts");
const { copyIn } = await import("#app/copy.server.ts");

const domains = async () => {
  const { rows } = await pool.query<{ domain: string }>("SELECT domain FROM shops ORDER BY domain");
  return rows.map(({ domain }) => domain);
};
const insert = (domain: string | null) => ({
  text: "INSERT INTO shops (domain) VALUES ($1)",
  values: [domain],
});

beforeEach(() => pool.query("TRUNCATE shops CASCADE"));

describe("a transaction", () => {
  it("has done at its end what was sent along with it", async () => {
    await inTransaction((client) => sendLast(client, insert("a.myshopify.com")));
    expect(await domains()).toEqual(["a.myshopify.com"]);
  });

  it("fails with a statement that nobody waited for, and leaves nothing", async () => {
    const failing = inTransaction(async (client) => {
      sendLast(client, insert("a.myshopify.com"));
      sendLast(client, insert(null));
      await Promise.resolve();
    });
    await expect(failing).rejects.toThrow(/null value/);
    expect(await domains()).toEqual([]);
  });

  it("that failed is not taken for committed when its failure was passed over", async () => {
    const failing = inTransaction(async (client) => {
      await client.query(insert("a.myshopify.com"));
      await client.query(insert(null)).catch(() => {});
    });
    await expect(failing).rejects.toThrow(/rolled back/);
    expect(await domains()).toEqual([]);
  });

  it("that meets a database which was demoted is to be tried again, on another connection", async () => {
    let pid = 0;
    const failing = inTransaction(async (client) => {
      pid = (await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid")).rows[0]!.pid;
      await client.query("SET TRANSACTION READ ONLY");
      await client.query(insert("a.myshopify.com"));
    });
    await expect(failing).rejects.toThrow(Transient);
    const isThere = "SELECT FROM pg_stat_activity WHERE pid = $1";
    await expect.poll(async () => (await pool.query(isThere, [pid])).rowCount).toBe(0);
  });

  it("of the webhook door does not keep such a connection, either", async () => {
    const client = await pool.connect();
    await client.query("SET default_transaction_read_only TO on");
    client.release();
    const store = () => queryAndTell(insert("a.myshopify.com"), "SELECT");
    await expect(store()).rejects.toThrow(/read-only/);
    await store();
    expect(await domains()).toEqual(["a.myshopify.com"]);
  });

  it("waits for the disk, unless what is lost would be done again", async () => {
    const setting = async (isRedone: boolean) =>
      inTransaction(
        async (client) => {
          const { rows } = await client.query<{ synchronous_commit: string }>("SHOW synchronous_commit");
          return rows[0]!.synchronous_commit;
        },
        { isRedone },
      );
    expect([await setting(false), await setting(true), await setting(false)]).toEqual(["on", "off", "on"]);
  });
});

describe("rows that are copied", () => {
  const copy = "COPY shops (domain) FROM STDIN";

  it("are there for the statement that was sent right behind them", async () => {
    const counted = await inTransaction(async (client) => {
      const [, { rows }] = await Promise.all([
        copyIn(client, copy, Buffer.from("Zo\u00eb.myshopify.com\nb.myshopify.com\n")),
        client.query<{ count: number }>("SELECT count(*)::int FROM shops"),
      ]);
      return rows[0]!.count;
    });
    expect(counted).toBe(2);
    expect(await domains()).toEqual(["Zo\u00eb.myshopify.com", "b.myshopify.com"]);
  });

  it("and refused leave the connection as it was", async () => {
    const found = await inTransaction(async (client) => {
      await client.query("SAVEPOINT before");
      await expect(copyIn(client, "COPY shops (nothing) FROM STDIN", Buffer.from("a\n"))).rejects.toThrow(
        /nothing/,
      );
      await client.query("ROLLBACK TO before");
      await expect(copyIn(client, copy, Buffer.from("a\tb\n"))).rejects.toThrow(/extra data/);
      await client.query("ROLLBACK TO before");
      await copyIn(client, copy, Buffer.from("c.myshopify.com\n"));
      const { rows } = await client.query<{ domain: string }>("SELECT domain FROM shops");
      return rows;
    });
    expect(found).toEqual([{ domain: "c.myshopify.com" }]);
  });
});
