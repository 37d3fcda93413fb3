// What stands where a page could not be shown: what is the case, and what to do. Never a stack trace.
import { isRouteErrorResponse, useRevalidator, useRouteError } from "@remix-run/react";
import { AppProvider, BlockStack, Button, Card, InlineStack, Page, Text } from "@shopify/polaris";
import polarisTexts from "@shopify/polaris/locales/en.json";
import { FALLBACK_LANGUAGE } from "#app/texts/index.ts";
import { Reader, useReader } from "./reader.tsx";

const NOT_FOUND = 404;

/** For a page inside the layout, which brings Polaris and the reader. */
export function FailurePage() {
  const { t } = useReader();
  const error = useRouteError();
  const { revalidate, state } = useRevalidator();
  const isMissing = isRouteErrorResponse(error) && error.status === NOT_FOUND;
  return (
    <Page narrowWidth>
      <Card>
        <BlockStack gap="400">
          <Text as="h1" variant="headingLg">
            {isMissing ? t("failure.missing") : t("failure.title")}
          </Text>
          <Text as="p">{isMissing ? t("failure.missingHint") : t("failure.away")}</Text>
          <InlineStack>
            {isMissing ? (
              <Button url="/app">{t("failure.home")}</Button>
            ) : (
              <Button loading={state === "loading"} onClick={revalidate}>
                {t("failure.retry")}
              </Button>
            )}
          </InlineStack>
        </BlockStack>
      </Card>
    </Page>
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
      <Reader locale={FALLBACK_LANGUAGE} timeZone="UTC">
        <FailurePage />
      </Reader>
    </AppProvider>
  );
}

function isPage(data: unknown): data is string {
  return typeof data === "string" && data.includes("<script");
}
