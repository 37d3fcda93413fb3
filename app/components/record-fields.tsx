// The fields of a record side by side, what differs on top; and its parts, of which only the differing ones are listed.
import { Badge, Text } from "@shopify/polaris";
import type { ChildComparison, FieldPair } from "#app/status/record-compare.ts";
import { columnWords } from "./activity-words.ts";
import { Panel } from "./panel.tsx";
import { useReader } from "./reader.tsx";

export interface FieldTableProps {
  readonly fields: readonly FieldPair[];
  /** Its side is shown, has its room and is on its way, or is not to be had. */
  readonly shopify: "shown" | "asked" | "unknown";
}

export function FieldTable({ fields, shopify }: FieldTableProps) {
  const { t, formats } = useReader();
  const isCompared = shopify !== "unknown";
  const isEmpty = ({ mirror, shopify }: FieldPair) => isBlank(mirror) && isBlank(shopify);
  const filled = fields.filter((field) => field.differs || !isEmpty(field));
  const empty = fields.filter((field) => !field.differs && isEmpty(field));
  return (
    <Panel title={t("records.fields")} isFlush>
      <table className="cf-compare" role="table">
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col">
              {t("records.field")}
            </th>
            <th role="columnheader" scope="col">
              {t("records.mirror")}
            </th>
            {isCompared && (
              <th role="columnheader" scope="col">
                {t("records.shopify")}
              </th>
            )}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {filled.map((field) => (
            <FieldRow key={field.column} field={field} shopify={shopify} />
          ))}
        </tbody>
      </table>
      {empty.length > 0 && (
        <p className="cf-compare__empty cf-subdued">
          {t("records.showEmpty", { names: formats.list(empty.map(({ column }) => columnWords(column))) })}
        </p>
      )}
    </Panel>
  );
}

interface FieldRowProps extends Pick<FieldTableProps, "shopify"> {
  readonly field: FieldPair;
}

function FieldRow({ field, shopify }: FieldRowProps) {
  const { t } = useReader();
  const isCompared = shopify !== "unknown";
  return (
    <tr
      role="row"
      className={field.differs ? "cf-compare__differs" : isCompared ? "cf-compare__same" : undefined}
    >
      <th role="rowheader" scope="row" title={field.column}>
        {columnWords(field.column)} {field.differs && <Badge tone="warning">{t("records.differs")}</Badge>}
      </th>
      <td role="cell" data-label={t("records.mirror")}>
        <Value text={field.mirror} isExact={field.differs} />
      </td>
      {isCompared && (
        <td role="cell" data-label={t("records.shopify")}>
          {shopify === "asked" ? "…" : <Value text={field.shopify} isExact={field.differs} />}
        </td>
      )}
    </tr>
  );
}

/** Values that differ stand as they are, so that nothing hides the difference. */
function Value({ text, isExact = false }: { readonly text: string | null; readonly isExact?: boolean }) {
  const { t, formats } = useReader();
  if (text === null || isBlank(text)) {
    return (
      <Text as="span" tone="subdued">
        {t("records.empty")}
      </Text>
    );
  }
  if (!isExact && MOMENT.test(text)) {
    return (
      <time className="cf-value" dateTime={text} title={text}>
        {formats.exactTime(new Date(text))}
      </time>
    );
  }
  if (text === "true" || text === "false")
    return <span>{t(`records.${text === "true" ? "yes" : "no"}`)}</span>;
  return <span className="cf-value">{isExact ? text : listed(text)}</span>;
}

/** A list of plain texts without its brackets and quotes; an object of plain values a line each, without what is empty. */
function listed(text: string): string {
  if (!/^[[{]/.test(text)) return text;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return text;
  }
  if (Array.isArray(value)) return value.every((each) => typeof each === "string") ? value.join(", ") : text;
  const entries = Object.entries(value as object).filter(([, each]) => each !== null && each !== "");
  if (entries.some(([, each]) => typeof each === "object")) return text;
  return entries.map(([name, each]) => `${name}: ${each}`).join("\n");
}

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d|Z)$/;

/** As PostgreSQL writes nothing: of a column, a text, a list. */
function isBlank(text: string | null): boolean {
  return text === null || text === "" || text === "[]" || text === "{}";
}

export function PartsPanel({ parts }: { readonly parts: readonly ChildComparison[] }) {
  const { t, formats } = useReader();
  const some = parts.filter(({ inMirror, inShopify }) => inMirror > 0 || inShopify > 0);
  if (some.length === 0) return null;
  return (
    <Panel title={t("records.partsTitle")}>
      <ul className="cf-list">
        {some.map(({ table, inMirror, inShopify, differing, differences }) => {
          const name = columnWords(table);
          return (
            <li key={table}>
              <Text as="p">
                {differing === 0
                  ? t("records.partsEqual", { name, shown: formats.number(inMirror) })
                  : t("records.partsDiffer", {
                      name,
                      mirror: formats.number(inMirror),
                      shopify: formats.number(inShopify),
                      differing: formats.number(differing),
                    })}
              </Text>
              {differences.map(({ key, side, fields }) => (
                <div key={key} className="cf-part">
                  <Text as="p" variant="bodySm">
                    {key} <Badge tone="warning">{t(`records.part.${side}`)}</Badge>
                  </Text>
                  {fields.map((field) => (
                    <p key={field.column} className="cf-part__field">
                      {columnWords(field.column)}: <Value text={field.mirror} isExact={field.differs} /> →{" "}
                      <Value text={field.shopify} isExact={field.differs} />
                    </p>
                  ))}
                </div>
              ))}
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
