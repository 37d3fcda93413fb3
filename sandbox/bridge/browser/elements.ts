// The custom elements whose look is the shell's business: navigation menu, title bar, save bar. Each watches its own
// children and tells the shell what they are; clicks in the shell become clicks on the children.
import type { ActionButton, NavLink } from "../messages.ts";
import { ask, hear, nextId, say } from "./channel.ts";

const clickable = new Map<string, HTMLElement>();

/** What a title bar's or save bar's child looks like to the shell. Remembers the element under the id. */
export function describeButton(element: HTMLElement, group: string | null = null): ActionButton {
  const id = (element.dataset.bridgeId ??= nextId("button"));
  clickable.set(id, element);
  const variant = element.getAttribute("variant");
  const loading = element.getAttribute("loading");
  return {
    id,
    label: element.textContent?.trim() ?? "",
    variant: variant === "primary" || variant === "breadcrumb" ? variant : null,
    tone: element.getAttribute("tone") === "critical" ? "critical" : null,
    isDisabled: element.hasAttribute("disabled"),
    isLoading: loading !== null && loading !== "false",
    group,
  };
}

function press(id: string): void {
  clickable.get(id)?.click();
}

/** A moment later: React shows and hides in one effect and listens in the next, and must not miss what it caused. */
export function announce(element: HTMLElement, event: "show" | "hide"): void {
  queueMicrotask(() => element.dispatchEvent(new Event(event)));
}

/** Calls `tell` soon after the element or anything in it changed, once for many changes. */
abstract class WatchedElement extends HTMLElement {
  #observer = new MutationObserver(() => this.tell());

  connectedCallback(): void {
    this.#observer.observe(this, { subtree: true, childList: true, characterData: true, attributes: true });
    // The parser has not read the children yet when it meets the opening tag.
    queueMicrotask(() => this.tell());
    document.addEventListener("DOMContentLoaded", () => this.tell(), { once: true });
  }

  disconnectedCallback(): void {
    this.#observer.disconnect();
    queueMicrotask(() => this.leave());
  }

  abstract tell(): void;
  abstract leave(): void;
}

class NavMenu extends WatchedElement {
  override tell(): void {
    if (!this.isConnected) return;
    const links = [...this.querySelectorAll<HTMLElement>("[href]")].map((link): NavLink => ({
      label: link.textContent?.trim() ?? "",
      href: link.getAttribute("href") ?? "",
      isHome: link.getAttribute("rel") === "home",
    }));
    say("nav-menu", { links });
  }

  override leave(): void {
    if (!document.querySelector("ui-nav-menu, s-app-nav")) say("nav-menu", { links: [] });
  }
}
class AppNav extends NavMenu {}

class TitleBar extends WatchedElement {
  override tell(): void {
    if (!this.isConnected) return;
    const modal = this.closest<HTMLElement & { refresh(): void }>("ui-modal");
    if (modal) modal.refresh();
    else say("title-bar", { title: this.getAttribute("title"), actions: titleBarActions(this) });
  }

  override leave(): void {
    const others = [...document.querySelectorAll("ui-title-bar")].some((bar) => !bar.closest("ui-modal"));
    if (!others) say("title-bar", { title: null, actions: [] });
  }
}

export function titleBarActions(bar: Element): ActionButton[] {
  return [...bar.querySelectorAll<HTMLElement>("button, a")].map((child) =>
    describeButton(child, child.closest("section")?.getAttribute("label") ?? null),
  );
}

class SaveBar extends WatchedElement {
  #isShown = false;

  get showing(): boolean {
    return this.#isShown;
  }

  get discardConfirmation(): boolean {
    return this.hasAttribute("discardconfirmation");
  }

  set discardConfirmation(value: boolean) {
    this.toggleAttribute("discardconfirmation", value);
  }

  show(): Promise<void> {
    return this.#set(true);
  }

  hide(): Promise<void> {
    return this.#set(false);
  }

  toggle(): Promise<void> {
    return this.#set(!this.#isShown);
  }

  #set(isShown: boolean): Promise<void> {
    if (isShown !== this.#isShown) {
      this.#isShown = isShown;
      this.tell();
      announce(this, isShown ? "show" : "hide");
    }
    return Promise.resolve();
  }

  override tell(): void {
    const buttons = [...this.querySelectorAll<HTMLElement>("button")].map((button) => describeButton(button));
    say("save-bar", {
      id: (this.dataset.bridgeId ??= nextId("save-bar")),
      isShown: this.#isShown && this.isConnected,
      save: buttons.find((button) => button.variant === "primary") ?? null,
      discard: buttons.find((button) => button.variant !== "primary") ?? null,
      asksBeforeDiscard: this.discardConfirmation,
    });
  }

  override leave(): void {
    this.#isShown = false;
    this.tell();
  }
}

/** A shown save bar must be confirmed away before the page changes. */
export async function confirmLeave(): Promise<void> {
  const shown = [...document.querySelectorAll<SaveBar>("ui-save-bar")].some((bar) => bar.showing);
  if (shown) await ask("leave-confirmation");
}

/** The element with this id, which must be a save bar or modal. */
export function findSwitch(
  id: string,
  name: string,
): { show(): Promise<void>; hide(): Promise<void>; toggle(): Promise<void> } {
  const element = document.getElementById(id);
  if (!element || element.localName !== name) throw new Error(`There is no ${name} with the id "${id}"`);
  return element as unknown as ReturnType<typeof findSwitch>;
}

export function defineElements(): void {
  // A sheet of its own, so that nothing is added to a document that a framework is about to hydrate.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(
    "ui-nav-menu, s-app-nav, ui-title-bar, ui-save-bar, ui-modal, s-app-window { display: none }",
  );
  document.adoptedStyleSheets.push(sheet);
  const elements: Record<string, CustomElementConstructor> = {
    "ui-nav-menu": NavMenu,
    "s-app-nav": AppNav,
    "ui-title-bar": TitleBar,
    "ui-save-bar": SaveBar,
  };
  for (const [name, element] of Object.entries(elements))
    if (!customElements.get(name)) customElements.define(name, element);
  hear("title-bar-click", ({ id }) => press(id));
  hear("save-bar-click", ({ id }) => press(id));
}
