// The fields of a record side by side, what differs on top; and its parts, of which only the differing ones are listed.
import { Badge, Text } from "@shopify/polaris";
import type { FieldPair } from "#app/status/record-columns.ts";
import type { ChildComparison } from "#app/status/record-compare.ts";
import type { en } from "#app/texts/en.ts";
import { columnWords } from "./activity-words.ts";
import { Panel } from "./panel.tsx";
import { useReader } from "./reader.tsx";
import { isBlank, isMoment, valueWords } from "./record-values.ts";

export interface FieldTableProps {
  readonly fields: readonly FieldPair[];
  /** Its side is shown, has its room and is on its way, or is not to be had. */
  readonly shopify: "shown" | "asked" | "unknown";
  /** Of a record that is gone: there is nothing that it could be held against. */
  readonly isLastState?: boolean;
  /** It is changing just now: that the sides differ is no claim. */
  readonly isMoving?: boolean;
}

export function FieldTable({ fields, shopify, isLastState = false, isMoving = false }: FieldTableProps) {
  const { t, formats } = useReader();
  const isCompared = shopify !== "unknown";
  const isEmpty = ({ mirror, shopify }: FieldPair) => isBlank(mirror) && isBlank(shopify);
  const filled = fields.filter((field) => field.differs || !isEmpty(field));
  const empty = fields.filter((field) => !field.differs && isEmpty(field));
  return (
    <Panel title={t(isLastState ? "records.lastState" : "records.fields")} isFlush>
      <table className={isLastState ? "cf-compare cf-compare--alone" : "cf-compare"} role="table">
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col">
              {t("records.field")}
            </th>
            <th role="columnheader" scope="col">
              {t(isLastState ? "records.value" : "records.mirror")}
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
            <FieldRow key={field.column} field={field} shopify={shopify} isMoving={isMoving} />
          ))}
        </tbody>
      </table>
      {empty.length > 0 && (
        <p className="cf-compare__empty cf-subdued">
          {t(shopify === "shown" ? "records.emptyBoth" : "records.emptyHere", {
            names: formats.list(empty.map(({ column }) => columnWords(column))),
          })}
        </p>
      )}
    </Panel>
  );
}

interface FieldRowProps extends Pick<FieldTableProps, "shopify"> {
  readonly field: FieldPair;
  readonly isMoving: boolean;
}

function FieldRow({ field, shopify, isMoving }: FieldRowProps) {
  const { t } = useReader();
  const isCompared = shopify !== "unknown";
  return (
    <tr
      role="row"
      className={field.differs ? "cf-compare__differs" : isCompared ? "cf-compare__same" : undefined}
    >
      <th role="rowheader" scope="row" title={field.column}>
        {columnWords(field.column)} {field.differs && <Differs isMoving={isMoving} />}
      </th>
      <td role="cell" data-label={t("records.mirror")}>
        <Value field={field} side="mirror" />
      </td>
      {isCompared && (
        <td role="cell" data-label={t("records.shopify")}>
          {shopify === "asked" ? "…" : <Value field={field} side="shopify" />}
        </td>
      )}
    </tr>
  );
}

/** What is said of a difference; `side` of a part. */
function Differs({
  isMoving,
  side = "both",
}: {
  readonly isMoving: boolean;
  readonly side?: keyof typeof en.records.part;
}) {
  const { t } = useReader();
  return isMoving ? (
    <Badge tone="info">{t("records.moving")}</Badge>
  ) : (
    <Badge tone="warning">{t(`records.part.${side}`)}</Badge>
  );
}

interface ValueProps {
  readonly field: FieldPair;
  readonly side: "mirror" | "shopify";
}

/** Where two values differ and would read the same, both stand exactly as they are: nothing hides the difference. */
function Value({ field, side }: ValueProps) {
  const { t, formats } = useReader();
  const wordsOf = (one: "mirror" | "shopify") => {
    const value = field[one];
    return isBlank(value)
      ? null
      : valueWords(field.column, value, field.currency?.[one] ?? null, { t, formats });
  };
  const value = field[side];
  const words = wordsOf(side);
  if (value === null || words === null) {
    return (
      <Text as="span" tone="subdued">
        {t("records.empty")}
      </Text>
    );
  }
  const isHidden = field.differs && wordsOf("mirror")?.text === wordsOf("shopify")?.text;
  if (isHidden || words.exact === null) return <span className="cf-value">{value}</span>;
  if (isMoment(value)) {
    return (
      <time className="cf-value" dateTime={value} title={value}>
        {words.text}
      </time>
    );
  }
  return (
    <span className="cf-value" title={words.exact}>
      {words.text}
    </span>
  );
}

interface PartsPanelProps {
  readonly parts: readonly ChildComparison[];
  readonly isMoving: boolean;
}

export function PartsPanel({ parts, isMoving }: PartsPanelProps) {
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
                    {key} <Differs isMoving={isMoving} side={side} />
                  </Text>
                  {fields.map((field) => (
                    <p key={field.column} className="cf-part__field">
                      {columnWords(field.column)}: <Value field={field} side="mirror" /> →{" "}
                      <Value field={field} side="shopify" />
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
