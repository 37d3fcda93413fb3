import { vitePlugin as remix } from "@remix-run/dev";
import { defineConfig, type Plugin } from "vite";

declare module "@remix-run/node" {
  interface Future {
    v3_singleFetch: true;
  }
}

const port = Number(process.env.PORT ?? 3000);

/**
 * The worker as an entry of the server's build: of one making with it, but loaded without the pages, so that a worker that
 * takes a dead one's place is at work in half of the time.
 */
const worker: Plugin = {
  name: "counterfoil-worker",
  apply: (_, { command, isSsrBuild }) => command === "build" && isSsrBuild === true,
  buildStart() {
    this.emitFile({ type: "chunk", id: "app/worker.server.ts", fileName: "worker.js" });
  },
};

export default defineConfig({
  server: {
    port,
    allowedHosts: true,
    // Shopify's tunnel terminates TLS in front of the dev server, so hot reloading must go back the same way.
    hmr: process.env.SHOPIFY_APP_URL?.startsWith("https:") ? { protocol: "wss", clientPort: 443 } : undefined,
    fs: { allow: ["app", "node_modules", "public"] },
  },
  plugins: [
    remix({
      ignoredRouteFiles: ["**/.*"],
      future: {
        v3_fetcherPersist: true,
        v3_relativeSplatPath: true,
        v3_throwAbortReason: true,
        v3_lazyRouteDiscovery: true,
        v3_singleFetch: true,
        v3_routeConfig: false,
      },
    }),
    worker,
  ],
  build: { assetsInlineLimit: 0, target: "es2022" },
  // All pages are looked through at the start: a dependency found while a page loads is bundled anew, and the page is
  // reloaded in the middle of its first render.
  optimizeDeps: {
    entries: ["app/root.tsx", "app/routes/**/*.tsx"],
    include: ["@remix-run/react", "@shopify/app-bridge-react", "@shopify/polaris"],
  },
});
