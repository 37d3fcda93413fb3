// The metafields of any owner: one card, one form, one act. Values are changed in place, ticked ones are removed,
// and a new one is set when its namespace and key are filled in.
import { html, type Html } from "#sandbox/pages/html.ts";
import { card } from "#sandbox/pages/parts/blocks.ts";
import { button, checkbox, input, select } from "#sandbox/pages/parts/controls.ts";
import type { Room, Visit, View } from "#sandbox/pages/visit.ts";
import { deleteMetafield, setMetafield } from "#sandbox/store/acts.ts";
import { metafieldsOf } from "#sandbox/store/lookups.ts";
import type { Frozen, Id, Metafield, OwnerType } from "#sandbox/store/truth.ts";

const TYPES = [
  "number_integer",
  "single_line_text_field",
  "multi_line_text_field",
  "number_decimal",
  "boolean",
  "date",
  "date_time",
  "json",
  "url",
  "color",
  "list.single_line_text_field",
  "list.number_integer",
] as const;

/** The card on the owner's page; `path` is that page's path. */
export function metafieldCard(visit: Visit, ownerType: OwnerType, ownerId: Id, path: string): Html {
  const { form } = visit;
  const problems = form.problems;
  const field = (name: string, label: string, placeholder: string) =>
    input({ name: `new.${name}`, label, value: form.or(`new.${name}`, ""), problems, placeholder });
  return card(
    "Metafields",
    html`<form method="post" action="${path}/metafields" class="stack" id="metafields">
      ${metafieldsOf(visit.store, ownerType, ownerId).map((metafield) => metafieldRow(visit, metafield))}
      <fieldset class="plain-set">
        <legend>Add a metafield</legend>
        <div class="split">
          ${field("namespace", "Namespace", "custom")} ${field("key", "Key", "edition_size")}
          ${select({
            name: "new.type",
            label: "Type",
            value: form.or("new.type", "number_integer"),
            problems,
            choices: TYPES.map((type) => ({ value: type, label: type })),
          })}
          ${field("value", "Value", "50")}
        </div>
      </fieldset>
      <div class="form-foot">${button("Save metafields")}</div>
    </form>`,
  );
}

/** The room that the card's form is sent to; `again` is the owner's page. */
export function metafieldRoom(
  ownerType: OwnerType,
  home: (visit: Visit) => string,
  again: (visit: Visit) => View | null,
): Room {
  return {
    again,
    fields: { value: "new.value", type: "new.type", key: "new.key", namespace: "new.namespace" },
    act(visit) {
      const ownerId = visit.params.id ?? "";
      visit.store.act(() => saveMetafields(visit, ownerType, ownerId));
      return { to: home(visit), said: "Metafields saved" };
    },
  };
}

function metafieldRow(visit: Visit, metafield: Frozen<Metafield>): Html {
  const name = `metafield.${metafield.id}`;
  return html`<div class="repeat-row">
    ${input({
      name,
      label: `${metafield.namespace}.${metafield.key}`,
      value: visit.form.or(name, metafield.value),
      problems: visit.form.problems,
      hint: metafield.type,
    })}
    ${checkbox({ name: "remove", value: metafield.id, label: "Remove", says: `Remove ${metafield.namespace}.${metafield.key}` })}
  </div>`;
}

function saveMetafields(visit: Visit, ownerType: OwnerType, ownerId: Id): void {
  const { store, form } = visit;
  const removed = new Set(form.all("remove"));
  for (const { namespace, key, type, value, id } of metafieldsOf(visit.store, ownerType, ownerId)) {
    const owner = { ownerType, ownerId, namespace, key };
    if (removed.has(id)) deleteMetafield(store, owner);
    else if (form.has(`metafield.${id}`) && form.text(`metafield.${id}`) !== value) {
      form.attribute(`metafield.${id}`, () =>
        setMetafield(store, { ...owner, type, value: form.text(`metafield.${id}`) }),
      );
    }
  }
  const namespace = form.text("new.namespace");
  const key = form.text("new.key");
  if (namespace === "" && key === "" && form.text("new.value") === "") return;
  form.required("new.namespace", "Namespace");
  form.required("new.key", "Key");
  const type = form.choice("new.type", TYPES, "number_integer");
  form.check();
  setMetafield(store, { ownerType, ownerId, namespace, key, type, value: form.text("new.value") });
}
