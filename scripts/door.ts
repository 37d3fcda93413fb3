// A door in front of a database: whoever goes through it can be shut out, as when PostgreSQL is away.
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

export interface Door {
  /** The database behind it, by this way. */
  readonly url: string;
  /** What goes through it breaks, and nothing new gets in until it is opened. */
  shut(): void;
  open(): void;
  close(): Promise<void>;
}

/** @param behind connection string of the database itself. */
export async function openDoor(behind: string): Promise<Door> {
  const { hostname, port } = new URL(behind);
  const sockets = new Set<Socket>();
  let isOpen = true;
  const server = createServer((near) => {
    if (!isOpen) return void near.destroy();
    const far = connect(Number(port), hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const front = new URL(behind);
  front.hostname = "127.0.0.1";
  front.port = String((server.address() as AddressInfo).port);
  const shut = () => {
    isOpen = false;
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: front.href,
    shut,
    open: () => void (isOpen = true),
    close: async () => {
      shut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
