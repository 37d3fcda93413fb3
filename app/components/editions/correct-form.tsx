// Puts a number right by hand: makes it void, or gives a buyer another one, always with a reason.
import { useFetcher } from "@remix-run/react";
import { useAppBridge } from "@shopify/app-bridge-react";
import { BlockStack, Button, InlineError, InlineStack, Select, TextField } from "@shopify/polaris";
import { useEffect, useState } from "react";
import type { Corrected } from "#app/editions/corrections.ts";
import { Panel } from "../panel.tsx";
import { useReader } from "../reader.tsx";

export interface CorrectAnswer {
  readonly outcome: Corrected | "unreachable";
}

const EMPTY = { number: "", from: "", reason: "" };
const ERROR_ID = "correct-error";

export function CorrectForm() {
  const { t } = useReader();
  // Not taken apart here: while the server renders, reading anything of App Bridge throws.
  const bridge = useAppBridge();
  const { data, state, submit } = useFetcher<CorrectAnswer>();
  const [act, setAct] = useState<"void" | "assign">("void");
  const [fields, setFields] = useState(EMPTY);
  const change = (field: keyof typeof EMPTY) => (value: string) => setFields({ ...fields, [field]: value });
  const isFilled =
    fields.number !== "" && fields.reason.trim() !== "" && (act === "void" || fields.from !== "");

  // What was done is done: the next correction begins with empty fields. Set while rendering, not in an effect, so that
  // the old values are never painted again.
  const [answered, setAnswered] = useState(data);
  if (data !== answered) {
    setAnswered(data);
    if (data?.outcome === "done") setFields(EMPTY);
  }

  useEffect(() => {
    if (data?.outcome === "done") bridge.toast.show(t("editions.correct.said.done"));
  }, [data, t, bridge]);

  const number = { type: "integer", min: 1, autoComplete: "off" } as const;
  return (
    <Panel title={t("editions.correct.title")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (state === "idle") submit({ act, ...fields }, { method: "post" });
        }}
      >
        <BlockStack gap="300">
          <Select
            label={t("editions.correct.act")}
            options={(["void", "assign"] as const).map((value) => ({
              value,
              label: t(`editions.correct.${value}`),
            }))}
            value={act}
            onChange={(value) => setAct(value === "assign" ? "assign" : "void")}
            helpText={t(`editions.correct.${act}Hint`)}
          />
          {act === "assign" && (
            <TextField
              {...number}
              label={t("editions.correct.from")}
              value={fields.from}
              onChange={change("from")}
            />
          )}
          <TextField
            {...number}
            label={t(act === "void" ? "editions.correct.number" : "editions.correct.to")}
            value={fields.number}
            onChange={change("number")}
          />
          <TextField
            label={t("editions.correct.reason")}
            helpText={t("editions.correct.reasonHint")}
            autoComplete="off"
            maxLength={500}
            value={fields.reason}
            onChange={change("reason")}
          />
          {data && data.outcome !== "done" && (
            <div role="alert">
              <InlineError message={t(`editions.correct.said.${data.outcome}`)} fieldID={ERROR_ID} />
            </div>
          )}
          <InlineStack>
            <Button submit disabled={!isFilled} loading={state !== "idle"}>
              {t("editions.correct.submit")}
            </Button>
          </InlineStack>
        </BlockStack>
      </form>
    </Panel>
  );
}
