// The scripts and styles of the shell and App Bridge, made once and kept. Browser code is TypeScript in the tree; its
// types are stripped here, so nothing has to be built.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { renderBridge } from "../bridge/script.ts";

interface Asset {
  readonly type: "text/javascript" | "text/css";
  readonly render: () => string;
}

const beside = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");
const browserScript = (path: string): string => beside(path).replace(/^import type [^;]*;$/gm, "");

const ASSETS: Readonly<Record<string, Asset>> = {
  "/app-bridge.js": { type: "text/javascript", render: () => quietly(renderBridge) },
  "/assets/shell.js": { type: "text/javascript", render: () => stripped("../shell/browser/shell.ts") },
  "/assets/host.js": { type: "text/javascript", render: () => stripped("../shell/browser/host.ts") },
  "/assets/pages.js": { type: "text/javascript", render: () => stripped("../pages/browser/pages.ts") },
  "/assets/pages.css": { type: "text/css", render: () => beside("../pages/browser/pages.css") },
  "/assets/shell.css": { type: "text/css", render: () => beside("../shell/shell.css") },
};

const rendered = new Map<string, { readonly body: string; readonly etag: string }>();

/** Null when the path is no asset. */
export function serveAsset(request: Request): Response | null {
  const { pathname } = new URL(request.url);
  const asset = ASSETS[pathname];
  if (!asset) return null;
  let made = rendered.get(pathname);
  if (!made) {
    const body = asset.render();
    made = { body, etag: `"${createHash("sha256").update(body).digest("base64url").slice(0, 20)}"` };
    rendered.set(pathname, made);
  }
  const headers = {
    "content-type": `${asset.type}; charset=utf-8`,
    etag: made.etag,
    "cache-control": "no-cache",
    // The app's page, of another origin, loads App Bridge.
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
  };
  if (request.headers.get("if-none-match") === made.etag) return new Response(null, { status: 304, headers });
  return new Response(made.body, { headers });
}

function stripped(path: string): string {
  return quietly(() => stripTypeScriptTypes(browserScript(path)));
}

/** Node calls its type stripping API experimental at the first use, on stderr; an operator can do nothing about it. */
function quietly<T>(make: () => T): T {
  const warn = process.emitWarning;
  process.emitWarning = () => undefined;
  try {
    return make();
  } finally {
    process.emitWarning = warn;
  }
}
