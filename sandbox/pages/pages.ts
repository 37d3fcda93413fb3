// The doors of the store's admin: finds the page for a path, runs its act on POST, answers with HTML or a redirect.
// An act that is refused shows its form again with the problems beside the fields; one that is done redirects (303)
// with a message, so that reloading never repeats it. What the pages show and do is in the rooms beside this file.
import { Form, Refused } from "#sandbox/pages/form.ts";
import { html } from "#sandbox/pages/html.ts";
import { banner, page } from "#sandbox/pages/parts/blocks.ts";
import { linkButton, summary } from "#sandbox/pages/parts/controls.ts";
import { ROOMS } from "#sandbox/pages/rooms.ts";
import type { Room, View, Visit } from "#sandbox/pages/visit.ts";
import type { PagesOptions } from "#sandbox/pages/wiring.ts";
import { renderShell } from "#sandbox/shell/shell.ts";
import { UserError } from "#sandbox/store/user-error.ts";

/** A product with 2,048 variants edited at once stays well below this. */
const FORM_BYTES_MAX = 2 * 1024 * 1024;
const FLASH_COOKIE = "sandbox_flash";
/** The message is shown on the very next page; a stale one must not turn up an hour later. */
const FLASH_SECONDS = 30;

/** Served with the shell's own assets. */
const HEAD = html`<link rel="stylesheet" href="/assets/pages.css" />
  <script type="module" src="/assets/pages.js"></script>`;

export type Pages = {
  /** Answers /store/<handle> and everything below it; 404 for other paths. Never throws for what a person can do. */
  handle(request: Request): Promise<Response>;
};

export function createPages(options: PagesOptions): Pages {
  return {
    async handle(request) {
      const url = new URL(request.url);
      const handle = handleOf(options.store.shop.domain);
      const base = `/store/${handle}`;
      if (url.pathname !== base && !url.pathname.startsWith(`${base}/`))
        return plain(404, "There is no such page.");
      const below = url.pathname.slice(base.length + 1).replace(/\/$/, "");
      const found = match(below);
      const visit: Visit = {
        ...options,
        base,
        path: url.pathname,
        query: url.searchParams,
        params: found?.params ?? {},
        form: new Form(),
      };
      if (!found) return missing(visit, request);
      if (request.method === "POST" && found.room.act) return post(visit, found.room, request);
      if (request.method !== "GET" && request.method !== "HEAD")
        return plain(405, "This page only answers GET.");
      const view = found.room.show?.(visit) ?? null;
      return view ? render(visit, view, request) : missing(visit, request);
    },
  };
}

/** "counterfoil-sandbox.myshopify.com" → "counterfoil-sandbox". */
export function handleOf(domain: string): string {
  return domain.split(".")[0] ?? domain;
}

async function post(visit: Visit, room: Room, request: Request): Promise<Response> {
  // Another site must not be able to place orders here with a hidden form.
  if (request.headers.get("Sec-Fetch-Site") === "cross-site")
    return plain(403, "Forms are sent from this store only.");
  const type = request.headers.get("Content-Type") ?? "";
  const body = await request.text();
  if (body.length > FORM_BYTES_MAX) return plain(413, "This form is too large.");
  if (body !== "" && !type.startsWith("application/x-www-form-urlencoded")) {
    return plain(415, "Forms are sent as application/x-www-form-urlencoded.");
  }
  const sent: Visit = { ...visit, form: new Form(new URLSearchParams(body)) };
  try {
    const done = await room.act?.(sent);
    if (!done) return plain(405, "Nothing can be done here.");
    return respond(303, "", {
      Location: done.to,
      "Set-Cookie": flashCookie(sent.base, encodeURIComponent(done.said), FLASH_SECONDS),
    });
  } catch (error) {
    if (error instanceof UserError) sent.form.object(error.field, error.message, room.fields);
    else if (!(error instanceof Refused)) throw error;
  }
  const view = (room.again ?? room.show)?.(sent) ?? null;
  return view ? render(sent, view, request, 422) : missing(sent, request);
}

function match(below: string): { room: Room; params: Record<string, string> } | undefined {
  const parts = below === "" ? [] : below.split("/");
  for (const [pattern, room] of Object.entries(ROOMS)) {
    const names = pattern === "" ? [] : pattern.split("/");
    if (names.length !== parts.length) continue;
    const params: Record<string, string> = {};
    const fits = names.every((name, index) => {
      const part = decode(parts[index] ?? "");
      if (name.startsWith(":")) params[name.slice(1)] = part;
      return name.startsWith(":") || name === part;
    });
    if (fits) return { room, params };
  }
  return undefined;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function render(visit: Visit, view: View, request: Request, status = 200): Response {
  const said = readFlash(request.headers.get("Cookie") ?? "");
  const body = html`${said && banner("success", said)}${summary(visit.form.problems)}${view.body}`;
  const text = renderShell({
    store: { name: visit.store.shop.name, handle: handleOf(visit.store.shop.domain) },
    active: view.active,
    title: view.title,
    content: page({ ...view, body }).toString(),
    head: HEAD.toString(),
  });
  const headers: Record<string, string> = { "Content-Type": "text/html; charset=utf-8" };
  if (said) headers["Set-Cookie"] = flashCookie(visit.base, "", 0);
  return respond(status, text, headers);
}

function missing(visit: Visit, request: Request): Response {
  const view: View = {
    title: "There is no such page",
    active: "",
    body: html`<section class="card">
      <div class="card-body">
        <p>The address is wrong, or what stood here has been deleted.</p>
        <div class="row">${linkButton("Go to Home", visit.base)}</div>
      </div>
    </section>`,
  };
  return render({ ...visit, form: new Form() }, view, request, 404);
}

function readFlash(cookies: string): string | null {
  const cookie = cookies.split("; ").find((candidate) => candidate.startsWith(`${FLASH_COOKIE}=`));
  const value = cookie ? decode(cookie.slice(FLASH_COOKIE.length + 1)) : "";
  return value === "" ? null : value;
}

function flashCookie(base: string, value: string, seconds: number): string {
  return `${FLASH_COOKIE}=${value}; Path=${base}; Max-Age=${seconds}; HttpOnly; SameSite=Lax`;
}

function plain(status: number, text: string): Response {
  return respond(status, `${text}\n`, { "Content-Type": "text/plain; charset=utf-8" });
}

function respond(status: number, text: string, headers: Record<string, string>): Response {
  return new Response(status === 303 ? null : text, {
    status,
    headers: { "Cache-Control": "no-store", ...headers },
  });
}
