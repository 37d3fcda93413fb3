// The layout of every page inside Shopify's admin: signed in, Polaris, App Bridge, the menu, and who reads.
import type { HeadersFunction, LinksFunction, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { Link, Outlet, useLoaderData, useLocation } from "@remix-run/react";
import { NavMenu } from "@shopify/app-bridge-react";
import polarisStyles from "@shopify/polaris/build/esm/styles.css?url";
import { AppProvider } from "@shopify/shopify-app-remix/react";
import { boundary } from "@shopify/shopify-app-remix/server";
import { LayoutFailure } from "#app/components/failure-page.tsx";
import { LiveCorner } from "#app/components/live-corner.tsx";
import { Reader, useReader } from "#app/components/reader.tsx";
import { env } from "#app/env.server.ts";
import { lastWordFor } from "#app/last-word.server.ts";
import { merchantOf } from "#app/merchant.server.ts";
import { whileReachable } from "#app/status/reachable.ts";
import appStyles from "#app/styles/app.css?url";
import pageStyles from "#app/styles/pages.css?url";
import runStyles from "#app/styles/runs.css?url";
import sortStyles from "#app/styles/sorts.css?url";
import viewStyles from "#app/styles/views.css?url";
import { en } from "#app/texts/en.ts";
import { localeOf } from "#app/texts/locale.ts";

export const meta: MetaFunction = () => [{ title: en.app.name }];

export const links: LinksFunction = () => [
  { rel: "stylesheet", href: polarisStyles },
  { rel: "stylesheet", href: appStyles },
  { rel: "stylesheet", href: pageStyles },
  { rel: "stylesheet", href: runStyles },
  { rel: "stylesheet", href: sortStyles },
  { rel: "stylesheet", href: viewStyles },
];

export function loader({ request }: LoaderFunctionArgs) {
  return whileReachable(
    async () => {
      const { shop } = await merchantOf(request);
      return { apiKey: env.SHOPIFY_API_KEY, locale: localeOf(request), timeZone: shop.timeZone ?? "UTC" };
    },
    () => lastWordFor(request),
  );
}

// Nothing here changes while the page is open; live refreshes then cost one loader instead of two.
export const shouldRevalidate = () => false;

export default function AppLayout() {
  const { apiKey, locale, timeZone } = useLoaderData<typeof loader>();
  return (
    <AppProvider isEmbeddedApp apiKey={apiKey}>
      <Reader locale={locale} timeZone={timeZone}>
        <Navigation />
        <main>
          <Outlet />
        </main>
        <Corner />
      </Reader>
    </AppProvider>
  );
}

/** The Overview has the sign in its headline. */
function Corner() {
  const { pathname } = useLocation();
  return pathname === "/app" ? null : <LiveCorner />;
}

function Navigation() {
  const { t } = useReader();
  return (
    <NavMenu>
      <Link to="/app" rel="home">
        {t("app.nav")}
      </Link>
      <Link to="/app/activity">{t("app.activity")}</Link>
      <Link to="/app/records">{t("app.records")}</Link>
      <Link to="/app/errors">{t("app.errors")}</Link>
      <Link to="/app/webhooks">{t("app.webhooks")}</Link>
      <Link to="/app/queue">{t("queue.title")}</Link>
      <Link to="/app/insights">{t("insights.title")}</Link>
      <Link to="/app/editions">{t("app.editions")}</Link>
      <Link to="/app/settings">{t("app.settings")}</Link>
    </NavMenu>
  );
}

export { LayoutFailure as ErrorBoundary };

// Shopify's library puts its own headers on what it throws; they must survive.
export const headers: HeadersFunction = (args) => boundary.headers(args);
