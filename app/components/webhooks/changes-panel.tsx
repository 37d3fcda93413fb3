// What a delivery changed, field by field, against the webhook before it.
import { Link } from "@shopify/polaris";
import type { FieldChange, PartChange } from "#app/status/body-differences.ts";
import type { DeliveryChanges } from "#app/status/delivery-changes.ts";
import { fieldWords } from "../activity-words.ts";
import { Panel } from "../panel.tsx";
import { useReader } from "../reader.tsx";

export function Changes({ changes }: { readonly changes: DeliveryChanges }) {
  const { t } = useReader();
  if (changes.kind !== "compared")
    return (
      <Panel title={t("hooks.changes.title")}>
        <p className="cf-subdued">{t(`hooks.changes.${changes.kind}`)}</p>
      </Panel>
    );
  const { fields, parts, isCut, with: id } = changes;
  return (
    <Panel title={t("hooks.changes.title")} isFlush>
      <p className="cf-note">
        {t("hooks.changes.with")}{" "}
        <Link url={`/app/webhooks/deliveries/${id}`}>{t("hooks.changes.withDelivery", { id })}</Link>.{" "}
        {fields.length === 0 && parts.length === 0 && t("hooks.changes.equal")}
        {isCut && t("hooks.changes.cut")}
      </p>
      {fields.length > 0 && <FieldTable fields={fields} />}
      {parts.length > 0 && (
        <ul className="cf-reasons cf-note">
          {parts.map((part) => (
            <PartItem key={part.model} part={part} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

function FieldTable({ fields }: { readonly fields: readonly FieldChange[] }) {
  const { t } = useReader();
  return (
    <table className="cf-compare" role="table">
      <thead role="rowgroup">
        <tr role="row">
          {(["field", "before", "after"] as const).map((column) => (
            <th key={column} role="columnheader" scope="col">
              {t(`hooks.changes.${column}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {fields.map(({ field, before, after }) => (
          <tr key={field} role="row">
            <th role="rowheader" scope="row">
              {fieldWords(field)}
            </th>
            <td role="cell" data-label={t("hooks.changes.before")}>
              {before ?? <span className="cf-subdued">{t("hooks.changes.empty")}</span>}
            </td>
            <td role="cell" data-label={t("hooks.changes.after")}>
              {after ?? <span className="cf-subdued">{t("hooks.changes.empty")}</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function PartItem({ part: { model, added, removed, changed } }: { readonly part: PartChange }) {
  const { t, formats } = useReader();
  const what = [
    added > 0 && t("hooks.changes.added", { count: added, shown: formats.number(added) }),
    removed > 0 && t("hooks.changes.removed", { count: removed, shown: formats.number(removed) }),
    changed > 0 && t("hooks.changes.changed", { count: changed, shown: formats.number(changed) }),
  ].filter((each) => each !== false);
  return <li>{t("hooks.changes.parts", { name: fieldWords(model), what: formats.list(what) })}</li>;
}
