// Trying again all errors that a page's filters show: what it would do is counted first, then a person says yes.
import { useFetcher } from "@remix-run/react";
import { useAppBridge } from "@shopify/app-bridge-react";
import { BlockStack, Button, ButtonGroup, Text } from "@shopify/polaris";
import { useEffect, useState } from "react";
import type { RetryAllPlan } from "#app/status/choices.ts";
import { Panel } from "./panel.tsx";
import { useReader } from "./reader.tsx";
import { resourceInSentence } from "./words.ts";

export type RetryAllAnswer =
  | { readonly outcome: "planned"; readonly plan: RetryAllPlan }
  | { readonly outcome: "retried"; readonly count: number }
  | { readonly outcome: "refused" | "unreachable" };

export interface RetryAllCardProps {
  /** Null: nobody has asked yet. */
  readonly plan: RetryAllPlan | null;
  readonly isBusy: boolean;
  readonly onAsk: () => void;
  readonly onConfirm: () => void;
  readonly onCancel: () => void;
}

export function RetryAllCard({ plan, isBusy, onAsk, onConfirm, onCancel }: RetryAllCardProps) {
  const { t } = useReader();
  if (!plan) {
    return (
      <div className="cf-acts">
        <Button loading={isBusy} onClick={onAsk}>
          {t("faults.all.ask")}
        </Button>
      </div>
    );
  }
  return (
    <Panel title={t("faults.all.title")}>
      <BlockStack gap="300">
        <PlanList plan={plan} />
        <ButtonGroup>
          {plan.causes > 0 && (
            <Button variant="primary" loading={isBusy} onClick={onConfirm}>
              {t("faults.all.confirm")}
            </Button>
          )}
          <Button disabled={isBusy} onClick={onCancel}>
            {t("faults.all.cancel")}
          </Button>
        </ButtonGroup>
      </BlockStack>
    </Panel>
  );
}

function PlanList({ plan }: { readonly plan: RetryAllPlan }) {
  const { t, formats } = useReader();
  const { causes, records, deliveries, resources } = plan;
  if (causes === 0) return <Text as="p">{t("faults.all.nothing")}</Text>;
  const list = formats.list(resources.map((resource) => resourceInSentence(resource, t)));
  return (
    <ul className="cf-plain">
      {records > 0 && <li>{t("faults.all.records", { count: records, shown: formats.number(records) })}</li>}
      {deliveries > 0 && (
        <li>{t("faults.all.deliveries", { count: deliveries, shown: formats.number(deliveries) })}</li>
      )}
      {resources.length > 0 && <li>{t("faults.all.resources", { list })}</li>}
    </ul>
  );
}

/** With the page's own door, which knows its filters. */
export function RetryAll() {
  const { t, formats } = useReader();
  // Not taken apart here: while the server renders, reading anything of App Bridge throws.
  const bridge = useAppBridge();
  const { data, state, submit } = useFetcher<RetryAllAnswer>();
  const [put, setPut] = useState<RetryAllAnswer | undefined>(undefined);
  const send = (act: "plan" | "retry") => submit({ act }, { method: "post" });

  const said = (answer: Exclude<RetryAllAnswer, { outcome: "planned" }>) => {
    if (answer.outcome !== "retried") return t(`activity.said.${answer.outcome}`);
    const { count } = answer;
    return count === 0
      ? t("faults.all.saidNone")
      : t("faults.all.said", { count, shown: formats.number(count) });
  };

  useEffect(() => {
    if (!data || data.outcome === "planned") return;
    bridge.toast.show(said(data), { isError: data.outcome !== "retried" || data.count === 0 });
    // Said once per answer.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [data]);

  const plan = data?.outcome === "planned" && data !== put ? data.plan : null;
  return (
    <RetryAllCard
      plan={plan}
      isBusy={state !== "idle"}
      onAsk={() => send("plan")}
      onConfirm={() => send("retry")}
      onCancel={() => setPut(data)}
    />
  );
}
