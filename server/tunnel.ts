// What `shopify app dev` calls the app's address. It says it in HOST alone, where others say on which address to listen,
// and it knows better than a .env what Shopify calls just now: the tunnel has a new name each time.

/** Call before anything reads the settings. */
export function adoptTunnel(settings: Record<string, string | undefined>): void {
  const { HOST: address } = settings;
  if (!address || !/^https?:\/\//.test(address)) return;
  settings.SHOPIFY_APP_URL = address;
  delete settings.HOST;
}
