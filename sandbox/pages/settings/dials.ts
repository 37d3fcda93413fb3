// The dials: everything that can be made worse than Shopify on a good day, and the app's standing in this store.
// A dial acts from the moment it is turned; nothing needs to be restarted.
import { html, type Html } from "#sandbox/pages/html.ts";
import { badge, card, columns } from "#sandbox/pages/parts/blocks.ts";
import { act, button, checkbox, confirmAct, input, select, textarea } from "#sandbox/pages/parts/controls.ts";
import type { Done, Rooms, View, Visit } from "#sandbox/pages/visit.ts";
import {
  CHAOS,
  DialError,
  DIALS,
  DIALS_AT_REST,
  type DialDescription,
  type DialKey,
  type DialValues,
} from "#sandbox/dials.ts";

/** What each preset sets; a dial that it does not name goes back to rest, but for plan and clock, which are choices. */
const PRESETS: Readonly<Record<string, { label: string; hint: string; values: Partial<DialValues> }>> = {
  calm: { label: "Calm", hint: "No traffic, nothing goes wrong.", values: CHAOS.off },
  ordinary: {
    label: "Ordinary day",
    hint: "A few orders a minute, small mishaps.",
    values: { ...CHAOS.light, ordersPerMinute: 6 },
  },
  "flash-sale": {
    label: "Flash sale",
    hint: "600 orders a minute, late and overtaking webhooks.",
    values: {
      ordersPerMinute: 600,
      delayMsMax: 2000,
      reorderPercent: 10,
      duplicatePercent: 2,
      searchLagMs: 2000,
    },
  },
  stormy: {
    label: "Stormy",
    hint: "Lost, doubled and late webhooks, a failing API.",
    values: { ...CHAOS.heavy, ordersPerMinute: 30 },
  },
};
const KEPT: readonly DialKey[] = ["plan", "timeScale"];

function showDials(visit: Visit): View {
  const values = visit.dials.read();
  const groups = [...new Set(DIALS.map((dial) => dial.group))];
  return {
    title: "Dials",
    active: "dials",
    subtitle: "Make this store busier or less reliable. A dial acts as soon as it is applied.",
    badges: values.outage ? badge("Outage", "critical") : null,
    body: html`${columns(
      html`${presetCard(visit)}
        <form method="post" action="${visit.base}/dials" class="gap-below">
          ${groups.map((group) =>
            card(
              group,
              html`<div class="dials">
                ${DIALS.filter((dial) => dial.group === group).map((dial) => dialField(visit, dial))}
              </div>`,
            ),
          )}
          <div class="form-foot">${button("Apply dials", { kind: "primary" })}</div>
        </form>`,
      html`${appCard(visit)} ${scopeCard(visit)} ${bulkCard(visit)}`,
    )}`,
  };
}

function turnDials(visit: Visit): Done {
  const { form, dials, base } = visit;
  const changes: { [key in DialKey]?: unknown } = {};
  for (const dial of DIALS) {
    if (dial.kind === "switch") changes[dial.key] = form.ticked(dial.key);
    else if (dial.kind === "choice")
      changes[dial.key] = form.choice(dial.key, dial.choices, String(dials.read()[dial.key]));
    else changes[dial.key] = form.decimal(dial.key, dial) ?? dials.read()[dial.key];
  }
  form.check();
  turn(visit, changes);
  return { to: `${base}/dials`, said: "Dials applied" };
}

function applyPreset(visit: Visit): Done {
  const { form, dials, base } = visit;
  const preset = PRESETS[form.choice("preset", Object.keys(PRESETS), "calm")];
  form.check();
  const kept = Object.fromEntries(KEPT.map((key) => [key, dials.read()[key]]));
  turn(visit, { ...DIALS_AT_REST, ...kept, ...preset?.values });
  return { to: `${base}/dials`, said: `${preset?.label} applied` };
}

function turn(visit: Visit, changes: { [key in DialKey]?: unknown }): void {
  try {
    visit.dials.turn(changes);
  } catch (error) {
    if (!(error instanceof DialError)) throw error;
    visit.form.problems.add("", error.message);
    visit.form.check();
  }
}

function presetCard(visit: Visit): Html {
  return card(
    "Presets",
    html`<div class="presets">
      ${Object.entries(PRESETS).map(
        ([name, preset]) =>
          html`<div class="preset">
            ${act(preset.label, `${visit.base}/dials/presets`, { fields: { preset: name } })}
            <small>${preset.hint}</small>
          </div>`,
      )}
    </div>`,
  );
}

function dialField(visit: Visit, dial: DialDescription): Html {
  const { form } = visit;
  const value = visit.dials.read()[dial.key];
  if (dial.kind === "switch") {
    return checkbox({ name: dial.key, label: dial.label, checked: form.tickedOr(dial.key, value === true) });
  }
  const common = {
    name: dial.key,
    label: dial.label,
    value: form.or(dial.key, String(value)),
    problems: form.problems,
  };
  if (dial.kind === "choice") {
    return select({ ...common, choices: dial.choices.map((choice) => ({ value: choice, label: choice })) });
  }
  return input({
    ...common,
    slider: dial.unit === "%",
    type: "number",
    min: dial.min,
    max: dial.max,
    step: "any",
    suffix: dial.unit,
  });
}

function appCard(visit: Visit): Html {
  const { installs, base } = visit;
  const { installed, protectedData } = installs.read();
  return card(
    installs.appName,
    html`<div class="row between">
        <span>State</span>${installed ? badge("Installed", "success") : badge("Not installed", "warning")}
      </div>
      <div class="row">
        ${
          installed
            ? confirmAct({
                id: "uninstall",
                label: "Uninstall app",
                title: `Uninstall ${installs.appName}?`,
                text: "Its tokens end at once, and app/uninstalled is sent.",
                action: `${base}/dials/uninstallation`,
                confirm: "Uninstall app",
              })
            : act("Install app", `${base}/dials/installation`, { kind: "primary" })
        }
      </div>
      <div class="row between">
        <span>Protected customer data</span>
        ${protectedData ? badge("Approved", "success") : badge("Not approved", "warning")}
      </div>
      <div class="row">
        ${act(protectedData ? "Withdraw approval" : "Approve", `${base}/dials/protected-data`, {
          fields: { approved: protectedData ? "no" : "yes" },
          says: protectedData
            ? "Withdraw approval of protected customer data"
            : "Approve protected customer data",
        })}
      </div>`,
  );
}

function scopeCard(visit: Visit): Html {
  const { installs, base, form } = visit;
  return html`<form method="post" action="${base}/dials/scopes">
    ${card(
      "Access scopes",
      textarea({
        name: "scopes",
        label: "Granted scopes",
        hint: "Commas between them. A change sends app/scopes_update.",
        rows: 4,
        value: form.or("scopes", installs.read().scopes.join(", ")),
        problems: form.problems,
      }),
      { footer: button("Grant scopes") },
    )}
  </form>`;
}

function bulkCard(visit: Visit): Html {
  return card(
    "Bulk operations",
    html`<p class="soft">The next one ends FAILED, with part of its data.</p>
      <div class="row">${act("Fail the next bulk operation", `${visit.base}/dials/bulk-failures`)}</div>`,
  );
}

function grantScopes(visit: Visit): Promise<Done> {
  const scopes = visit.form
    .text("scopes")
    .split(/[\s,]+/)
    .filter((scope) => scope !== "");
  const malformed = scopes.find((scope) => !/^(read|write|unauthenticated)_[a-z_]+$/.test(scope));
  if (malformed !== undefined) visit.form.problems.add("scopes", `“${malformed}” is not a scope.`);
  visit.form.check();
  return stand(visit, "Scopes granted", () => visit.installs.grant(scopes));
}

function approve(visit: Visit): Promise<Done> {
  const approved = visit.form.choice("approved", ["yes", "no"], "yes") === "yes";
  visit.form.check();
  return stand(visit, approved ? "Protected customer data approved" : "Approval withdrawn", () =>
    visit.installs.approveProtectedData(approved),
  );
}

async function stand(visit: Visit, said: string, change: () => void | Promise<void>): Promise<Done> {
  await change();
  return { to: `${visit.base}/dials`, said };
}

export const DIAL_ROOMS: Rooms = {
  dials: { show: showDials, act: turnDials },
  "dials/presets": { act: applyPreset, again: showDials },
  "dials/installation": {
    act: (visit) => stand(visit, "App installed", () => visit.installs.install()),
    again: showDials,
  },
  "dials/uninstallation": {
    act: (visit) => stand(visit, "App uninstalled", () => visit.installs.uninstall()),
    again: showDials,
  },
  "dials/protected-data": { act: approve, again: showDials },
  "dials/scopes": { act: grantScopes, again: showDials },
  "dials/bulk-failures": {
    act: (visit) => stand(visit, "The next bulk operation will fail", () => visit.installs.failNextBulk()),
    again: showDials,
  },
};
