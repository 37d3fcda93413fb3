// The worker entry: the same build without the web server. As many as wanted, on as many machines; they share the
// work through PostgreSQL.
import { loadWorker, onStop } from "./build.ts";

const { startWorker } = await loadWorker();
const worker = await startWorker();
// A worker may be idle with nothing but a database socket open; this keeps it waiting for work.
const heartbeat = setInterval(() => {}, 60_000);
console.log(JSON.stringify({ event: "working" }));

onStop(async () => {
  clearInterval(heartbeat);
  await worker.stop();
});
