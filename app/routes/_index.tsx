// Door: the app's bare address. A store that is known goes on to its page; anybody else reads how to begin.
import { redirect } from "@remix-run/node";
import type { LinksFunction, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import polarisStyles from "@shopify/polaris/build/esm/styles.css?url";
import { Reader } from "#app/components/reader.tsx";
import { WelcomePage } from "#app/components/welcome-page.tsx";
import appStyles from "#app/styles/app.css?url";
import { en } from "#app/texts/en.ts";
import { localeOf } from "#app/texts/locale.ts";

export const meta: MetaFunction = () => [{ title: en.app.name }];

export const links: LinksFunction = () => [
  { rel: "stylesheet", href: polarisStyles },
  { rel: "stylesheet", href: appStyles },
];

export function loader({ request }: LoaderFunctionArgs) {
  const { searchParams } = new URL(request.url);
  if (searchParams.has("shop")) throw redirect(`/app?${searchParams}`);
  return { locale: localeOf(request) };
}

export default function Index() {
  return (
    <Reader locale={useLoaderData<typeof loader>().locale} timeZone="UTC">
      <WelcomePage />
    </Reader>
  );
}
