// What a change would do, resource by resource, with the two buttons that decide.
import { Button, ButtonGroup } from "@shopify/polaris";
import { useEffect, useRef } from "react";
import type { ChoicePreview, Preview } from "#app/status/settings.ts";
import { Panel } from "../panel.tsx";
import { useReader } from "../reader.tsx";
import { resourceTitle } from "../words.ts";

export interface PreviewPanelProps {
  readonly preview: readonly Preview[];
  readonly editions: ChoicePreview | null;
  readonly isBusy: boolean;
  readonly onSave: () => void;
  readonly onBack: () => void;
}

export function PreviewPanel({ preview, editions, isBusy, onSave, onBack }: PreviewPanelProps) {
  const { t } = useReader();
  const place = useRef<HTMLDivElement>(null);
  // It stands above the form, which may be scrolled far down.
  useEffect(() => place.current?.focus(), []);
  return (
    <div
      ref={place}
      tabIndex={-1}
      className="cf-preview"
      role="group"
      aria-label={t("settings.preview.title")}
    >
      <Panel title={t("settings.preview.title")}>
        <div className="cf-stack">
          {preview.length === 0 && !editions ? (
            <p>{t("settings.preview.nothing")}</p>
          ) : (
            <ul className="cf-preview__list">
              {editions && <EditionsLine one={editions} />}
              {preview.map((one) => (
                <PreviewLine key={one.resource} one={one} />
              ))}
            </ul>
          )}
          <ButtonGroup>
            <Button variant="primary" loading={isBusy} onClick={onSave}>
              {t("settings.preview.save")}
            </Button>
            <Button disabled={isBusy} onClick={onBack}>
              {t("settings.preview.back")}
            </Button>
          </ButtonGroup>
        </div>
      </Panel>
    </div>
  );
}

function PreviewLine({ one }: { readonly one: Preview }) {
  const { t, formats } = useReader();
  const { here, inShopify, leaving, coming } = one;
  const counted = (key: "leaving" | "coming" | "emptied" | "matching", count: number) =>
    t(`settings.preview.${key}`, { count, shown: formats.number(count) });
  const sentences = [
    one.isSwitched === "off" && t("settings.preview.off"),
    one.isSwitched === "on" && t("settings.preview.on"),
    inShopify !== null && counted("matching", inShopify),
    one.isFilterMoved && inShopify === null && one.isSwitched !== "off" && t("settings.preview.uncounted"),
    leaving !== null && leaving > 0 && counted("leaving", leaving),
    leaving === null && t("settings.preview.leavingUnknown"),
    leaving === 0 && (one.isFilterMoved || one.isSwitched === "off") && t("settings.preview.noneLeaves"),
    coming !== null && coming > 0 && counted("coming", coming),
    one.isEmptied && leaving !== here && counted("emptied", here),
    one.isListMoved && t("settings.preview.listMoved"),
    one.isReadAgain && t("settings.preview.readAgain"),
  ].filter((sentence) => sentence !== false);
  return (
    <li>
      <strong>{resourceTitle(one.resource, t)}</strong>
      <div>{sentences.join(" ")}</div>
    </li>
  );
}

function EditionsLine({ one }: { readonly one: ChoicePreview }) {
  const { t, formats } = useReader();
  const { metafield, returned, nearlyPercent } = one;
  const counted = (key: "ending" | "having", count: number) =>
    t(`settings.preview.editions.${key}`, { count, shown: formats.number(count) });
  const sentences = [
    metafield && t("settings.preview.editions.metafield", { metafield: metafield.to }),
    metafield && counted("having", metafield.having),
    metafield && metafield.ending > 0 && counted("ending", metafield.ending),
    returned && t(`settings.preview.editions.${returned}`),
    nearlyPercent !== null && t("settings.preview.editions.nearly", { percent: nearlyPercent }),
  ].filter((sentence) => sentence !== false && sentence !== null);
  return (
    <li>
      <strong>{t("settings.editions")}</strong>
      <div>{sentences.join(" ")}</div>
    </li>
  );
}
