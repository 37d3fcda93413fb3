// Makes App Bridge one plain script out of the TypeScript in browser/: types stripped, modules joined in order inside one
// function. A plain script (not a module) because window.shopify must be there before the app's own scripts run.
import { readFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";

/** In the order in which they run; what a file uses while it runs stands before it. */
const PARTS = ["channel", "navigation", "session", "elements", "modal", "global"];

/** JavaScript text. */
export function renderBridge(): string {
  const parts = PARTS.map((name) => {
    const source = readFileSync(new URL(`./browser/${name}.ts`, import.meta.url), "utf8");
    return plain(stripTypeScriptTypes(source));
  });
  return `(() => {\n"use strict";\n${parts.join("\n")}\n})();\n`;
}

/** Names are shared inside the one function, so imports and exports only have to go. */
function plain(module: string): string {
  return module
    .replace(/^import [^;]*;$/gm, "")
    .replace(/^export (?=(?:abstract |async )?(?:const|let|class|function) )/gm, "");
}
