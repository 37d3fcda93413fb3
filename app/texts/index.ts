// The interface's languages. One language is complete today; another is one more file of the same shape and one line
// here. `textsFor` gives each reader an i18next of their own, so that requests in two languages cannot mix.
import i18next from "i18next";
import type { i18n } from "i18next";
import { en } from "./en.ts";

/** Same keys, any words: what every further language must provide. */
export type Texts = Shape<typeof en>;
type Shape<T> = { readonly [K in keyof T]: T[K] extends string ? string : Shape<T[K]> };

const LANGUAGES: Readonly<Record<string, Texts>> = { en };
export const FALLBACK_LANGUAGE = "en";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "texts";
    resources: { texts: typeof en };
  }
}

export function hasLanguage(locale: string): boolean {
  return languageOf(locale) in LANGUAGES;
}

function languageOf(locale: string): string {
  return locale.split("-")[0] ?? FALLBACK_LANGUAGE;
}

/** The texts in the language of `locale` (BCP 47), or in English where that language is not there yet. */
export function textsFor(locale: string): i18n {
  const resources = Object.fromEntries(Object.entries(LANGUAGES).map(([name, texts]) => [name, { texts }]));
  const texts = i18next.createInstance();
  void texts.init({
    lng: hasLanguage(locale) ? languageOf(locale) : FALLBACK_LANGUAGE,
    fallbackLng: FALLBACK_LANGUAGE,
    ns: ["texts"],
    defaultNS: "texts",
    resources,
    // Everything is in memory, so the first render already has its texts.
    initAsync: false,
    // React escapes; doing it twice would show "&amp;".
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  });
  return texts;
}
