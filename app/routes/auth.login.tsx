// Where someone lands who opens the app outside of Shopify's admin: the library leads a known store to the app in its
// admin; anybody else is told where to look.
import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { Form, useActionData, useLoaderData } from "@remix-run/react";
import { login } from "#app/shopify.server.ts";

export async function loader({ request }: LoaderFunctionArgs) {
  return { errors: await login(request) };
}

export async function action({ request }: ActionFunctionArgs) {
  return { errors: await login(request) };
}

const SAYS = {
  MISSING_SHOP: "Enter your store's address.",
  INVALID_SHOP: "That is not the address of a Shopify store. It looks like my-store.myshopify.com.",
} as const;

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
      <h1>Counterfoil</h1>
      <p>Counterfoil lives in your store&rsquo;s admin. Tell us your store to open it there.</p>
      <Form method="post">
        <label htmlFor="shop">Store address</label>
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
          {problem ? SAYS[problem] : null}
        </p>
        <button type="submit">Open Counterfoil</button>
      </Form>
    </main>
  );
}
