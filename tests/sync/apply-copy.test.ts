// Rows in COPY's own form, read by PostgreSQL itself. Elsewhere a form that it refuses would go unseen: such rows reach the
// mirror another way.
import { expect, it } from "vitest";
import { useDatabase } from "#tests/database.ts";
import { linesOf } from "#app/sync/apply-copy.ts";
import type { Table } from "#app/sync/apply-tables.ts";

await useDatabase();
const { inTransaction } = await import("#app/db.server.ts");
const { copyIn } = await import("#app/copy.server.ts");

const TEXTS = [
  ...["", "\\N", "\\.", "\\", "a\tb", "a\nb\r\nc", "NULL", '{a,"b"}', "\u0001\u007f", "Zoë", "日本", "👩‍👩‍👧"],
  ...["Zoë\t\\N\r\n日\\", "a".repeat(70_000), "é".repeat(70_000), "\t".repeat(70_000)],
];
const TYPES = { n: "integer", said: "text", tags: "text[]", told: "jsonb", kept: "text" };
const table: Table = {
  model: "Given",
  name: "given",
  columns: new Map(),
  types: new Map(Object.entries(TYPES)),
  key: ["n"],
};

it("says what was meant", async () => {
  const rows = [
    ...TEXTS.map((text, n) => ({ n, said: text, tags: [text, null, "b"], told: { text, list: [text] } })),
    { n: TEXTS.length, said: null, tags: null, told: null },
    { n: TEXTS.length + 1, said: "end", tags: [], told: [] },
  ];
  const tuples = rows.map((row) => Object.values(row));
  const lines = linesOf(table, Object.keys(TYPES), tuples, ["for all"]);
  const found = await inTransaction(async (client) => {
    const columns = Object.entries(TYPES).map((pair) => pair.join(" "));
    await client.query(`CREATE TEMPORARY TABLE given (${columns.join()}) ON COMMIT DROP`);
    await copyIn(client, "COPY given FROM STDIN", lines!);
    return (await client.query("SELECT * FROM given ORDER BY n")).rows as unknown[];
  });
  expect(found).toEqual(rows.map((row) => ({ ...row, kept: "for all" })));
});

it.each(["a\ud800", "\udc00a", "é\t\ud83d"])(
  "is not written where half a letter would be replaced",
  (text) => {
    expect(linesOf(table, ["said"], [["a"], [text]])).toBeNull();
  },
);
