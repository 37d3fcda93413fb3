// The two pages of webhooks, as tabs that are links: each has an address of its own.
import { Link } from "@remix-run/react";
import { useReader } from "../reader.tsx";

export type WebhookTab = "coverage" | "deliveries";

const ADDRESSES: Readonly<Record<WebhookTab, string>> = {
  coverage: "/app/webhooks",
  deliveries: "/app/webhooks/deliveries",
};

export function WebhookTabs({ shown }: { readonly shown: WebhookTab }) {
  const { t } = useReader();
  return (
    <nav aria-label={t("hooks.tabs.label")} className="cf-tabs">
      {(Object.keys(ADDRESSES) as WebhookTab[]).map((tab) => (
        <Link
          key={tab}
          to={ADDRESSES[tab]}
          className="cf-tab"
          {...(tab === shown ? { "aria-current": "page" } : {})}
        >
          {t(`hooks.tabs.${tab}`)}
        </Link>
      ))}
    </nav>
  );
}
