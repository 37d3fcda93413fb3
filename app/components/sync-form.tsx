// The form that starts syncs: of what, how much, and what that will take before it begins.
import {
  Banner,
  BlockStack,
  Button,
  ButtonGroup,
  Checkbox,
  ChoiceList,
  Link,
  Page,
  Text,
} from "@shopify/polaris";
import { useState } from "react";
import type { ResourceName } from "#app/resources/define.ts";
import type { Plan, WishMode, WishProblem } from "#app/status/choices.ts";
import type { RunAsked } from "#app/status/run-detail.ts";
import { AwayNotice, DroppedNotice } from "./notices.tsx";
import { OtherRuns } from "./other-runs.tsx";
import { Panel } from "./panel.tsx";
import { PlanPreview } from "./plan-preview.tsx";
import { Clock, useNow, useReader } from "./reader.tsx";
import { NO_TEXTS, SyncFields } from "./sync-fields.tsx";
import type { SyncTexts } from "./sync-fields.tsx";
import { causeOf, resourceInSentence, resourceTitle } from "./words.ts";

export interface SyncChoice {
  readonly name: ResourceName;
  readonly modes: readonly WishMode[];
  /** The shop's settings leave it out. */
  readonly isOff: boolean;
}

export interface PlannedSync {
  readonly resource: ResourceName;
  readonly plan: Plan;
}

/** What the server said of the form as it stood. */
export type FormAnswer =
  | { readonly answer: "planned"; readonly plans: readonly PlannedSync[] }
  | {
      readonly answer: "started" | "already";
      readonly runIds: readonly string[];
      /** Chosen resources that have to wait, and until when. */
      readonly waits: readonly { readonly resource: ResourceName; readonly retryAt: Date }[];
    }
  | { readonly answer: "too_soon"; readonly resource: ResourceName; readonly retryAt: Date }
  | { readonly answer: "problem"; readonly problem: WishProblem; readonly bad?: string }
  /** Shopify did not accept it. */
  | { readonly answer: "refused"; readonly code: string; readonly resource: ResourceName }
  /** Other runs are in the way of some of it; what was chosen stays as it is, to be asked for again. */
  | { readonly answer: "busy"; readonly others: readonly RunAsked[]; readonly isSomeStarted: boolean }
  /** Nothing was started: the settings leave this one out. */
  | { readonly answer: "off"; readonly resource: ResourceName }
  | { readonly answer: "shopify_away" | "unreachable" };

export type FormFields = readonly (readonly [name: string, value: string])[];

export interface SyncFormProps {
  readonly at: Date;
  readonly isAway: boolean;
  readonly choices: readonly SyncChoice[];
  /** Of the address, what was not understood. */
  readonly dropped: readonly string[];
  /** When the next full sync may start, of resources that must wait. */
  readonly waits: Readonly<Record<string, Date>>;
  readonly initial: { readonly resources: readonly ResourceName[]; readonly mode: WishMode };
  readonly answer: FormAnswer | undefined;
  /** "preview" or "start" while it is under way. */
  readonly pressed: string | null;
  readonly send: (act: "preview" | "start", fields: FormFields) => void;
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
        <div className="cf-stack">
          <AwayNotice isAway={props.isAway} at={props.at} />
          <DroppedNotice dropped={props.dropped} />
          <Form {...props} />
        </div>
      </Page>
    </Clock>
  );
}

function Form({ choices, waits, initial, answer, pressed, send }: SyncFormProps) {
  const { t } = useReader();
  const now = useNow();
  const [chosen, setChosen] = useState<readonly ResourceName[]>(initial.resources);
  const [wanted, setMode] = useState(initial.mode);
  const [texts, setTexts] = useState<SyncTexts>(NO_TEXTS);
  const [asked, setAsked] = useState("");
  const modes = modesOfAll(choices, chosen);
  const mode = modes.includes(wanted) ? wanted : "full";
  const fields = fieldsOf(chosen, mode, texts);
  const state = JSON.stringify(fields);
  const waiting = mode === "full" ? chosen.filter((name) => waits[name] && waits[name] > now) : [];
  const submit = (act: "preview" | "start") => {
    setAsked(state);
    send(act, fields);
  };

  return (
    <form
      className="cf-stack"
      onSubmit={(event) => {
        event.preventDefault();
        submit("preview");
      }}
    >
      <Panel title={t("activity.form.mode")} isTitleHidden>
        <BlockStack gap="400">
          <ResourceBoxes choices={choices} chosen={chosen} onChange={setChosen} />
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
          {chosen.length > 1 && (
            <Text as="p" tone="subdued" variant="bodySm">
              {t("activity.form.notAll")}
            </Text>
          )}
          <SyncFields mode={mode} texts={texts} onChange={(change) => setTexts({ ...texts, ...change })} />
          {waiting.length > 0 && (
            <Waits waiting={waiting} waits={waits} isSome={waiting.length < chosen.length} />
          )}
          <ButtonGroup>
            <Button submit loading={pressed === "preview"} disabled={pressed === "start"}>
              {t("activity.form.preview")}
            </Button>
            <Button
              variant="primary"
              loading={pressed === "start"}
              disabled={pressed === "preview" || chosen.length === 0 || waiting.length === chosen.length}
              onClick={() => submit("start")}
            >
              {t("activity.form.start")}
            </Button>
          </ButtonGroup>
        </BlockStack>
      </Panel>
      <div aria-live="polite">{answer && asked === state && <Answer answer={answer} />}</div>
    </form>
  );
}

/** Ids, names and searches are of one resource. */
const OF_ONE: ReadonlySet<WishMode> = new Set(["ids", "names", "search"]);

/** What every chosen resource knows, in one order. */
export function modesOfAll(
  choices: readonly Omit<SyncChoice, "isOff">[],
  chosen: readonly ResourceName[],
): readonly WishMode[] {
  const of = chosen.map((name) => choices.find((choice) => choice.name === name)?.modes ?? []);
  const [first = ["full"] as const, ...others] = of;
  return first.filter(
    (mode) => others.every((modes) => modes.includes(mode)) && (others.length === 0 || !OF_ONE.has(mode)),
  );
}

function fieldsOf(chosen: readonly ResourceName[], mode: WishMode, texts: SyncTexts): FormFields {
  const resources = chosen.map((name) => ["resource", name] as const);
  if (mode === "full") return [...resources, ["mode", mode]];
  if (mode === "since" || mode === "created")
    return [...resources, ["mode", mode], ["from", texts.from], ["until", texts.until]];
  return [...resources, ["mode", mode], [mode, texts[mode]]];
}

interface BoxesProps {
  readonly choices: readonly SyncChoice[];
  readonly chosen: readonly ResourceName[];
  readonly onChange: (chosen: readonly ResourceName[]) => void;
}

function ResourceBoxes({ choices, chosen, onChange }: BoxesProps) {
  const { t } = useReader();
  return (
    <fieldset className="cf-boxes">
      <legend>{t("activity.form.resources")}</legend>
      {choices.map(({ name, isOff }) => (
        <Checkbox
          key={name}
          label={
            isOff ? t("activity.form.off", { resource: resourceTitle(name, t) }) : resourceTitle(name, t)
          }
          disabled={isOff}
          checked={chosen.includes(name)}
          onChange={(isOn) => onChange(isOn ? [...chosen, name] : chosen.filter((each) => each !== name))}
        />
      ))}
    </fieldset>
  );
}

interface WaitsProps {
  readonly waiting: readonly ResourceName[];
  readonly waits: Readonly<Record<string, Date>>;
  /** Others that are chosen need not wait. */
  readonly isSome: boolean;
}

function Waits({ waiting, waits, isSome }: WaitsProps) {
  const { t, formats } = useReader();
  const now = useNow();
  const named = formats.list(waiting.map((name) => resourceInSentence(name, t)));
  const last = new Date(Math.max(...waiting.map((name) => waits[name]!.getTime())));
  return (
    <Banner tone="warning">
      <p>{t("activity.form.wait", { resource: named, at: formats.time(last, now) })}</p>
      {isSome && <p>{t("activity.form.waitOthers", { resources: named })}</p>}
    </Banner>
  );
}

function Answer({ answer }: { readonly answer: FormAnswer }) {
  const { t, formats } = useReader();
  const now = useNow();
  switch (answer.answer) {
    case "planned":
      return <PlanPreview plans={answer.plans} />;
    case "started":
    case "already":
      return <Text as="p">{t(`activity.said.${answer.answer}`)}</Text>;
    case "too_soon":
      return (
        <Banner tone="warning">
          {t("activity.form.wait", {
            resource: resourceInSentence(answer.resource, t),
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
    case "refused": {
      const { what, todo } =
        answer.code === "SEARCH_WARNING"
          ? { what: t("activity.form.problem.search"), todo: t("activity.form.problem.searchTodo") }
          : causeOf(answer.code, t);
      return (
        <Banner tone="critical" title={resourceTitle(answer.resource, t)}>
          <p>{t("activity.form.problem.refused", { cause: what })}</p>
          <p>{t("errors.todo", { todo })}</p>
        </Banner>
      );
    }
    case "busy":
      return <OtherRuns {...answer} />;
    case "off":
      return (
        <Banner tone="warning" title={resourceTitle(answer.resource, t)}>
          {t("activity.said.off")} <Link url="/app/settings">{t("activity.go.settings")}</Link>
        </Banner>
      );
    case "shopify_away":
    case "unreachable":
      return <Banner tone="critical">{t(`activity.said.${answer.answer}`)}</Banner>;
  }
}
