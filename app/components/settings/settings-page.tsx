// The page of a shop's settings: sections of one form, a save bar, and the effects of a change before it is kept.
import { SaveBar } from "@shopify/app-bridge-react";
import { Banner, Page } from "@shopify/polaris";
import { useEffect, useState } from "react";
import type { SettingsView, Wrong } from "#app/status/settings.ts";
import { Landing } from "../landing.tsx";
import { AwayNotice } from "../notices.tsx";
import { Ago, Clock, useReader } from "../reader.tsx";
import { resourceTitle } from "../words.ts";
import { draftOf, editionsOf, wishOf } from "./draft.ts";
import { PreviewPanel } from "./preview-panel.tsx";
import type { PreviewPanelProps } from "./preview-panel.tsx";
import {
  EditionsSection,
  KeptSection,
  MetafieldsSection,
  PersonalSection,
  ResourcesSection,
} from "./sections.tsx";
import type { SectionProps } from "./sections.tsx";

export type SettingsSaid =
  | { readonly answer: "wrong"; readonly wrong: readonly Wrong[] }
  | ({ readonly answer: "preview" } & Pick<PreviewPanelProps, "preview" | "editions">)
  | { readonly answer: "saved"; readonly version: number }
  | { readonly answer: "moved" | "shopify_away" | "unreachable" };

export interface SettingsPageProps {
  readonly at: Date;
  readonly isAway: boolean;
  readonly settings: SettingsView;
  readonly said: SettingsSaid | undefined;
  readonly isBusy: boolean;
  /** `base` is the version that the form began with. */
  readonly send: (act: "preview" | "save", base: number, wish: unknown, editions: unknown) => void;
}

export function SettingsPage(props: SettingsPageProps) {
  const { t } = useReader();
  const { settings } = props;
  // What the form began with: what somebody else saves meanwhile must not take away what is being typed.
  const [begun, setBegun] = useState(settings);
  const isMoved = settings.version !== begun.version;
  return (
    <Clock at={props.at}>
      <Page title={t("settings.title")} subtitle={t("settings.intro")}>
        <div className="cf-stack">
          <AwayNotice isAway={props.isAway} at={props.at} />
          {/* The button that saved has gone with what it stood below; its answer is on top of the form. */}
          <Landing>
            <Form
              key={begun.version}
              {...props}
              settings={isMoved ? begun : settings}
              latest={settings}
              load={() => setBegun(settings)}
            />
          </Landing>
        </div>
      </Page>
    </Clock>
  );
}

interface FormProps extends SettingsPageProps {
  /** As they are now: another version than the form's where somebody else has saved meanwhile. */
  readonly latest: SettingsView;
  readonly load: () => void;
}

function Form({ settings, latest, load, said, isBusy, send }: FormProps) {
  const { t } = useReader();
  const [draft, setDraft] = useState(() => draftOf(settings));
  // What was said of the form as it stood; any change to it makes that void.
  const [asked, setAsked] = useState("");
  const wish = wishOf(draft, settings);
  const editions = editionsOf(draft, settings);
  const state = JSON.stringify([wish, editions]);
  const answer = asked === state ? said : undefined;
  const isChanged = wish !== null || editions !== null;
  const press = (act: "preview" | "save") => {
    setAsked(state);
    send(act, settings.version, wish ?? {}, editions);
  };
  const isMoved = latest.version !== settings.version;
  const isOwn = said?.answer === "saved" && said.version === latest.version;
  // Where nothing would be lost, there is nothing to ask.
  const isToLoad = isMoved && (isOwn || !isChanged);
  useEffect(() => {
    if (isToLoad) load();
  }, [isToLoad, load]);
  const wrong = answer?.answer === "wrong" ? answer.wrong : [];
  const errorOf = (field: string) => {
    const found = wrong.find((one) => one.field === field);
    return (
      found &&
      t(`settings.wrong.${found.code}`, { detail: found.detail ?? "", minutes: settings.everyMinutesMin })
    );
  };
  const section: SectionProps = {
    draft,
    settings,
    errorOf,
    change: (changes) => setDraft({ ...draft, ...changes }),
  };
  return (
    <div className="cf-stack">
      <SaveBar id="settings-save-bar" open={isChanged} discardConfirmation>
        <button variant="primary" onClick={() => press("preview")} loading={isBusy ? "" : undefined}>
          {t("settings.save")}
        </button>
        <button onClick={() => setDraft(draftOf(settings))}>{t("settings.discard")}</button>
      </SaveBar>
      <div aria-live="polite">
        {isMoved && !isToLoad && (
          <Banner
            tone="warning"
            title={t("settings.moved.title")}
            action={{ content: t("settings.moved.load"), onAction: load }}
          >
            <p>{t("settings.moved.hint")}</p>
          </Banner>
        )}
        <Said said={isChanged ? answer : said} wrong={wrong} />
      </div>
      {answer?.answer === "preview" && isChanged && (
        <PreviewPanel
          preview={answer.preview}
          editions={answer.editions}
          isBusy={isBusy}
          onSave={() => press("save")}
          onBack={() => setAsked("")}
        />
      )}
      <UpkeepNotice settings={latest} />
      <ResourcesSection {...section} />
      <PersonalSection {...section} />
      <MetafieldsSection {...section} />
      <EditionsSection {...section} />
      <KeptSection {...section} />
      <LastChange settings={latest} />
    </div>
  );
}

function Said({
  said,
  wrong,
}: {
  readonly said: SettingsSaid | undefined;
  readonly wrong: readonly Wrong[];
}) {
  const { t } = useReader();
  switch (said?.answer) {
    case "wrong":
      return <Banner tone="critical" title={t("settings.said.wrong", { count: wrong.length })} />;
    case "saved":
      return (
        <Banner tone="success" title={t("settings.said.saved")}>
          <p>{t("settings.said.savedHint")}</p>
        </Banner>
      );
    case "moved":
    case "shopify_away":
    case "unreachable":
      return <Banner tone="critical" title={t(`settings.said.${said.answer}`)} />;
    default:
      return null;
  }
}

function UpkeepNotice({ settings: { upkeep } }: { readonly settings: SettingsView }) {
  const { t, formats } = useReader();
  if (upkeep.length === 0) return null;
  return (
    <Banner tone="info" title={t("settings.upkeep.title")}>
      <ul>
        {upkeep.map(({ resource, work, changed }) => (
          <li key={`${resource} ${work}`}>
            {t(`settings.upkeep.${work}`, {
              resource: resourceTitle(resource, t),
              shown: formats.number(changed),
            })}
          </li>
        ))}
      </ul>
    </Banner>
  );
}

function LastChange({ settings: { lastChange } }: { readonly settings: SettingsView }) {
  const { t } = useReader();
  if (!lastChange) return null;
  return (
    <p className="cf-subdued">
      {t("settings.lastChange")} <Ago at={lastChange.at} />
    </p>
  );
}
