// Progressive enhancement of the admin pages; every page works without it.
// Presses once (no double orders), adds rows to repeating groups, gives shares a slider, refreshes the log.

const REFRESH_MS = 2000;

document.querySelector<HTMLElement>("[data-autofocus]")?.focus();

// A second press while the first is under way would place a second order.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  for (const button of form.querySelectorAll("button[type=submit]")) button.setAttribute("aria-busy", "true");
});
// Coming back with the browser's back button must give a usable form again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
});

// "Add another": clones the template of a repeating group under the next index.
document.addEventListener("click", (event) => {
  const adder = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-add]") : null;
  const group = adder ? document.getElementById(adder.dataset.add ?? "") : null;
  const template = group?.querySelector("template");
  if (!group || !template) return;
  const index = Number(group.dataset.next);
  group.dataset.next = String(index + 1);
  const holder = document.createElement("div");
  holder.innerHTML = template.innerHTML.replaceAll("__INDEX__", String(index));
  const added = holder.firstElementChild;
  if (!added) return;
  template.before(added);
  added.querySelector<HTMLElement>("input, select, textarea")?.focus();
});
for (const adder of document.querySelectorAll<HTMLElement>("[data-add]")) adder.hidden = false;

// A share is easier to turn than to type. The number stays the real control; the slider only mirrors it.
for (const number of document.querySelectorAll<HTMLInputElement>("input[data-slider]")) {
  const slider = document.createElement("input");
  Object.assign(slider, {
    type: "range",
    min: number.min,
    max: number.max,
    step: "1",
    value: number.value,
    tabIndex: -1,
  });
  slider.setAttribute("aria-hidden", "true");
  slider.addEventListener("input", () => (number.value = slider.value));
  number.addEventListener("input", () => (slider.value = number.value));
  number.before(slider);
}

// The live part of a page is fetched again and replaced, unless a person is reading inside it.
async function refresh(live: Element, toggle: HTMLInputElement): Promise<void> {
  const reading = live.contains(document.activeElement) || live.querySelector("details[open]") !== null;
  if (!toggle.checked || reading || document.hidden) return;
  try {
    const answer = await fetch(location.href);
    if (!answer.ok) return;
    const text = await answer.text();
    const fresh = new DOMParser().parseFromString(text, "text/html").querySelector("[data-live]");
    if (fresh) live.replaceChildren(...fresh.childNodes);
  } catch {
    // The server is away for a moment; the next turn asks again.
  }
}

const live = document.querySelector("[data-live]");
const toggle = document.querySelector<HTMLInputElement>("[data-live-toggle]");
if (live && toggle) {
  toggle.closest<HTMLElement>("[hidden]")?.removeAttribute("hidden");
  setInterval(() => void refresh(live, toggle), REFRESH_MS);
}
