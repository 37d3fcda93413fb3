// Which deliveries are meant: what the log can be filtered by, as SQL. One place, so that what is listed, exported and
// replayed under one filter is the same.

export const DELIVERY_STATES = ["received", "applied", "superseded", "ignored", "parked"] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** All that is given must hold; nothing given means every delivery of the shop. */
export interface DeliveryChoice {
  readonly topic?: string | undefined;
  readonly state?: DeliveryState | undefined;
  readonly resource?: string | undefined;
  readonly recordKey?: string | undefined;
  readonly reason?: string | undefined;
  /** Half-open, by when it was received. */
  readonly from?: Date | undefined;
  readonly until?: Date | undefined;
  /** Decimal ids. */
  readonly ids?: readonly string[] | undefined;
}

/** Conditions on `sync_deliveries d`, the shop's domain the first of their values. Values only travel as parameters. */
export function conditionsOf(shopDomain: string, choice: DeliveryChoice): { sql: string; values: unknown[] } {
  const values: unknown[] = [shopDomain];
  const parts = ["d.shop_domain = $1"];
  const add = (sql: (place: string) => string, value: unknown) => {
    if (value === undefined) return;
    values.push(value);
    parts.push(sql(`$${values.length}`));
  };
  add((at) => `d.topic = ${at}`, choice.topic);
  // A partial index is used only where the state stands in the statement itself; it is one of five words.
  if (choice.state && DELIVERY_STATES.includes(choice.state)) parts.push(`d.state = '${choice.state}'`);
  add((at) => `d.resource = ${at}`, choice.resource);
  add((at) => `d.record_key = ${at}`, choice.recordKey);
  add((at) => `d.reason = ${at}`, choice.reason);
  add((at) => `d.received_at >= ${at}`, choice.from);
  add((at) => `d.received_at < ${at}`, choice.until);
  add((at) => `d.id = ANY (${at}::int8[])`, choice.ids);
  return { sql: parts.join(" AND "), values };
}
