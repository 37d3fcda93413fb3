// What can be said of one record from the mirror's side and Shopify's, and what to do. Pure.
import type { TFunction } from "i18next";
import type { RecordCode } from "#app/status/records.ts";
import { FALLBACK_LANGUAGE, textsFor } from "#app/texts/index.ts";
import type { RecordDetail } from "#app/status/record-detail.ts";
import type { LiveAnswer } from "./record-page.tsx";
import { causeOf } from "./words.ts";
import type { Tone } from "./words.ts";

export interface RecordVerdict {
  readonly tone: Tone;
  readonly title: string;
  readonly todo: readonly string[];
}

export function recordVerdict(record: RecordDetail, live: LiveAnswer | null, t: TFunction): RecordVerdict {
  const said = verdictOf(record, live, t);
  return record.isQueued ? { ...said, todo: [...said.todo, t("records.todo.queued")] } : said;
}

function verdictOf(record: RecordDetail, live: LiveAnswer | null, t: TFunction): RecordVerdict {
  const isHere = record.mirrored !== null;
  if (live === null) {
    const title = isHere || record.tombstone === null ? t("records.code.asking") : t("records.code.deleted");
    return { tone: "info", title, todo: [] };
  }
  switch (live.answer) {
    case "away":
      return {
        tone: "warning",
        title: t("records.code.away"),
        todo: [t("records.todo.away", { cause: causeOf(live.code, t).what })],
      };
    case "bad_field":
      return {
        tone: "critical",
        title: isHere ? t("records.code.differs", { count: 1 }) : t("records.code.onlyShopify"),
        todo: [t("records.todo.badField", { cause: causeOf(live.code, t).what })],
      };
    case "none":
      if (isHere) {
        return {
          tone: "warning",
          title: t("records.code.onlyMirror"),
          todo: [t("records.todo.onlyMirror")],
        };
      }
      return record.tombstone
        ? { tone: "info", title: t("records.code.deleted"), todo: [t("records.todo.deleted")] }
        : { tone: "warning", title: t("records.code.nowhere"), todo: [t("records.todo.nowhere")] };
    case "shown":
      if (live.comparison.isMoving) {
        return { tone: "info", title: t("records.code.moving"), todo: [t("records.todo.moving")] };
      }
      return isHere
        ? compared(live.comparison, t)
        : { tone: "warning", title: t("records.code.onlyShopify"), todo: [t("records.todo.onlyShopify")] };
  }
}

function compared(
  { fields, isEqual }: Extract<LiveAnswer, { answer: "shown" }>["comparison"],
  t: TFunction,
): RecordVerdict {
  if (isEqual) return { tone: "success", title: t("records.code.equal"), todo: [] };
  const count = fields.filter(({ differs }) => differs).length;
  const title = count > 0 ? t("records.code.differs", { count }) : t("records.code.childrenDiffer");
  return { tone: "warning", title, todo: [t("records.todo.differs")] };
}

/** Of one record, as the JSON API tells it. */
export function recordMessage(code: RecordCode): string {
  return textsFor(FALLBACK_LANGUAGE).t(`records.told.${code}`);
}
