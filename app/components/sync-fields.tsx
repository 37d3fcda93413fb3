// The fields that belong to a way of syncing: days, ids, names, a search.
import { InlineGrid, TextField } from "@shopify/polaris";
import type { WishMode } from "#app/status/choices.ts";
import { useReader } from "./reader.tsx";

export interface SyncTexts {
  readonly from: string;
  readonly until: string;
  readonly ids: string;
  readonly names: string;
  readonly search: string;
}

export const NO_TEXTS: SyncTexts = { from: "", until: "", ids: "", names: "", search: "" };

export interface SyncFieldsProps {
  readonly mode: WishMode;
  readonly texts: SyncTexts;
  readonly onChange: (change: Partial<SyncTexts>) => void;
}

export function SyncFields({ mode, texts, onChange }: SyncFieldsProps) {
  const { t } = useReader();
  if (mode === "full") return null;
  if (mode === "since" || mode === "created") {
    return (
      <InlineGrid columns={{ xs: 1, sm: 2 }} gap="300">
        {(["from", "until"] as const).map((name) => (
          <TextField
            key={name}
            type="date"
            label={t(`activity.form.${name}`)}
            autoComplete="off"
            value={texts[name]}
            onChange={(value) => onChange({ [name]: value })}
            {...(name === "until" ? { helpText: t("activity.form.untilHint") } : {})}
          />
        ))}
      </InlineGrid>
    );
  }
  const isList = mode === "ids" || mode === "names";
  return (
    <TextField
      key={mode}
      label={t(`activity.form.${mode}`)}
      autoComplete="off"
      value={texts[mode]}
      onChange={(value) => onChange({ [mode]: value })}
      {...(isList ? { multiline: 4, maxHeight: "16rem" } : {})}
    />
  );
}
