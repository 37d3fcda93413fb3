// Names that lead nowhere. A deletion empties every link to what is gone (apply-links.ts), and nobody tells of it again; but
// a read takes its time, and may land after that with a name that it saw before. So what a read names is held against
// tombstones, and against products that were read later and lack the variant, whichever of the two lands last. Who names
// what is not there is read once more, since only Shopify knows. Webhooks are left out: each is followed by a read.
import { isoTime, prepared } from "#app/db.server.ts";
import { resources } from "#app/resources/index.ts";
import { instantOf } from "./apply-order.ts";
import { mirrorOf, type Table } from "./apply-tables.ts";
import { FILTERED, type ColumnValue, type Upsert } from "./change.ts";
import { queueConfirmations } from "./inbox-rows.ts";
import type { Work } from "./apply-upserts.ts";
import type { Resource, ResourceName } from "#app/resources/define.ts";

/** A field by which rows of the model `from` name a record of `resource`, or with `root` a child of one. */
interface Naming {
  readonly from: string;
  readonly field: string;
  readonly resource: Resource;
  /** The field that names the record whose child it is. */
  readonly root: string | null;
}

const NAMINGS: readonly Naming[] = resources.flatMap((resource) =>
  (resource.links ?? []).map(({ to, from, field }): Naming => {
    if (to === resource.model) return { from, field, resource, root: null };
    const root = resource.links!.find((link) => link.to === resource.model && link.from === from);
    if (!root) throw new RangeError(`${from}.${field} names a ${to}, and no field names whose it is`);
    return { from, field, resource, root: root.field };
  }),
);

/** What is deleted only while none of this resource is being written: a name could slip in unseen otherwise. */
export function namedFrom({ model, childModels }: Resource): readonly ResourceName[] {
  const own = NAMINGS.filter(({ from }) => from === model || childModels.some((child) => child === from));
  return [...new Set(own.map(({ resource }) => resource.name))];
}

/** Named id → when it was known to be gone, microseconds since 1970. */
type Gone = ReadonlyMap<string, bigint>;

/** Call when they were written, before deletions of the same batch. */
export async function lookAtDangling(work: Work, reads: readonly Upsert[]): Promise<void> {
  await lookAtNaming(work, reads);
  await lookAtNamers(work, reads);
}

/** At those of these reads that name what has gone since they were sent. */
async function lookAtNaming(work: Work, reads: readonly Upsert[]): Promise<void> {
  const { root, children } = work.mirror;
  const models = [root, ...children].map(({ model }) => model);
  const named = new Map<Naming, ReadonlyMap<string, string>>();
  for (const naming of NAMINGS.filter(({ from }) => models.includes(from))) {
    const ids = new Map(reads.flatMap((upsert) => namedBy(upsert, naming, root.model)));
    if (ids.size > 0) named.set(naming, ids);
  }
  const gone = await goneAmong(work, named);
  if (gone.size === 0) return;
  const dangling = reads.filter((upsert) => {
    const observedAt = instantOf(upsert.version.observedAt);
    return [...gone].some(([naming, at]) =>
      namedBy(upsert, naming, root.model).some(([id]) => (at.get(id) ?? -1n) >= observedAt),
    );
  });
  const looks = dangling.map(({ resource, key }) => ({ resource, key, urgent: false }));
  await queueConfirmations(work.client, work.shopId, looks);
}

/** Ids that the record's rows name, each with that of the record whose child it is. */
function namedBy(upsert: Upsert, { from, field, root }: Naming, own: string): (readonly [string, string])[] {
  const rows = from === own ? [upsert.row] : (upsert.children[from as keyof Upsert["children"]]?.rows ?? []);
  return rows.flatMap((row) => {
    const [id, rootId] = [idIn(row[field]), idIn(row[root ?? field])];
    return id !== null && rootId !== null ? [[id, rootId] as const] : [];
  });
}

function idIn(value: ColumnValue | undefined): string | null {
  return typeof value === "string" ? value : null;
}

type Named = ReadonlyMap<Naming, ReadonlyMap<string, string>>;

/** By what names them; where nothing is gone, nothing. */
async function goneAmong(work: Work, named: Named): Promise<ReadonlyMap<Naming, Gone>> {
  const gone = new Map<Naming, Gone>();
  if (named.size === 0) return gone;
  const buried = await buriedAmong(work, named);
  for (const [naming, ids] of named) {
    const ofNaming =
      naming.root === null ? buried.get(naming.resource.name) : await lackedAmong(work, naming, ids);
    if (ofNaming && ofNaming.size > 0) gone.set(naming, ofNaming);
  }
  return gone;
}

async function buriedAmong({ client, shopId }: Work, named: Named): Promise<ReadonlyMap<string, Gone>> {
  const pairs = [...named].flatMap(([{ root, resource }, ids]) =>
    root === null ? [...ids.keys()].map((id) => [resource.name, id] as const) : [],
  );
  const values = [shopId, pairs.map(([name]) => name), pairs.map(([, id]) => id), FILTERED];
  const { rows } = await client.query<GoneRow & { resource: string }>(prepared(BURIED, values));
  const byResource = Map.groupBy(rows, ({ resource }) => resource);
  return new Map([...byResource].map(([resource, those]) => [resource, instants(those)]));
}

/** Such as a variant that a product, read whole, does not have. */
async function lackedAmong(
  { client, shopId }: Work,
  { resource, field, from }: Naming,
  ids: ReadonlyMap<string, string>,
): Promise<Gone> {
  const { root, children } = await mirrorOf(client, resource.name);
  const to = resource.links!.find((link) => link.from === from && link.field === field)!.to;
  const child = children.find(({ model }) => model === to)!;
  const text = `
    SELECT n.id, ${isoTime("p.observed_at")} AS at
    FROM unnest($2::int8[], $3::int8[]) AS n(id, root)
    JOIN ${root.name} AS p ON p.shop_id = $1 AND p.id = n.root AND p.confirmed_at IS NOT NULL
    WHERE NOT EXISTS (SELECT FROM ${child.name} AS c WHERE c.shop_id = $1 AND c.id = n.id)`;
  const values = [shopId, [...ids.keys()], [...ids.values()]];
  return instants((await client.query<GoneRow>(prepared(text, values))).rows);
}

interface GoneRow {
  readonly id: string;
  readonly at: string;
}

function instants(rows: readonly GoneRow[]): Gone {
  return new Map(rows.map(({ id, at }) => [id, instantOf(at)]));
}

const BURIED = `
  SELECT t.resource, t.record_key AS id, ${isoTime("t.deleted_at")} AS at
  FROM (SELECT DISTINCT resource, key FROM unnest($2::text[], $3::text[]) AS r(resource, key)) AS n
  JOIN sync_tombstones AS t ON t.shop_id = $1 AND t.resource = n.resource AND t.record_key = n.key
  WHERE t.reason <> $4`;

/** At those who name children of these records that they do not have. */
async function lookAtNamers(work: Work, reads: readonly Upsert[]): Promise<void> {
  const { root, children, links } = work.mirror;
  for (const { to, table, column, holder } of links) {
    const child = children.find(({ model }) => model === to);
    const ofRoot = links.find((link) => link.to === root.model && link.table.name === table.name);
    if (!child || !ofRoot || !holder) continue;
    const whole = reads.filter((upsert) => upsert.children[child.model]?.complete).map(({ key }) => key);
    if (whole.length === 0) continue;
    const held = (await mirrorOf(work.client, holder.resource)).root;
    const names = { root, child, table, column, rootColumn: ofRoot.column, held, heldColumn: holder.column };
    const { rows } = await work.client.query<{ key: string }>(
      prepared(namersStatement(names), [work.shopId, whole]),
    );
    const looks = rows.map(({ key }) => ({ resource: holder.resource, key, urgent: false }));
    await queueConfirmations(work.client, work.shopId, looks);
  }
}

interface Names {
  readonly root: Table;
  readonly child: Table;
  readonly table: Table;
  readonly column: string;
  readonly rootColumn: string;
  readonly held: Table;
  readonly heldColumn: string;
}

/** A product's lines may be a million, but they name few variants: from each the index leads to the next. */
function namersStatement({ root, child, table, column, rootColumn, held, heldColumn }: Names): string {
  const next = (rootId: string, after: string) =>
    `(SELECT min(l.${column}) FROM ${table.name} AS l WHERE l.shop_id = $1 AND l.${rootColumn} = ${rootId}${after})`;
  return `
    WITH RECURSIVE named AS (
      SELECT r.id AS root, ${next("r.id", "")} AS child FROM unnest($2::int8[]) AS r(id)
      UNION ALL
      SELECT n.root, ${next("n.root", ` AND l.${column} > n.child`)} FROM named AS n WHERE n.child IS NOT NULL
    )
    SELECT DISTINCT l.${heldColumn}::text AS key
    FROM named AS n
    JOIN ${root.name} AS p ON p.shop_id = $1 AND p.id = n.root
    JOIN ${table.name} AS l ON l.shop_id = $1 AND l.${rootColumn} = n.root AND l.${column} = n.child
    JOIN ${held.name} AS h ON h.shop_id = $1 AND h.id = l.${heldColumn} AND h.observed_at <= p.observed_at
    WHERE n.child IS NOT NULL
      AND NOT EXISTS (SELECT FROM ${child.name} AS c WHERE c.shop_id = $1 AND c.id = n.child)`;
}
