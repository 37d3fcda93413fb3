// What every scene is made with.
import type { Camera } from "./camera.ts";
import type { Stage } from "./stage.ts";

/** Brings the app into some of its states and has their pictures taken. */
export type Scene = (stage: Stage, camera: Camera) => Promise<void>;

export const LISTS = {
  ...{ activity: "/app/activity", records: "/app/records", errors: "/app/errors", webhooks: "/app/webhooks" },
  ...{ deliveries: "/app/webhooks/deliveries", queue: "/app/queue", insights: "/app/insights" },
  ...{ editions: "/app/editions", settings: "/app/settings" },
} as const;

export async function idOf(mirror: Stage["mirror"], sql: string): Promise<string | null> {
  const { rows } = await mirror.query<{ id: string | number }>(sql);
  return rows[0] ? String(rows[0].id) : null;
}
