// What a page answers while the database is away: 503, so that whoever asks knows to ask again.
import { isPassing } from "#app/db.server.ts";
import { Transient } from "#app/shopify/errors.ts";

const RETRY_AFTER_SECONDS = 5;

/**
 * @param known what can be told nevertheless: the body of the answer.
 * @throws Response 503 when what `work` needs is away for a moment; whatever `work` throws otherwise.
 */
export async function whileReachable<T>(
  work: () => Promise<T>,
  known: () => Promise<unknown> = async () => null,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Transient) && !isPassing(error)) throw error;
    throw Response.json(await known(), {
      status: 503,
      headers: { "Retry-After": String(RETRY_AFTER_SECONDS) },
    });
  }
}
