// Which locale a request asks for. Shopify's admin says it in the page's address; otherwise the browser does.
import { FALLBACK_LANGUAGE, hasLanguage } from "./index.ts";

/** With the day before the month and 24 hours, as most read it whose language is not here. */
const ENGLISH_ABROAD = "en-GB";

/**
 * BCP 47. A locale in whose language there are no texts yet becomes English whole: "1.234 orders" in an English
 * sentence would be read as one and a bit.
 */
export function localeOf(request: Request): string {
  const asked = new URL(request.url).searchParams.get("locale");
  const accepted = request.headers.get("accept-language")?.split(",")[0]?.split(";")[0];
  const locales = [asked, accepted].flatMap((candidate) => canonical(candidate?.trim() ?? "") ?? []);
  return locales.find(hasLanguage) ?? (locales.length > 0 ? ENGLISH_ABROAD : FALLBACK_LANGUAGE);
}

function canonical(locale: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(locale)[0];
  } catch {
    // "*" and mistyped parameters are no locales.
    return undefined;
  }
}
