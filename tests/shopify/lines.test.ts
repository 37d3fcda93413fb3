import { createServer } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { Permanent, Transient } from "#app/shopify/errors.ts";
import { readLine, streamLines } from "#app/shopify/lines.ts";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { JsonObject, Line } from "#app/shopify/lines.ts";

let server: Server | undefined;
afterEach(() => void server?.closeAllConnections());
afterEach(() => new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined))));

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  server = createServer(answer);
  await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/file.jsonl`;
}

/** A server that knows Range, as Google's storage does. */
function file(text: string, cutAt?: number) {
  let isCut = false;
  return (request: IncomingMessage, response: ServerResponse) => {
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const bytes = Buffer.from(text);
    if (from > 0 && from >= bytes.length) return void response.writeHead(416).end();
    const rest = bytes.subarray(from);
    response.writeHead(request.headers.range ? 206 : 200, { "content-length": rest.length });
    if (cutAt === undefined || isCut) return void response.end(rest);
    isCut = true;
    response.write(rest.subarray(0, cutAt), () => response.destroy());
  };
}

interface Found {
  readonly end: number;
  readonly text: string;
  readonly object: JsonObject | null;
}

function look(line: Line): Found {
  return { end: line.end, text: String(line.bytes), object: readLine(line).object };
}

async function read(lines: AsyncGenerator<Line>): Promise<Found[]> {
  const found: Found[] = [];
  for await (const line of lines) found.push(look(line));
  return found;
}

const TEXT = ['{"id":"a","name":"Zoë"}', '{"id":"b","n":820982911946154508}', '{"id":"c"}', ""].join("\n");

describe("streamLines", () => {
  it("yields each line with the byte after it", async () => {
    const found = await read(streamLines(await serve(file(TEXT))));
    expect(found.map(({ object }) => object)).toEqual([
      { id: "a", name: "Zoë" },
      { id: "b", n: "820982911946154508" },
      { id: "c" },
    ]);
    expect(found.map(({ end }) => Buffer.from(TEXT).subarray(0, end).toString())).toEqual([
      TEXT.slice(0, TEXT.indexOf("\n") + 1),
      TEXT.slice(0, TEXT.lastIndexOf('{"id":"c"')),
      TEXT,
    ]);
  });

  it("makes slashes plain, which Shopify escapes, and leaves every other escape", async () => {
    const line = String.raw`{"id":"gid:\/\/shopify\/Order\/1","note":"a \\\/ b \\/ c \" \n \u002f"}`;
    const [found] = await read(streamLines(await serve(file(`${line}\n{"id":"2"}`))));
    expect(found).toEqual({
      end: line.length + 1,
      text: String.raw`{"id":"gid://shopify/Order/1","note":"a \\/ b \\/ c \" \n \u002f"}`,
      object: JSON.parse(line) as JsonObject,
    });
  });

  it("does not care where the network cuts its chunks, not even inside a letter", async () => {
    const bytes = Buffer.from(TEXT);
    const url = await serve((_request, response) => {
      void (async () => {
        for (const byte of bytes)
          await new Promise((resolve) => response.write(Buffer.from([byte]), resolve));
        response.end();
      })();
    });
    expect((await read(streamLines(url))).map(({ text }) => text)).toEqual(TEXT.trimEnd().split("\n"));
  });

  it("goes on from any line's end", async () => {
    const url = await serve(file(TEXT));
    const [first, second] = await read(streamLines(url));
    expect((await read(streamLines(url, { offset: first!.end }))).map(({ object }) => object?.id)).toEqual([
      "b",
      "c",
    ]);
    expect((await read(streamLines(url, { offset: second!.end }))).map(({ object }) => object?.id)).toEqual([
      "c",
    ]);
    expect(await read(streamLines(url, { offset: Buffer.byteLength(TEXT) }))).toEqual([]);
  });

  it("goes on where the server does not know Range", async () => {
    const url = await serve((_request, response) => void response.end(TEXT));
    const [first] = await read(streamLines(url));
    expect((await read(streamLines(url, { offset: first!.end }))).map(({ object }) => object?.id)).toEqual([
      "b",
      "c",
    ]);
  });

  it("keeps what came before a broken connection, and loses nothing by going on", async () => {
    const lines = Array.from({ length: 500 }, (_, index) => JSON.stringify({ id: `line ${index}` }));
    const url = await serve(file(`${lines.join("\n")}\n`, 4_321));
    const found: Found[] = [];
    const attempt = async () => {
      for await (const line of streamLines(url, { offset: found.at(-1)?.end ?? 0 })) found.push(look(line));
    };
    await expect(attempt()).rejects.toBeInstanceOf(Transient);
    expect(found.length).toBeGreaterThan(0);
    expect(found.length).toBeLessThan(500);
    await attempt();
    expect(found.map(({ text }) => text)).toEqual(lines);
  });

  it("hands a malformed line over as such and goes on", async () => {
    const found = await read(
      streamLines(await serve(file('{"id":"a"}\n{"id":"b\n\n[1]\n{"id":"c"}\n{"id":'))),
    );
    expect(found.map(({ object }) => object?.id ?? null)).toEqual(["a", null, null, "c", null]);
  });

  it("refuses bytes that are no text", async () => {
    const url = await serve((_request, response) => {
      response.end(
        Buffer.concat([Buffer.from('{"id":"'), Buffer.from([0xff]), Buffer.from('"}\n{"id":"b"}\n')]),
      );
    });
    expect((await read(streamLines(url))).map(({ object }) => object?.id ?? null)).toEqual([null, "b"]);
  });

  it("gives up on a connection that has gone silent, but not on a slow reader", async () => {
    const url = await serve((_request, response) => void response.write('{"id":"a"}\n'));
    const lines = streamLines(url, { silenceMsMax: 1_000 });
    expect(look((await lines.next()).value as Line).object).toEqual({ id: "a" });
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    await expect(lines.next()).rejects.toBeInstanceOf(Transient);
  });

  it("tells a file that is gone from a server that is busy", async () => {
    const gone = await serve((_request, response) => void response.writeHead(403).end());
    await expect(read(streamLines(gone))).rejects.toBeInstanceOf(Permanent);
    server?.close();
    const busy = await serve((_request, response) => void response.writeHead(503).end());
    await expect(read(streamLines(busy))).rejects.toBeInstanceOf(Transient);
  });
});
