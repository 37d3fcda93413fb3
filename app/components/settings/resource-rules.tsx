// The rules of one resource: on or off, and behind a button what of it, how often and for how long.
import {
  BlockStack,
  Button,
  Checkbox,
  ChoiceList,
  FormLayout,
  Select,
  Text,
  TextField,
} from "@shopify/polaris";
import { useId, useState } from "react";
import type { ResourceChoice } from "#app/status/settings.ts";
import { useReader } from "../reader.tsx";
import { resourceTitle } from "../words.ts";
import type { RuleDraft } from "./draft.ts";

export interface ResourceRulesProps {
  readonly choice: ResourceChoice;
  readonly rule: RuleDraft;
  /** What it lives in is switched off. */
  readonly isOffWithHolder: boolean;
  readonly everyMinutesMin: number;
  readonly errorOf: (field: string) => string | undefined;
  readonly onChange: (changes: Partial<RuleDraft>) => void;
}

export function ResourceRules(props: ResourceRulesProps) {
  const { choice, rule, isOffWithHolder, onChange, errorOf } = props;
  const { t, formats } = useReader();
  const id = useId();
  const hasErrors = ["filter", "createdSince", "monthsKept", "everyMinutes"].some((field) => errorOf(field));
  const [isOpened, setIsOpened] = useState(false);
  const isOpen = isOpened || hasErrors;
  const title = resourceTitle(choice.name, t);
  const isOn = rule.isOn && !isOffWithHolder;
  const holder = choice.holder && resourceTitle(choice.holder, t);
  const summary = summaryOf(props, t);
  return (
    <li className="cf-rule">
      <div className="cf-rule__head">
        <Checkbox
          label={title}
          helpText={
            isOffWithHolder && holder
              ? t("settings.offWith", { holder })
              : `${t("settings.here", { count: choice.mirrored, shown: formats.number(choice.mirrored) })}${summary}`
          }
          checked={isOn}
          disabled={isOffWithHolder}
          onChange={(value) => onChange({ isOn: value })}
        />
        <Button
          variant="plain"
          disclosure={isOpen ? "up" : "down"}
          onClick={() => setIsOpened(!isOpen)}
          ariaExpanded={isOpen}
          ariaControls={id}
          accessibilityLabel={t("settings.rulesOf", { resource: title })}
        >
          {t("settings.rules")}
        </Button>
      </div>
      <div id={id} hidden={!isOpen}>
        {isOpen && <Rules {...props} />}
      </div>
      {!isOn && !isOffWithHolder && (
        <div className="cf-rule__leaving">
          <Leaving rule={rule} label={t("settings.whenOff")} onChange={onChange} />
        </div>
      )}
    </li>
  );
}

function summaryOf({ rule }: ResourceRulesProps, t: ReturnType<typeof useReader>["t"]): string {
  const parts = [
    rule.filter.trim() !== "" && t("settings.summary.filter"),
    (rule.createdSince !== "" || rule.monthsKept !== "") && t("settings.summary.period"),
    rule.without.length > 0 && t("settings.summary.without"),
  ].filter((part) => part !== false);
  return parts.map((part) => ` · ${part}`).join("");
}

function Rules({ choice, rule, everyMinutesMin, errorOf, onChange }: ResourceRulesProps) {
  const { t } = useReader();
  const isNarrowed = rule.filter.trim() !== "" || rule.createdSince !== "" || rule.monthsKept !== "";
  return (
    <div className="cf-rule__body">
      <FormLayout>
        {choice.canSearch && (
          <TextField
            label={t("settings.filter")}
            helpText={t("settings.filterHint")}
            placeholder="tag:wholesale -test:true"
            autoComplete="off"
            spellCheck={false}
            value={rule.filter}
            onChange={(filter) => onChange({ filter })}
            error={errorOf("filter")}
          />
        )}
        {choice.holder && !choice.canSearch && <Text as="p">{t("settings.follows")}</Text>}
        {choice.isDated && (
          <FormLayout.Group>
            <TextField
              label={t("settings.createdSince")}
              type="date"
              autoComplete="off"
              value={rule.createdSince}
              onChange={(createdSince) => onChange({ createdSince })}
              error={errorOf("createdSince")}
            />
            <TextField
              label={t("settings.monthsKept")}
              helpText={t("settings.monthsKeptHint")}
              type="number"
              min={1}
              max={120}
              suffix={t("settings.months")}
              autoComplete="off"
              value={rule.monthsKept}
              onChange={(monthsKept) => onChange({ monthsKept })}
              error={errorOf("monthsKept")}
            />
          </FormLayout.Group>
        )}
        {isNarrowed && rule.isOn && (
          <Leaving rule={rule} label={t("settings.whenLeaving")} onChange={onChange} />
        )}
        {choice.groups.length > 0 && (
          <ChoiceList
            allowMultiple
            title={t("settings.fields")}
            choices={choice.groups.map((name) => ({
              value: name,
              label: t(`settings.group.${name}` as "settings.group.notes"),
            }))}
            selected={choice.groups.filter((name) => isKept(name, choice, rule))}
            onChange={(kept) => onChange(groupsAs(kept, choice))}
          />
        )}
        <TextField
          label={t("settings.every")}
          helpText={t("settings.everyHint", { minutes: everyMinutesMin })}
          type="number"
          min={everyMinutesMin}
          max={1440}
          suffix={t("settings.minutes")}
          placeholder={String(everyMinutesMin)}
          autoComplete="off"
          value={rule.everyMinutes}
          onChange={(everyMinutes) => onChange({ everyMinutes })}
          error={errorOf("everyMinutes")}
        />
      </FormLayout>
    </div>
  );
}

function isKept(group: string, { optIn }: ResourceChoice, rule: RuleDraft): boolean {
  return optIn.includes(group) ? rule.with.includes(group) : !rule.without.includes(group);
}

function groupsAs(
  kept: readonly string[],
  { groups, optIn }: ResourceChoice,
): Pick<RuleDraft, "with" | "without"> {
  return {
    with: optIn.filter((name) => kept.includes(name)),
    without: groups.filter((name) => !optIn.includes(name) && !kept.includes(name)),
  };
}

interface LeavingProps {
  readonly rule: RuleDraft;
  readonly label: string;
  readonly onChange: (changes: Partial<RuleDraft>) => void;
}

function Leaving({ rule, label, onChange }: LeavingProps) {
  const { t } = useReader();
  return (
    <BlockStack>
      <Select
        label={label}
        options={(["remove", "keep"] as const).map((value) => ({
          value,
          label: t(`settings.leaving.${value}`),
        }))}
        value={rule.leaving}
        onChange={(value) => onChange({ leaving: value as RuleDraft["leaving"] })}
      />
    </BlockStack>
  );
}
