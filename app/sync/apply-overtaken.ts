// Reads that news has overtaken. Some news names only the record that others go with (an order's cancellation, for its
// fulfillment orders), and those are then looked for in the mirror. Where a read was still bringing them, the news found
// none: so what a read brings is held against the news of what it goes with that came since the read was sent. Two that
// commit in the very same moment miss each other; the next catch-up brings that.
import { prepared } from "#app/db.server.ts";
import { holderOf, resourceOf } from "#app/resources/index.ts";
import { parentKeyOf } from "./apply-tables.ts";
import { queueConfirmations } from "./inbox-rows.ts";
import type { Work } from "./apply-upserts.ts";
import type { ResourceName } from "#app/resources/define.ts";
import type { Upsert } from "./change.ts";

/** Call when they were written. */
export async function lookAtOvertaken(
  { client, shopId }: Work,
  name: ResourceName,
  reads: readonly Upsert[],
): Promise<void> {
  const resource = resourceOf(name);
  const owner = resource.goesWith && holderOf(resource);
  if (!owner) return;
  const { rows } = await client.query<{ key: string }>(
    prepared(OVERTAKEN, [
      shopId,
      reads.map(({ key }) => key),
      reads.map((upsert) => parentKeyOf(resource, upsert)),
      reads.map(({ version }) => version.observedAt),
      owner.name,
      resource.topics.partial,
    ]),
  );
  const looks = rows.map(({ key }) => ({ resource: name, key, urgent: false }));
  await queueConfirmations(client, shopId, looks);
}

const OVERTAKEN = `
  SELECT r.key
  FROM unnest($2::text[], $3::text[], $4::timestamptz[]) AS r(key, owner, observed_at)
  WHERE EXISTS (
    SELECT FROM sync_deliveries AS d
    WHERE d.shop_domain = (SELECT domain FROM shops WHERE id = $1) AND d.resource = $5 AND d.record_key = r.owner
      AND d.received_at >= r.observed_at AND d.topic = ANY ($6)
  )`;
