/** @jsxRuntime automatic */
/** @jsxImportSource preact */
// The block on an order's page in Shopify's admin: is this order in the mirror, how late, and since when is it known to
// be right. Asks Counterfoil's own API; the admin adds the session token to calls of the app's URL.
import type { Api } from "@shopify/ui-extensions/admin.order-details.block.render";
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";

declare const shopify: Api;

/** Answer of GET /api/shopify/records/orders/:id, as docs/api.md states it. */
interface Mirrored {
  state: "confirmed" | "waiting" | "unconfirmed" | "deleted" | "absent";
  message: string;
  delayMs: number | null;
  appliedAt: string | null;
  confirmedAt: string | null;
}

type Asked = { status: "asking" } | { status: "answered"; mirrored: Mirrored } | { status: "failed" };

export default function OrderBlockExtension() {
  render(<OrderBlock />, document.body);
}

const TONES = {
  confirmed: "success",
  waiting: "info",
  unconfirmed: "info",
  deleted: "warning",
  absent: "warning",
} as const;

function OrderBlock() {
  const { i18n, data } = shopify;
  const [asked, setAsked] = useState<Asked>({ status: "asking" });
  const orderId = data.selected[0]?.id.split("/").pop() ?? "";

  const [attempt, setAttempt] = useState(1);
  useEffect(() => {
    let isCurrent = true;
    setAsked({ status: "asking" });
    void read(orderId).then((answer) => isCurrent && setAsked(answer));
    return () => {
      isCurrent = false;
    };
  }, [orderId, attempt]);

  return (
    <s-admin-block heading={i18n.translate("heading")}>
      {asked.status === "asking" && <s-spinner accessibilityLabel={i18n.translate("asking")} />}
      {asked.status === "failed" && (
        <s-stack direction="block" gap="base">
          <s-text>{i18n.translate("failed")}</s-text>
          <s-button onClick={() => setAttempt(attempt + 1)}>{i18n.translate("again")}</s-button>
        </s-stack>
      )}
      {asked.status === "answered" && <Facts mirrored={asked.mirrored} />}
    </s-admin-block>
  );
}

function Facts({ mirrored }: { mirrored: Mirrored }) {
  const { i18n } = shopify;
  const { state, delayMs, appliedAt, confirmedAt } = mirrored;
  return (
    <s-stack direction="block" gap="small">
      <s-badge tone={TONES[state]}>{i18n.translate(`state.${state}`)}</s-badge>
      <s-text>{mirrored.message}</s-text>
      {appliedAt && <s-text color="subdued">{i18n.translate("applied", { when: time(appliedAt) })}</s-text>}
      {delayMs !== null && (
        <s-text color="subdued">{i18n.translate("delay", { seconds: seconds(delayMs) })}</s-text>
      )}
      {confirmedAt && (
        <s-text color="subdued">{i18n.translate("confirmed", { when: time(confirmedAt) })}</s-text>
      )}
    </s-stack>
  );
}

async function read(orderId: string): Promise<Asked> {
  try {
    const response = await fetch(`/api/shopify/records/orders/${orderId}`);
    if (!response.ok) return { status: "failed" };
    return { status: "answered", mirrored: (await response.json()) as Mirrored };
  } catch {
    return { status: "failed" };
  }
}

function time(iso: string): string {
  return shopify.i18n.formatDate(new Date(iso), { dateStyle: "medium", timeStyle: "medium" });
}

function seconds(ms: number): string {
  return shopify.i18n.formatNumber(ms / 1_000, { maximumFractionDigits: 1 });
}
