// Takes the official Admin API schema out of the npm package @shopify/dev-mcp and writes it as compact SDL: structure,
// deprecations and defaults, no descriptions; beside it what only descriptions tell: who may read what, by which fields each
// list and count can be searched, and the scopes that webhook topics need. Run it when a newer package or API version is
// adopted:
//   npm run schema -- [package version] [API version]
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { buildClientSchema, lexicographicSortSchema, printSchema, type IntrospectionQuery } from "graphql";

const [packageVersion = "1.16.0", apiVersion = "2026-10"] = process.argv.slice(2);
const target = join(import.meta.dirname, `../sandbox/schema/admin-${apiVersion}.graphql`);
const folder = mkdtempSync(join(tmpdir(), "admin-schema-"));

try {
  execFileSync("npm", ["pack", `@shopify/dev-mcp@${packageVersion}`, "--silent"], {
    cwd: folder,
    stdio: "pipe",
  });
  const archive = readdirSync(folder).find((name) => name.endsWith(".tgz"));
  if (!archive) throw new Error("npm pack wrote no archive");
  const member = `package/dist/data/admin_${apiVersion}.json.gz`;
  execFileSync("tar", ["xzf", archive, member], { cwd: folder });
  const { data } = JSON.parse(gunzipSync(readFileSync(join(folder, member))).toString()) as {
    data: IntrospectionQuery;
  };
  writeFileSync(
    target,
    header() + printSchema(lexicographicSortSchema(buildClientSchema(withoutDescriptions(data)))) + "\n",
  );
  writeFileSync(
    target.replace(".graphql", ".access.json"),
    JSON.stringify(accessRules(data), null, 1) + "\n",
  );
  writeFileSync(
    target.replace(".graphql", ".searches.json"),
    JSON.stringify(searchFields(data), null, 1) + "\n",
  );
  writeFileSync(
    target.replace(".graphql", ".topics.json"),
    JSON.stringify(topicScopes(data), null, 1) + "\n",
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Introspection JSON with every `description` nulled; SDL for people is on shopify.dev. */
function withoutDescriptions(value: IntrospectionQuery): IntrospectionQuery {
  return JSON.parse(
    JSON.stringify(value, (key, inner: unknown) => (key === "description" ? null : inner)),
  ) as IntrospectionQuery;
}

interface Guarded {
  name: string;
  requiredAccess?: string | null;
  isProtected?: boolean;
  fields?: Guarded[] | null;
}

/** "Type" or "Type.field" → what Shopify's schema says is needed to read it, in its own words. */
function accessRules(
  schema: IntrospectionQuery,
): Record<string, { requiredAccess?: string; isProtected?: true }> {
  const rules: Record<string, { requiredAccess?: string; isProtected?: true }> = {};
  const note = (path: string, guarded: Guarded) => {
    if (!guarded.requiredAccess && !guarded.isProtected) return;
    rules[path] = {
      ...(guarded.requiredAccess ? { requiredAccess: guarded.requiredAccess } : {}),
      ...(guarded.isProtected ? { isProtected: true as const } : {}),
    };
  };
  for (const type of schema.__schema.types as unknown as Guarded[]) {
    note(type.name, type);
    for (const field of type.fields ?? []) note(`${type.name}.${field.name}`, field);
  }
  return rules;
}

interface Root {
  name: string;
  args: readonly { name: string; description?: string | null }[];
}

/** Root field → the fields that its `query` argument knows, as the table in its description names them, joined. */
function searchFields({ __schema }: IntrospectionQuery): Record<string, string> {
  const query = __schema.types.find(({ name }) => name === __schema.queryType.name);
  const roots = query && "fields" in query ? (query.fields as unknown as readonly Root[]) : [];
  const fields: Record<string, string> = {};
  for (const { name, args } of roots) {
    const table = args.find((arg) => arg.name === "query")?.description ?? "";
    // The first row is the table's head.
    const rows = [...table.matchAll(/^\| ?(\w[\w.]*)/gm)].map(([, field]) => field!).slice(1);
    if (rows.length > 0) fields[name] = rows.join(" ");
  }
  return fields;
}

/** Name in the enum → the scopes one of which is needed to hear of it, joined; empty where none is. */
function topicScopes({ __schema }: IntrospectionQuery): Record<string, string> {
  const topics = __schema.types.find(({ name }) => name === "WebhookSubscriptionTopic");
  if (!topics || !("enumValues" in topics)) throw new Error("the schema knows no webhook topics");
  return Object.fromEntries(
    topics.enumValues.map(({ name, description }) => {
      const needed = /Requires [^.]*scope[^.]*/.exec(description ?? "")?.[0] ?? "";
      return [name, [...needed.matchAll(/\b(?:read|write)_\w+/g)].join(" ")];
    }),
  );
}

function header(): string {
  return [
    `# Shopify Admin GraphQL schema ${apiVersion}, taken from npm @shopify/dev-mcp@${packageVersion} (ISC licence, © Shopify).`,
    "# Generated by scripts/extract-schema.ts; do not edit.",
    "",
    "",
  ].join("\n");
}
