// Reads the body of a webhook about the shop against the shape that its topic promises.
import type { z } from "zod";
import { BadBody } from "#app/shopify/errors.ts";

/** @throws BadBody that names the first field that is not as it should be. */
export function bodyOf<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  throw new BadBody(`${issue.path.join(".") || "body"}: ${issue.message}`);
}
