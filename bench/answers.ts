// The reading half of the load generator: HTTP answers off a keep-alive socket, without a parser that costs more than the
// server under test.
import type { Socket } from "node:net";

/** Reads one HTTP answer after the other off a socket; answers have a Content-Length, are chunked, or are empty. */
export class Answers {
  #text = "";
  #wake: (() => void) | null = null;
  #isClosed = false;

  constructor(socket: Socket) {
    socket.setEncoding("latin1");
    socket.on("data", (chunk: string) => {
      this.#text += chunk;
      this.#wake?.();
    });
    socket.on("close", () => {
      this.#isClosed = true;
      this.#wake?.();
    });
    socket.on("error", () => {});
  }

  async next(): Promise<number> {
    for (;;) {
      const status = this.#take();
      if (status !== null) return status;
      if (this.#isClosed) throw new Error("the server closed the connection");
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  #take(): number | null {
    const headEnd = this.#text.indexOf("\r\n\r\n");
    if (headEnd < 0) return null;
    const head = this.#text.slice(0, headEnd).toLowerCase();
    const length = /\r\ncontent-length: (\d+)/.exec(head);
    let end = headEnd + 4 + Number(length?.[1] ?? 0);
    if (!length && head.includes("\r\ntransfer-encoding: chunked")) {
      const last = this.#text.indexOf("0\r\n\r\n", headEnd + 4);
      if (last < 0) return null;
      end = last + 5;
    }
    if (this.#text.length < end) return null;
    this.#text = this.#text.slice(end);
    return Number(head.slice(9, 12));
  }
}
