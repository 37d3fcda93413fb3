// The whole state of the in-process database at one moment, and the way back to it: PGlite's memory and its files in
// memory. So every life begins with the very same database (tables, plans, free space, random state), which no TRUNCATE
// can promise, and within some milliseconds. Taken and restored only between two statements.
import type { PGlite } from "@electric-sql/pglite";

interface Node {
  readonly id: number;
  readonly mode: number;
  readonly name: string;
  /** Of a folder its nodes by name, of a file its bytes. */
  contents: Record<string, Node> | Uint8Array;
  usedBytes?: number;
}

interface Stream {
  fd: number | null;
  readonly node: Node;
  position: number;
}

interface FileSystem {
  streams: (Stream | null)[];
  isDir(mode: number): boolean;
  isFile(mode: number): boolean;
  lookupPath(path: string): { readonly node: Node };
  unlink(path: string): void;
}

/** Shared by all files. */
interface FileOps {
  readonly stream_ops: {
    write(stream: Stream, buffer: Uint8Array, offset: number, length: number, position: number): number;
  };
  readonly node_ops: { setattr(node: Node, attributes: { readonly size?: number }): void };
}

interface Module {
  readonly HEAPU8: Uint8Array;
  readonly FS: FileSystem;
}

const DATA = "/pglite/data";

interface SavedFile {
  readonly node: Node;
  readonly bytes: Uint8Array;
}

export class Image {
  readonly #module: Module;
  readonly #memory: Uint8Array;
  readonly #files = new Map<string, SavedFile>();
  readonly #streams: readonly (Stream | null)[];
  readonly #positions: readonly number[];
  /** Files that were written since, and the end of what may differ in each. */
  readonly #written = new Map<Node, number>();
  readonly #unwatch: () => void;

  constructor(database: PGlite) {
    this.#module = database.Module as unknown as Module;
    const { HEAPU8, FS } = this.#module;
    let end = HEAPU8.length;
    while (end > 0 && HEAPU8[end - 1] === 0) end -= 1;
    this.#memory = HEAPU8.slice(0, end);
    this.#streams = [...FS.streams];
    this.#positions = FS.streams.map((stream) => stream?.position ?? 0);
    for (const [path, node] of this.#walk()) this.#files.set(path, { node, bytes: bytesOf(node).slice() });
    this.#unwatch = this.#watchWrites();
  }

  restore(): void {
    const { HEAPU8, FS } = this.#module;
    HEAPU8.set(this.#memory);
    HEAPU8.fill(0, this.#memory.length);
    FS.streams = [...this.#streams];
    for (const [fd, stream] of FS.streams.entries()) {
      if (stream) Object.assign(stream, { fd, position: this.#positions[fd] });
    }
    const there = new Map(this.#walk());
    for (const [path, node] of there) if (this.#files.get(path)?.node !== node) FS.unlink(DATA + path);
    for (const [path, { node, bytes }] of this.#files) {
      if (there.get(path) !== node) throw new Error(`the database has removed its file ${path}`);
      this.#restoreFile(node, bytes);
    }
    this.#written.clear();
  }

  /** Stops watching. */
  close(): void {
    this.#unwatch();
  }

  #restoreFile(node: Node, bytes: Uint8Array): void {
    const end = this.#written.get(node);
    const now = node.contents as Uint8Array;
    if (end === undefined && node.usedBytes === bytes.length) return;
    if (now.length < bytes.length) node.contents = bytes.slice();
    else now.set(bytes.subarray(0, end));
    (node.contents as Uint8Array).fill(0, bytes.length, node.usedBytes);
    node.usedBytes = bytes.length;
  }

  #watchWrites(): () => void {
    const { FS } = this.#module;
    const ops = FS.lookupPath(`${DATA}/PG_VERSION`).node as unknown as FileOps;
    const { write } = ops.stream_ops;
    const { setattr } = ops.node_ops;
    ops.stream_ops.write = (stream, buffer, offset, length, position) => {
      this.#noteWrite(stream.node, position + length);
      return write(stream, buffer, offset, length, position);
    };
    ops.node_ops.setattr = (node, attributes) => {
      if (attributes.size !== undefined) this.#noteWrite(node, Infinity);
      setattr(node, attributes);
    };
    return () => {
      ops.stream_ops.write = write;
      ops.node_ops.setattr = setattr;
    };
  }

  #noteWrite(node: Node, end: number): void {
    this.#written.set(node, Math.max(end, this.#written.get(node) ?? 0));
  }

  *#walk(path = ""): Generator<[string, Node]> {
    const { FS } = this.#module;
    const folder = FS.lookupPath(DATA + path).node;
    for (const [name, node] of Object.entries(folder.contents as Record<string, Node>)) {
      if (FS.isDir(node.mode)) yield* this.#walk(`${path}/${name}`);
      else if (FS.isFile(node.mode)) yield [`${path}/${name}`, node];
    }
  }
}

function bytesOf({ contents, usedBytes }: Node): Uint8Array {
  return (contents as Uint8Array).subarray(0, usedBytes);
}
