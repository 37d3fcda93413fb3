// Where someone lands who opens the app outside of Shopify's admin: the library leads a known store to the app in its
// admin; anybody else is told where to look.
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { Form, useActionData, useLoaderData } from "@remix-run/react";
import { login } from "#app/shopify.server.ts";
import { FALLBACK_LANGUAGE, textsFor } from "#app/texts/index.ts";

export async function loader({ request }: LoaderFunctionArgs) {
  return { errors: await login(request) };
}

export async function action({ request }: ActionFunctionArgs) {
  return { errors: await login(request) };
}

/** Nobody knows yet who reads this. */
const { t } = textsFor(FALLBACK_LANGUAGE);

export default function Login() {
  const loaded = useLoaderData<typeof loader>();
  const acted = useActionData<typeof action>();
  const problem = (acted ?? loaded).errors.shop;
  return (
    <main
      style={{
        maxWidth: "28rem",
        margin: "15vh auto",
        padding: "0 1rem",
        fontFamily: "Inter, system-ui, sans-serif",
      }}
    >
      <h1>{t("app.name")}</h1>
      <p>{t("login.intro")}</p>
      <Form method="post">
        <label htmlFor="shop">{t("login.store")}</label>
        <input
          id="shop"
          name="shop"
          required
          autoComplete="on"
          placeholder="my-store.myshopify.com"
          aria-describedby="problem"
          aria-invalid={problem ? true : undefined}
          style={{
            display: "block",
            width: "100%",
            boxSizing: "border-box",
            margin: "0.25rem 0",
            padding: "0.5rem",
          }}
        />
        <p id="problem" role="alert" style={{ minHeight: "1.5em", color: "#8e0b21" }}>
          {problem ? t(`login.problem.${problem}`) : null}
        </p>
        <button type="submit">{t("login.open")}</button>
      </Form>
    </main>
  );
}
