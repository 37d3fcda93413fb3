// How a shop has its numbers given: which metafield, what a unit that comes back does to its number, and from when an
// edition counts as nearly sold out.
import { useFetcher } from "@remix-run/react";
import { useAppBridge } from "@shopify/app-bridge-react";
import { Button, InlineStack, Select, TextField } from "@shopify/polaris";
import { useEffect, useState } from "react";
import type { EditionChoice } from "#app/editions/choice.ts";
import { Panel } from "../panel.tsx";
import { useReader } from "../reader.tsx";

export interface RulesAnswer {
  readonly outcome: "saved" | "wrong" | "unreachable";
  readonly wrong?: readonly (keyof EditionChoice)[];
}

export function RulesForm({ choice }: { readonly choice: EditionChoice }) {
  const { t } = useReader();
  // Not taken apart here: while the server renders, reading anything of App Bridge throws.
  const bridge = useAppBridge();
  const { data, state, submit } = useFetcher<RulesAnswer>();
  const [changed, setChanged] = useState<Partial<Record<keyof EditionChoice, string>>>({});
  const { metafield, returned } = choice;
  const shown = { metafield, returned, nearlyPercent: String(choice.nearlyPercent), ...changed };
  const change = (field: keyof EditionChoice) => (value: string) =>
    setChanged({ ...changed, [field]: value });
  const errorOf = (field: keyof EditionChoice) =>
    data?.wrong?.includes(field) ? t("editions.rules.wrong") : undefined;

  useEffect(() => {
    if (data)
      bridge.toast.show(t(`editions.rules.said.${data.outcome}`), { isError: data.outcome !== "saved" });
  }, [data, t, bridge]);

  return (
    <Panel title={t("editions.rules.title")}>
      <form
        className="cf-stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit(shown, { method: "post" });
        }}
      >
        <TextField
          label={t("editions.rules.metafield")}
          helpText={t("editions.rules.metafieldHint")}
          autoComplete="off"
          value={shown.metafield}
          onChange={change("metafield")}
          error={errorOf("metafield")}
        />
        <Select
          label={t("editions.rules.returned")}
          helpText={t("editions.rules.returnedHint")}
          options={(["void", "free"] as const).map((value) => ({
            value,
            label: t(`editions.rules.${value}`),
          }))}
          value={shown.returned}
          onChange={change("returned")}
        />
        <TextField
          label={t("editions.rules.nearly")}
          helpText={t("editions.rules.nearlyHint")}
          type="number"
          min={1}
          max={50}
          autoComplete="off"
          value={shown.nearlyPercent}
          onChange={change("nearlyPercent")}
          error={errorOf("nearlyPercent")}
        />
        <InlineStack>
          <Button submit loading={state !== "idle"} disabled={Object.keys(changed).length === 0}>
            {t("editions.rules.save")}
          </Button>
        </InlineStack>
      </form>
    </Panel>
  );
}
