// The topics that shopify.app.toml declares, as the file beside the running app says. Shopify never lists them.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "smol-toml";
import { z } from "zod";

const file = z.object({
  webhooks: z.object({
    subscriptions: z.array(
      z.object({
        topics: z.array(z.string()).default([]),
        compliance_topics: z.array(z.string()).default([]),
      }),
    ),
  }),
});

/** Null where the file was not deployed with the app, or is not what the CLI accepts: then nothing is known. */
export function declaredTopics(directory = process.cwd()): ReadonlySet<string> | null {
  try {
    const { webhooks } = file.parse(parse(readFileSync(join(directory, "shopify.app.toml"), "utf8")));
    return new Set(webhooks.subscriptions.flatMap((each) => [...each.topics, ...each.compliance_topics]));
  } catch {
    return null;
  }
}
