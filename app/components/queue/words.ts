// The queue's codes → sentences for people. Pure.
import type { ActView } from "#app/status/acts.ts";
import type { QueueStatus, QueueView } from "#app/status/queue.ts";
import { en } from "#app/texts/en.ts";
import { actWords, actorWords } from "../webhooks/words.ts";
import type { Reading, Tone } from "../words.ts";

/**
 * Work that waits for longer is a backlog. A drain takes well under a second; confirmations give way to all that is more
 * urgent, and the Overview speaks of them after as long. Runs take the time they take.
 */
const BEHIND_AFTER_MS: Readonly<Record<string, number>> = {
  deliveries: 10_000,
  catch_up: 10_000,
  confirmations: 60_000,
};

export function queueTitle(queue: string, t: Reading["t"]): string {
  const known = Object.hasOwn(en.queue.names, queue) ? (queue as keyof typeof en.queue.names) : "other";
  return t(`queue.names.${known}.title`);
}

export interface Verdict {
  readonly code: "none" | "held" | "behind" | "failing" | "moving";
  readonly tone: Tone;
  /** The queue whose oldest has waited longest beyond its measure, and for how long; null where none has. */
  readonly late: { readonly queue: QueueView["queue"]; readonly ageMs: number } | null;
  readonly held: number;
}

/** What to say first. A queue that a person has paused is not behind. */
export function verdictOf({ at, queues, workers }: Pick<QueueStatus, "at" | "queues" | "workers">): Verdict {
  const held = queues.filter((queue) => queue.held).length;
  const [late = null] = queues
    .filter((one) => !one.held && one.oldestAt !== null)
    .map(({ queue, oldestAt }) => ({ queue, ageMs: at.getTime() - oldestAt!.getTime() }))
    .filter(({ queue, ageMs }) => ageMs > (BEHIND_AFTER_MS[queue] ?? Infinity))
    .sort((a, b) => b.ageMs - a.ageMs);
  const of = (code: Verdict["code"], tone: Tone): Verdict => ({ code, tone, late, held });
  if (!workers.some(({ isAlive }) => isAlive)) return of("none", "critical");
  if (held > 0) return of("held", "warning");
  if (late) return of("behind", "warning");
  if (queues.some(({ failed, retrying }) => failed.count + retrying.count > 0)) return of("failing", "info");
  return of("moving", "success");
}

/** "Webhooks: paused by a person in the admin." */
export function queueActWords(act: ActView, reading: Reading): string {
  const { t, formats } = reading;
  if (!Object.hasOwn(en.queue.acts, act.act) && !Object.hasOwn(en.queue.acts, `${act.act}_one`))
    return actWords(act, reading);
  const text = (name: string) => (typeof act.detail[name] === "string" ? act.detail[name] : "");
  const what = t(`queue.acts.${act.act as "queue_paused"}`, {
    count: act.count,
    shown: formats.number(act.count),
    queue: queueTitle(text("queue"), t),
    run: text("run"),
    again: text("again"),
  });
  return `${what} ${actorWords(act.actor, reading)}`;
}
