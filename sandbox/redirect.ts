// Preload (`node --import …/sandbox/redirect.ts`): sends what a process says to https://*.myshopify.com to the sandbox at
// SANDBOX_URL instead, with the shop's name kept in the Host header. Every other request goes where it was going.
// npm undici puts its dispatcher under the global symbol that Node's built-in fetch reads, so both are redirected.
import { Agent, setGlobalDispatcher, type Dispatcher } from "undici";

const target = sandboxOrigin();
setGlobalDispatcher(new Agent().compose(redirectShops(target)));

function sandboxOrigin(): string {
  const url = process.env.SANDBOX_URL;
  if (!url || !URL.canParse(url)) {
    throw new Error("SANDBOX_URL must be the sandbox's address, such as http://127.0.0.1:4000");
  }
  return new URL(url).origin;
}

function redirectShops(origin: string): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) => {
    if (!options.origin) return dispatch(options, handler);
    const { protocol, hostname } = new URL(String(options.origin));
    if (protocol !== "https:" || !hostname.endsWith(".myshopify.com")) return dispatch(options, handler);
    return dispatch({ ...options, origin, headers: withHost(options.headers, hostname) }, handler);
  };
}

/** Headers reach a dispatcher as a flat list, as pairs or as an object, depending on who sends. */
function withHost(headers: Dispatcher.DispatchOptions["headers"], host: string): string[] {
  const flat: string[] = ["host", host];
  const add = (name: string, value: unknown): void => {
    if (name.toLowerCase() === "host" || value === undefined || value === null) return;
    for (const one of Array.isArray(value) ? value : [value]) flat.push(name, String(one));
  };
  if (Array.isArray(headers)) {
    for (let i = 0; i + 1 < headers.length; i += 2) add(String(headers[i]), headers[i + 1]);
  } else if (headers && Symbol.iterator in headers) {
    for (const [name, value] of headers as Iterable<[string, unknown]>) add(name, value);
  } else {
    for (const [name, value] of Object.entries(headers ?? {})) add(name, value);
  }
  return flat;
}
