// The sections of a shop's settings, each with the part of the draft that it changes.
import { Checkbox, FormLayout, Select, TextField } from "@shopify/polaris";
import type { ResourceName, SettingsView } from "#app/status/settings.ts";
import { Panel } from "../panel.tsx";
import { useReader } from "../reader.tsx";
import type { Draft } from "./draft.ts";
import { ResourceRules } from "./resource-rules.tsx";

export interface SectionProps {
  readonly draft: Draft;
  readonly change: (changes: Partial<Draft>) => void;
  readonly settings: SettingsView;
  readonly errorOf: (field: string) => string | undefined;
}

export function ResourcesSection({ draft, change, settings, errorOf }: SectionProps) {
  const { t } = useReader();
  const { choices, everyMinutesMin } = settings;
  return (
    <Panel title={t("settings.resources")} isFlush>
      <ul className="cf-rules">
        {choices.map((choice) => {
          const { name, holder } = choice;
          return (
            <ResourceRules
              key={name}
              choice={choice}
              rule={draft.rules[name]}
              isOffWithHolder={holder !== null && !draft.rules[holder].isOn}
              everyMinutesMin={everyMinutesMin}
              errorOf={(field) => errorOf(`resources.${name}.${field}`)}
              onChange={(changes) => change({ rules: ruled(draft, name, changes) })}
            />
          );
        })}
      </ul>
    </Panel>
  );
}

function ruled(
  draft: Draft,
  name: ResourceName,
  changes: Partial<Draft["rules"][ResourceName]>,
): Draft["rules"] {
  return { ...draft.rules, [name]: { ...draft.rules[name], ...changes } };
}

export function PersonalSection({ draft, change }: SectionProps) {
  const { t } = useReader();
  return (
    <Panel title={t("settings.personal")}>
      <Checkbox
        label={t("settings.personalKeep")}
        helpText={t("settings.personalHint")}
        checked={!draft.isPersonalOut}
        onChange={(isKept) => change({ isPersonalOut: !isKept })}
      />
    </Panel>
  );
}

export function MetafieldsSection({ draft, change, errorOf }: SectionProps) {
  const { t } = useReader();
  return (
    <Panel title={t("settings.metafields")}>
      <TextField
        label={t("settings.allowList")}
        helpText={t("settings.allowListHint", { metafield: draft.editions.metafield })}
        placeholder={"custom\nspecs.paper_*"}
        multiline={3}
        autoComplete="off"
        spellCheck={false}
        value={draft.metafields}
        onChange={(metafields) => change({ metafields })}
        error={errorOf("metafields")}
      />
    </Panel>
  );
}

export function EditionsSection({ draft, change, errorOf }: SectionProps) {
  const { t } = useReader();
  const { editions } = draft;
  const set = (field: keyof typeof editions) => (value: string) =>
    change({ editions: { ...editions, [field]: value } });
  return (
    <Panel title={t("settings.editions")}>
      <FormLayout>
        <TextField
          label={t("editions.rules.metafield")}
          helpText={t("editions.rules.metafieldHint")}
          autoComplete="off"
          value={editions.metafield}
          onChange={set("metafield")}
          error={errorOf("editions.metafield")}
        />
        <FormLayout.Group>
          <Select
            label={t("editions.rules.returned")}
            helpText={t("editions.rules.returnedHint")}
            options={(["void", "free"] as const).map((value) => ({
              value,
              label: t(`editions.rules.${value}`),
            }))}
            value={editions.returned}
            onChange={set("returned")}
          />
          <TextField
            label={t("editions.rules.nearly")}
            helpText={t("editions.rules.nearlyHint")}
            type="number"
            min={1}
            max={50}
            suffix={t("editions.rules.nearlyUnit")}
            autoComplete="off"
            value={editions.nearlyPercent}
            onChange={set("nearlyPercent")}
            error={errorOf("editions.nearlyPercent")}
          />
        </FormLayout.Group>
      </FormLayout>
    </Panel>
  );
}

export function KeptSection({ draft, change, errorOf }: SectionProps) {
  const { t } = useReader();
  return (
    <Panel title={t("settings.kept.title")}>
      <FormLayout>
        <FormLayout.Group>
          {(["deliveries", "parked", "runs", "errors"] as const).map((name) => (
            <TextField
              key={name}
              label={t(`settings.kept.${name}`)}
              type="number"
              min={1}
              max={3650}
              suffix={t("settings.days")}
              autoComplete="off"
              value={draft.kept[name]}
              onChange={(value) => change({ kept: { ...draft.kept, [name]: value } })}
              error={errorOf(`kept.${name}`)}
            />
          ))}
        </FormLayout.Group>
      </FormLayout>
    </Panel>
  );
}
