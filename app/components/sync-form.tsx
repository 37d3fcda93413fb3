// The form that starts a sync: what, how much, and a count of it before it begins.
import {
  Banner,
  BlockStack,
  Button,
  ButtonGroup,
  ChoiceList,
  Page,
  Select,
  Text,
  TextField,
} from "@shopify/polaris";
import { useState } from "react";
import type { ResourceName } from "#app/resources/define.ts";
import type { WishMode, WishProblem } from "#app/status/choices.ts";
import { Panel } from "./panel.tsx";
import { Clock, useNow, useReader } from "./reader.tsx";
import { causeOf, resourceInSentence, resourceTitle } from "./words.ts";

export interface SyncChoice {
  readonly name: ResourceName;
  readonly modes: readonly WishMode[];
}

/** What the server said of the form as it stood. */
export type FormAnswer =
  | { readonly answer: "counted"; readonly count: number | null }
  | { readonly answer: "started" | "already"; readonly runId: string }
  | { readonly answer: "too_soon"; readonly retryAt: Date }
  | { readonly answer: "problem"; readonly problem: WishProblem; readonly bad?: string }
  /** Shopify did not accept it. */
  | { readonly answer: "refused"; readonly code: string }
  | { readonly answer: "busy" | "unreachable" };

export interface SyncFormProps {
  readonly at: Date;
  readonly choices: readonly SyncChoice[];
  /** When the next full sync may start, of resources that must wait. */
  readonly waits: Readonly<Record<string, Date>>;
  readonly initial: { readonly resource: ResourceName; readonly mode: WishMode; readonly text: string };
  readonly answer: FormAnswer | undefined;
  /** "preview" or "start" while it is under way. */
  readonly pressed: string | null;
  readonly send: (act: "preview" | "start", fields: Readonly<Record<string, string>>) => void;
}

export function SyncForm(props: SyncFormProps) {
  const { t } = useReader();
  return (
    <Clock at={props.at}>
      <Page
        narrowWidth
        title={t("activity.form.title")}
        subtitle={t("activity.form.intro")}
        backAction={{ content: t("activity.title"), url: "/app/activity" }}
      >
        <Form {...props} />
      </Page>
    </Clock>
  );
}

function Form({ choices, waits, initial, answer, pressed, send }: SyncFormProps) {
  const { t, formats } = useReader();
  const now = useNow();
  const [resource, setResource] = useState(initial.resource);
  const [wanted, setMode] = useState(initial.mode);
  const [texts, setTexts] = useState<Partial<Record<WishMode, string>>>({ [initial.mode]: initial.text });
  const [asked, setAsked] = useState("");
  const modes = choices.find(({ name }) => name === resource)?.modes ?? [];
  const mode = modes.includes(wanted) ? wanted : "full";
  const fields = { resource, mode, [mode]: texts[mode] ?? "" };
  const state = JSON.stringify(fields);
  const waitsUntil = waits[resource];
  const mustWait = mode === "full" && waitsUntil !== undefined && waitsUntil > now;
  const submit = (act: "preview" | "start") => {
    setAsked(state);
    send(act, fields);
  };

  return (
    <Panel title={t("activity.form.mode")} isTitleHidden>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit("preview");
        }}
      >
        <BlockStack gap="400">
          <Select
            label={t("activity.form.resource")}
            options={choices.map(({ name }) => ({ value: name, label: resourceTitle(name, t) }))}
            value={resource}
            onChange={(value) => setResource(value as ResourceName)}
          />
          <ChoiceList
            title={t("activity.form.mode")}
            choices={modes.map((value) => ({
              value,
              label: t(`activity.form.modes.${value}`),
              helpText: t(`activity.form.hints.${value}`),
            }))}
            selected={[mode]}
            onChange={([value]) => setMode(value as WishMode)}
          />
          <ModeField
            mode={mode}
            value={texts[mode] ?? ""}
            onChange={(value) => setTexts({ ...texts, [mode]: value })}
          />
          {mustWait && (
            <Banner tone="warning">
              {t("activity.form.wait", {
                resource: resourceInSentence(resource, t),
                at: formats.time(waitsUntil, now),
              })}
            </Banner>
          )}
          <div aria-live="polite">
            {answer && asked === state && <Answer answer={answer} resource={resource} />}
          </div>
          <ButtonGroup>
            <Button submit loading={pressed === "preview"} disabled={pressed === "start"}>
              {t("activity.form.preview")}
            </Button>
            <Button
              variant="primary"
              loading={pressed === "start"}
              disabled={pressed === "preview" || mustWait}
              onClick={() => submit("start")}
            >
              {t("activity.form.start")}
            </Button>
          </ButtonGroup>
        </BlockStack>
      </form>
    </Panel>
  );
}

interface ModeFieldProps {
  readonly mode: WishMode;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function ModeField({ mode, value, onChange }: ModeFieldProps) {
  const { t } = useReader();
  if (mode === "full") return null;
  const isList = mode === "ids" || mode === "names";
  return (
    <TextField
      key={mode}
      label={t(`activity.form.${mode}`)}
      autoComplete="off"
      value={value}
      onChange={onChange}
      {...(mode === "since" ? { type: "date" as const } : {})}
      {...(isList ? { multiline: 4, maxHeight: "16rem" } : {})}
    />
  );
}

function Answer({ answer, resource }: { readonly answer: FormAnswer; readonly resource: ResourceName }) {
  const { t, formats } = useReader();
  const now = useNow();
  switch (answer.answer) {
    case "counted":
      return <Text as="p">{countedWords(answer.count)}</Text>;
    case "started":
    case "already":
      return <Text as="p">{t(`activity.said.${answer.answer}`)}</Text>;
    case "too_soon":
      return (
        <Banner tone="warning">
          {t("activity.form.wait", {
            resource: resourceInSentence(resource, t),
            at: formats.time(answer.retryAt, now),
          })}
        </Banner>
      );
    case "problem":
      return (
        <Banner tone="critical">
          {t(`activity.form.problem.${answer.problem}`, { bad: answer.bad ?? "" })}
        </Banner>
      );
    case "refused":
      return (
        <Banner tone="critical">
          {t("activity.form.problem.refused", { cause: causeOf(answer.code, t).what })}
        </Banner>
      );
    case "busy":
      return <Banner tone="critical">{t("activity.form.busy")}</Banner>;
    case "unreachable":
      return <Banner tone="critical">{t("activity.said.unreachable")}</Banner>;
  }

  function countedWords(count: number | null): string {
    if (count === null) return t("activity.form.uncounted");
    if (count === 0) return t("activity.form.counted_zero");
    return t("activity.form.counted", { count, shown: formats.number(count) });
  }
}
