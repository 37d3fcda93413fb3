// What stands where a page could not be shown: what is the case, what is known nevertheless and how old that is, and what
// to do. It looks again by itself. Never a stack trace.
import { isRouteErrorResponse, useRevalidator, useRouteError } from "@remix-run/react";
import { AppProvider, BlockStack, Button, Card, InlineStack, Page, Text } from "@shopify/polaris";
import polarisTexts from "@shopify/polaris/locales/en.json";
import { useEffect, useSyncExternalStore } from "react";
import { FALLBACK_LANGUAGE } from "#app/texts/index.ts";
import { rememberedWord, wordIn } from "./last-known.ts";
import type { KnownWord } from "./last-known.ts";
import { Clock, Reader, useNow, useReader } from "./reader.tsx";
import { usePoll } from "./use-poll.ts";
import { headlineSentence } from "./words.ts";

const NOT_FOUND = 404;
const AWAY = 503;
const LOOK_MS = 5_000;

/** For a page inside the layout, which brings Polaris and the reader. */
export function FailurePage() {
  const error = useRouteError();
  const { revalidate, state } = useRevalidator();
  const isMissing = isRouteErrorResponse(error) && error.status === NOT_FOUND;
  usePoll(!isMissing);
  return <Failure error={error} isBusy={state === "loading"} onRetry={revalidate} />;
}

interface FailureProps {
  readonly error: unknown;
  readonly isBusy?: boolean;
  readonly onRetry: () => void;
}

function Failure({ error, isBusy = false, onRetry }: FailureProps) {
  const { t } = useReader();
  const isMissing = isRouteErrorResponse(error) && error.status === NOT_FOUND;
  const isAway = isRouteErrorResponse(error) && error.status === AWAY;
  return (
    <Page narrowWidth>
      <Card>
        <BlockStack gap="400">
          <Text as="h1" variant="headingLg">
            {isMissing ? t("failure.missing") : isAway ? t("failure.awayTitle") : t("failure.title")}
          </Text>
          {isMissing ? <Text as="p">{t("failure.missingHint")}</Text> : <Away error={error} />}
          <InlineStack>
            {isMissing ? (
              <Button url="/app">{t("failure.home")}</Button>
            ) : (
              <Button loading={isBusy} onClick={onRetry}>
                {t("failure.retry")}
              </Button>
            )}
          </InlineStack>
        </BlockStack>
      </Card>
    </Page>
  );
}

const never = () => () => {};

function Away({ error }: { readonly error: unknown }) {
  const { t } = useReader();
  // What this browser remembers is not what the server renders.
  const remembered = useSyncExternalStore(never, rememberedWord, () => null);
  const word = wordIn(error) ?? remembered;
  return (
    <>
      <Text as="p">{t("failure.away")}</Text>
      {word && (
        <Clock at={word.at}>
          <Known word={word} />
        </Clock>
      )}
      <Text as="p" tone="subdued">
        {t("failure.again")}
      </Text>
    </>
  );
}

function Known({ word: { headline, at } }: { readonly word: KnownWord }) {
  const reading = { ...useReader(), now: useNow() };
  const { t, formats, now } = reading;
  return (
    <div className="cf-known">
      <Text as="h2" variant="headingSm">
        {t("failure.known", { ago: formats.ago(at, now) })}
      </Text>
      <Text as="p">{headlineSentence(headline, { ...reading, now: at })}</Text>
      <Text as="p" tone="subdued">
        {t("failure.notKnown")}
      </Text>
    </div>
  );
}

/**
 * For the layout itself. Shopify's library answers some requests by throwing a page of its own (to fetch a session
 * token, or to leave the frame); that page must be let through as it is.
 */
export function LayoutFailure() {
  const error = useRouteError();
  if (isRouteErrorResponse(error) && isPage(error.data)) {
    return <div dangerouslySetInnerHTML={{ __html: error.data }} />;
  }
  return (
    <AppProvider i18n={polarisTexts}>
      <Reader locale={FALLBACK_LANGUAGE} timeZone={wordIn(error)?.timeZone ?? "UTC"}>
        <Comeback />
        <main>
          <Failure error={error} onRetry={() => window.location.reload()} />
        </main>
      </Reader>
    </AppProvider>
  );
}

/** Without the layout there is nothing that could load data: the document is fetched again once the server has it. */
function Comeback() {
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.hidden) return;
      void fetch(window.location.href, { redirect: "manual" }).then(
        (response) => response.status < AWAY && window.location.reload(),
        () => {},
      );
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  return null;
}

function isPage(data: unknown): data is string {
  return typeof data === "string" && data.includes("<script");
}
