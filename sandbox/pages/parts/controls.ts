// What a person types into and presses: fields, choices, buttons, confirmations.
// A problem is tied to its field (aria-describedby, aria-invalid), so that it is heard as well as seen.
import type { Problems } from "#sandbox/pages/form.ts";
import { html, type Html, type Part } from "#sandbox/pages/html.ts";

type FieldOptions = {
  name: string;
  label: string;
  value?: string | number | null;
  problems?: Problems;
  hint?: string;
  /** The label is spoken but not seen, for fields inside a table whose column names them already. */
  quiet?: boolean;
  /** Id of the form that the field belongs to when it stands outside of it. */
  form?: string;
};

type InputOptions = FieldOptions & {
  type?: "text" | "email" | "tel" | "search" | "number" | "url";
  min?: number;
  max?: number;
  step?: number | "any";
  list?: string;
  prefix?: string;
  suffix?: string;
  placeholder?: string;
  autocomplete?: string;
  /** Shows a slider beside the number where scripts run; needs `min` and `max`. */
  slider?: boolean;
};

/** A single-line field. */
export function input(options: InputOptions): Html {
  const numeric = options.type === "number";
  const control = html`<input
    ${identity(options)}
    type="${options.type ?? "text"}"
    value="${options.value ?? ""}"
    ${numeric && html`inputmode="decimal"`}
    ${options.min !== undefined && html`min="${options.min}"`}
    ${options.max !== undefined && html`max="${options.max}"`}
    ${options.step !== undefined && html`step="${options.step}"`}
    ${options.list && html`list="${options.list}"`}
    ${options.slider && html`data-slider`}
    ${options.placeholder && html`placeholder="${options.placeholder}"`}
    autocomplete="${options.autocomplete ?? "off"}"
  />`;
  if (!options.prefix && !options.suffix) return frame(options, control);
  return frame(
    options,
    html`<span class="affixed">
      ${options.prefix && html`<span class="affix" aria-hidden="true">${options.prefix}</span>`}${control}${
        options.suffix && html`<span class="affix" aria-hidden="true">${options.suffix}</span>`
      }
    </span>`,
  );
}

export function textarea(options: FieldOptions & { rows?: number }): Html {
  return frame(
    options,
    html`<textarea ${identity(options)} rows="${options.rows ?? 3}">${options.value ?? ""}</textarea>`,
  );
}

export type Choice = { value: string; label: string };

export function select(options: FieldOptions & { choices: readonly Choice[] }): Html {
  const chosen = String(options.value ?? "");
  return frame(
    options,
    html`<select ${identity(options)}>
      ${options.choices.map(
        (choice) =>
          html`<option value="${choice.value}" ${choice.value === chosen && html`selected`}>
            ${choice.label}
          </option>`,
      )}
    </select>`,
  );
}

export function checkbox(options: {
  name: string;
  label: string;
  checked?: boolean;
  value?: string;
  hint?: string;
  /** The accessible name, where the label alone does not say of what. */
  says?: string;
}): Html {
  return html`<label class="tick">
    <input
      type="checkbox"
      name="${options.name}"
      value="${options.value ?? "on"}"
      ${options.checked && html`checked`}
      ${options.says && html`aria-label="${options.says}"`}
    />
    <span>${options.label}${options.hint && html`<small>${options.hint}</small>`}</span>
  </label>`;
}

type ButtonKind = "primary" | "plain" | "critical" | "danger";

/** A submit button. `name` and `value` travel with the form when this is the one that was pressed. */
export function button(
  label: string,
  options: {
    kind?: ButtonKind;
    name?: string;
    value?: string;
    form?: string;
    testId?: string;
    /** The accessible name, where the label alone does not say of what. */
    says?: string;
  } = {},
): Html {
  return html`<button
    type="submit"
    class="button ${options.kind ?? ""}"
    ${options.name && html`name="${options.name}"`}
    ${options.value !== undefined && html`value="${options.value}"`}
    ${options.form && html`form="${options.form}"`}
    ${options.testId && html`data-testid="${options.testId}"`}
    ${options.says && html`aria-label="${options.says}"`}
  >
    ${label}
  </button>`;
}

export function linkButton(label: string, href: string, kind?: ButtonKind): Html {
  return html`<a class="button ${kind}" href="${href}">${label}</a>`;
}

/** A form that is one button: an act that needs no further words. */
export function act(
  label: string,
  action: string,
  options: { kind?: ButtonKind; fields?: Record<string, string>; testId?: string; says?: string } = {},
): Html {
  return html`<form method="post" action="${action}" class="act">
    ${Object.entries(options.fields ?? {}).map(
      ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
    )}
    ${button(label, { kind: options.kind, testId: options.testId, says: options.says })}
  </form>`;
}

/** An act that hurts: the button opens a small dialog that says what will be lost, without any script. */
export function confirmAct(options: {
  id: string;
  label: string;
  title: string;
  text: string;
  action: string;
  confirm: string;
  body?: Part;
}): Html {
  return html`<button type="button" class="button danger" popovertarget="${options.id}">
      ${options.label}
    </button>
    <div id="${options.id}" class="dialog" popover role="dialog" aria-labelledby="${options.id}-title">
      <form method="post" action="${options.action}">
        <h2 id="${options.id}-title">${options.title}</h2>
        <p>${options.text}</p>
        ${options.body}
        <div class="dialog-foot">
          <button
            type="button"
            class="button"
            popovertarget="${options.id}"
            popovertargetaction="hide"
            autofocus
          >
            Keep it
          </button>
          ${button(options.confirm, { kind: "critical" })}
        </div>
      </form>
    </div>`;
}

/** The summary on top of a refused form: every problem, with a link to its field where it has one. */
export function summary(problems: Problems | undefined): Html | null {
  if (!problems?.found) return null;
  const entries = problems.entries();
  return html`<div class="banner critical" role="alert" tabindex="-1" data-autofocus>
    <p class="banner-title">
      ${entries.length === 1 ? "This was not saved." : `This was not saved: ${entries.length} things to fix.`}
    </p>
    <ul>
      ${entries.map(({ field, message }) =>
        field === "" ? html`<li>${message}</li>` : html`<li><a href="#${fieldId(field)}">${message}</a></li>`,
      )}
    </ul>
  </div>`;
}

function frame(options: FieldOptions, control: Html): Html {
  const problem = options.problems?.at(options.name);
  const id = fieldId(options.name);
  return html`<div class="field${problem ? " refused" : ""}">
    <label for="${id}" class="${options.quiet ? "visually-hidden" : ""}">${options.label}</label>
    ${control} ${options.hint && html`<p class="help" id="${id}-hint">${options.hint}</p>`}
    ${problem && html`<p class="problem" id="${id}-problem">${problem}</p>`}
  </div>`;
}

function identity(options: FieldOptions): Html {
  const id = fieldId(options.name);
  const problem = options.problems?.at(options.name);
  const describedBy = [options.hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(" ");
  return html`id="${id}" name="${options.name}" ${options.form && html`form="${options.form}"`}
  ${problem && html`aria-invalid="true"`} ${describedBy !== "" && html`aria-describedby="${describedBy}"`}`;
}

/** Field names may carry dots and brackets, ids may not be spoiled by them. */
function fieldId(name: string): string {
  return `f-${name.replace(/[^A-Za-z0-9_-]/g, "-")}`;
}
