// COPY … FROM STDIN of rows that are all here: the data follow the statement at once, where a stream would wait for
// PostgreSQL's word in between. What comes after a COPY that failed is passed over by the protocol, so nothing gets mixed up.
import pg from "pg";

const COPY_DATA = "d".charCodeAt(0);
const COPY_DONE = Buffer.from("c\0\0\0\x04", "latin1");
/** A message's kind and its length, which counts itself. */
const HEAD_BYTES = 5;

/** The part of a connection that data are sent by. */
interface Sending {
  readonly stream: { write(bytes: Buffer): boolean };
}

/** Sends `lines` in COPY's own form, in one message. It shares its way with statements sent before it and after it. */
export function copyIn(client: pg.ClientBase, statement: string, lines: Buffer): Promise<void> {
  const query = new pg.Query(statement);
  const submit = query.submit;
  query.submit = (connection) => {
    submit.call(query, connection);
    const { stream } = connection as unknown as Sending;
    stream.write(messageOf(lines));
    stream.write(COPY_DONE);
  };
  // PostgreSQL says that it is ready for what it has already been sent.
  Object.assign(query, { handleCopyInResponse() {} });
  return new Promise((resolve, reject) => {
    query.once("end", () => resolve());
    query.once("error", reject);
    client.query(query);
  });
}

function messageOf(lines: Buffer): Buffer {
  const message = Buffer.allocUnsafe(HEAD_BYTES + lines.length);
  message[0] = COPY_DATA;
  message.writeInt32BE(HEAD_BYTES - 1 + lines.length, 1);
  lines.copy(message, HEAD_BYTES);
  return message;
}
