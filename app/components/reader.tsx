// Who reads the page: their language, locale and time zone, and a clock that ticks. Everything that shows a text, a
// number or a time takes it from here.
import { createContext, useContext, useEffect, useMemo, useState } from "react";
import type { ReactNode } from "react";
import { I18nextProvider, useTranslation } from "react-i18next";
import { textsFor } from "#app/texts/index.ts";
import { formatsFor } from "./formats.ts";
import type { Formats } from "./formats.ts";

const TICK_MS = 1_000;

const FormatsContext = createContext<Formats | null>(null);
const ClockContext = createContext<Date | null>(null);

export interface ReaderProps {
  readonly locale: string;
  readonly timeZone: string;
  readonly children: ReactNode;
}

export function Reader({ locale, timeZone, children }: ReaderProps) {
  const texts = useMemo(() => textsFor(locale), [locale]);
  const formats = useMemo(() => formatsFor(locale, timeZone, texts.t), [locale, timeZone, texts]);
  return (
    <I18nextProvider i18n={texts}>
      <FormatsContext.Provider value={formats}>{children}</FormatsContext.Provider>
    </I18nextProvider>
  );
}

/** The texts and the formats of the reader. */
export function useReader() {
  const { t } = useTranslation();
  const formats = useContext(FormatsContext);
  if (!formats) throw new Error("useReader needs a <Reader> above it");
  return { t, formats };
}

/**
 * A clock set by the server: it shows `at` while hydrating, so that both sides render the same text, and then ticks by
 * the browser's own pace. A wrong clock on the reader's machine does no harm.
 */
export function Clock({ at, children }: { readonly at: Date; readonly children: ReactNode }) {
  const shown = at.getTime();
  const [ticked, setTicked] = useState({ from: shown, ms: 0 });

  useEffect(() => {
    const start = Date.now();
    const timer = setInterval(() => setTicked({ from: shown, ms: Date.now() - start }), TICK_MS);
    return () => clearInterval(timer);
  }, [shown]);

  // Ticks of an earlier `at` say nothing of this one.
  const sinceMs = ticked.from === shown ? ticked.ms : 0;
  const date = useMemo(() => new Date(shown + sinceMs), [shown, sinceMs]);
  return <ClockContext.Provider value={date}>{children}</ClockContext.Provider>;
}

export function useNow(): Date {
  const now = useContext(ClockContext);
  if (!now) throw new Error("useNow needs a <Clock> above it");
  return now;
}

/** How long ago; the exact time on hover. */
export function Ago({ at }: { readonly at: Date }) {
  const { formats } = useReader();
  return <Moment at={at}>{formats.ago(at, useNow())}</Moment>;
}

/** Any words about a moment; the exact time on hover. */
export function Moment({ at, children }: { readonly at: Date; readonly children: ReactNode }) {
  const { formats } = useReader();
  return (
    <time dateTime={at.toISOString()} title={formats.exactTime(at)} className="cf-number">
      {children}
    </time>
  );
}
