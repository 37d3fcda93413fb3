// The building blocks of the admin pages: values in, markup out. No page and no store is known here.
// Every block is accessible by itself: a table has a caption, a field its label, a badge its words.
import { html, type Html, type Part } from "#sandbox/pages/html.ts";

export type Tone = "neutral" | "success" | "warning" | "critical" | "info";

/** The page's frame: way back, title with badges, actions at the right, then the body. */
export function page(frame: {
  title: string;
  back?: { href: string; label: string };
  badges?: Part;
  subtitle?: Part;
  actions?: Part;
  body: Part;
}): Html {
  return html`<div class="page">
    <header class="page-header">
      <div class="page-title">
        ${
          frame.back &&
          html`<a class="page-back" href="${frame.back.href}" aria-label="Back to ${frame.back.label}"
            ><span aria-hidden="true">←</span></a
          >`
        }
        <h1>${frame.title}</h1>
        ${frame.badges}
      </div>
      ${frame.actions && html`<div class="actions">${frame.actions}</div>`}
      ${frame.subtitle && html`<p class="page-subtitle">${frame.subtitle}</p>`}
    </header>
    ${frame.body}
  </div>`;
}

/** Two columns that become one on a phone: the work at the left, what accompanies it at the right. */
export function columns(main: Part, aside: Part): Html {
  return html`<div class="columns">
    <div>${main}</div>
    <div>${aside}</div>
  </div>`;
}

/** A white card. `flush` drops the padding for a table that spans the card. */
export function card(
  title: string | null,
  body: Part,
  extras: { actions?: Part; footer?: Part; flush?: boolean; id?: string } = {},
): Html {
  return html`<section class="card${extras.flush ? " flush" : ""}" ${extras.id && html`id="${extras.id}"`}>
    ${
      title !== null &&
      html`<div class="card-head">
        <h2>${title}</h2>
        ${extras.actions && html`<div class="row">${extras.actions}</div>`}
      </div>`
    }
    <div class="card-body">${body}</div>
    ${extras.footer && html`<div class="card-foot">${extras.footer}</div>`}
  </section>`;
}

export function badge(text: string, tone: Tone = "neutral"): Html {
  return html`<span class="badge ${tone}">${text}</span>`;
}

export function banner(tone: Tone, title: string, body?: Part): Html {
  return html`<div class="banner ${tone}" role="${tone === "critical" ? "alert" : "status"}">
    <p class="banner-title">${title}</p>
    ${body}
  </div>`;
}

export type Column = { label: string; kind?: "number" | "wide" | "action"; hidden?: boolean };

/**
 * A table with a caption for readers that cannot see it. Each row is its cells in column order;
 * on a phone a row becomes a small card, so every cell carries its column's name.
 */
export function table(
  caption: string,
  shape: readonly Column[],
  rows: readonly Part[][],
  empty: string,
): Html {
  if (rows.length === 0) return html`<p class="empty">${empty}</p>`;
  return html`<table class="table">
    <caption class="visually-hidden">
      ${caption}
    </caption>
    <thead>
      <tr>
        ${shape.map(
          (column) =>
            html`<th scope="col" class="${column.kind ?? ""}">
              ${column.hidden ? html`<span class="visually-hidden">${column.label}</span>` : column.label}
            </th>`,
        )}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (cells) =>
          html`<tr>
            ${cells.map((cell, index) => tableCell(shape[index], cell))}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function tableCell(column: Column | undefined, cell: Part): Html {
  const label = column && !column.hidden ? column.label : "";
  return html`<td class="${column?.kind ?? ""}" data-label="${label}">${cell}</td>`;
}

/** Facts as pairs, read out as a description list. */
export function facts(pairs: readonly (readonly [string, Part])[], sum?: readonly [string, Part]): Html {
  return html`<dl class="facts">
    ${pairs.map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
    ${
      sum &&
      html`<div class="facts-sum">
        <dt>${sum[0]}</dt>
        <dd>${sum[1]}</dd>
      </div>`
    }
  </dl>`;
}

export function tabs(
  label: string,
  items: readonly { href: string; label: string; current: boolean }[],
): Html {
  return html`<nav class="tabs" aria-label="${label}">
    ${items.map(
      (item) => html`<a href="${item.href}" ${item.current && html`aria-current="page"`}>${item.label}</a>`,
    )}
  </nav>`;
}

/** Numbered paging: which part of how many, and the way to its neighbours. */
export function pager(
  place: { page: number; perPage: number; total: number },
  hrefOf: (page: number) => string,
): Html | null {
  if (place.total === 0) return null;
  const pages = Math.max(1, Math.ceil(place.total / place.perPage));
  const first = (place.page - 1) * place.perPage + 1;
  const last = Math.min(place.total, place.page * place.perPage);
  const step = (label: string, sign: string, to: number) =>
    to < 1 || to > pages
      ? html`<span class="button square" aria-hidden="true">${sign}</span>`
      : html`<a class="button square" href="${hrefOf(to)}" aria-label="${label}">${sign}</a>`;
  return html`<nav class="pager" aria-label="Pages">
    <span>${count(first)}–${count(last)} of ${count(place.total)}</span>
    <span class="pager-steps">
      ${step("Previous page", "‹", place.page - 1)} ${step("Next page", "›", place.page + 1)}
    </span>
  </nav>`;
}

export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** "1,234.50 EUR": the exact decimal text with its thousands grouped; no rounding ever happens here. */
export function money(amount: string | number, currency: string): string {
  const [whole = "0", fraction] = String(amount).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  return `${grouped}${fraction === undefined ? "" : `.${fraction}`} ${currency}`;
}

/** A moment in the page: exact in `datetime` and on hover, short for the eye, always UTC like the store's data. */
export function moment(
  at: string | number | Date | null | undefined,
  options: { seconds?: boolean } = {},
): Html | string {
  if (at === null || at === undefined || at === "") return "–";
  const iso = new Date(at).toISOString();
  const short = new Date(at).toLocaleString("en-GB", {
    timeZone: "UTC",
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    ...(options.seconds ? { second: "2-digit" } : {}),
  });
  return html`<time datetime="${iso}" title="${iso}">${short}</time>`;
}

/** "PARTIALLY_REFUNDED" → "Partially refunded": enum names are for programs. */
export function words(name: string | null | undefined): string {
  if (!name) return "–";
  const text = name.replaceAll("_", " ").toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}
