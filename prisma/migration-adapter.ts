// The driver that Prisma's schema engine migrates through. Three gaps are closed here: the catalogue types `name` and
// `"char"` are unknown to @prisma/adapter-pg (prisma/orm #27403); its executeScript() splits a script at every
// semicolon, which would cut a function body in two; and the engine breaks off on the kind of constraint that
// PostgreSQL 18 has made of NOT NULL.
import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";

type Adapter = Awaited<ReturnType<PrismaPg["connect"]>>;

/** Catalogue type → the type of the same text form that the adapter knows (oids of pg_type). */
const KNOWN_TYPE: Record<number, number> = {
  19: 25, // name → text
  18: 25, // "char" → text for the adapter, and then a character: see repaired()
  1003: 1009, // name[] → text[]
  1002: 1014, // "char"[] → character[]
};

/** The engine asks for all constraints but primary keys, unique and foreign ones; NOT NULL it reads from the column. */
const NOT_NULL_AS_CONSTRAINT = [
  "contype NOT IN ('p', 'u', 'f')",
  "contype NOT IN ('p', 'u', 'f', 'n')",
] as const;

export class MigrationAdapterFactory extends PrismaPg {
  readonly #url: string;

  constructor(url: string) {
    super({ connectionString: url });
    this.#url = url;
  }

  override async connect(): Promise<Adapter> {
    return repaired(await super.connect());
  }

  /** A scratch database beside the real one; dropped when the engine disposes of it. */
  override async connectToShadowDb(): Promise<Adapter> {
    const name = `counterfoil_shadow_${crypto.randomUUID().replaceAll("-", "")}`;
    await onServer(this.#url, `CREATE DATABASE "${name}"`);
    const url = new URL(this.#url);
    url.pathname = `/${name}`;
    const shadow = repaired(await new PrismaPg({ connectionString: url.href }).connect());
    const dispose = shadow.dispose.bind(shadow);
    shadow.dispose = async () => {
      await dispose();
      await onServer(this.#url, `DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
    };
    return shadow;
  }
}

/** ColumnTypeEnum of @prisma/driver-adapter-utils. The adapter knows no type that comes back as a character. */
const CHARACTER = 6;
const CHAR_OID = 18;

function repaired(adapter: Adapter): Adapter {
  const pool = adapter.underlyingDriver();
  /** Rows of a result → its columns of type "char", which the engine reads as characters (a constraint's kind). */
  const characters = new WeakMap<object, number[]>();
  const query = pool.query.bind(pool) as (config: unknown, values?: unknown) => Promise<pg.QueryResult>;
  const repairedQuery = async (config: pg.QueryConfig | string, values?: unknown[]) => {
    if (typeof config !== "string")
      config = { ...config, text: config.text.replace(...NOT_NULL_AS_CONSTRAINT) };
    if (typeof config !== "string" && config.types) {
      const inner = config.types.getTypeParser;
      config = {
        ...config,
        types: {
          getTypeParser: ((oid: number, format: "text") =>
            inner(KNOWN_TYPE[oid] ?? oid, format)) as typeof inner,
        },
      };
    }
    const result = await query(config, values);
    const fields = result.fields ?? [];
    if (result.rows)
      characters.set(
        result.rows,
        fields.flatMap(({ dataTypeID }, column) => (dataTypeID === CHAR_OID ? [column] : [])),
      );
    for (const field of fields) field.dataTypeID = KNOWN_TYPE[field.dataTypeID] ?? field.dataTypeID;
    return result;
  };
  pool.query = repairedQuery as typeof pool.query;
  const queryRaw = adapter.queryRaw.bind(adapter);
  adapter.queryRaw = async (statement) => {
    const result = await queryRaw(statement);
    for (const column of characters.get(result.rows) ?? []) result.columnTypes[column] = CHARACTER;
    return result;
  };
  adapter.executeScript = async (script) => {
    await query(script);
  };
  return adapter;
}

async function onServer(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
