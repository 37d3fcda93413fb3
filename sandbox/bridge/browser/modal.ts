// ui-modal and s-app-window. They are shown as a dialog over the app's page, while the shell dims everything around the
// frame. (Shopify moves the content into a frame of its own; to the app's code the element's interface is the same.)
import { say } from "./channel.ts";
import { announce, titleBarActions } from "./elements.ts";

const WIDTHS = { small: "380px", base: "620px", large: "980px", max: "100%" } as const;

class Modal extends HTMLElement {
  /** Where App Bridge React puts what stands in the modal. */
  readonly content: HTMLElement = document.createElement("div");
  #dialog: HTMLDialogElement | null = null;

  get variant(): keyof typeof WIDTHS {
    const variant = this.getAttribute("variant") ?? "base";
    return variant in WIDTHS ? (variant as keyof typeof WIDTHS) : "base";
  }

  set variant(value: keyof typeof WIDTHS) {
    this.setAttribute("variant", value);
  }

  get src(): string | undefined {
    return this.getAttribute("src") ?? undefined;
  }

  set src(value: string | undefined) {
    if (value === undefined) this.removeAttribute("src");
    else this.setAttribute("src", value);
  }

  get contentWindow(): Window | null {
    return this.#dialog?.querySelector("iframe")?.contentWindow ?? null;
  }

  show(): Promise<void> {
    if (this.#dialog) return Promise.resolve();
    this.#dialog = this.#build();
    document.body.append(this.#dialog);
    this.refresh();
    this.#dialog.showModal();
    say("veil", { isShown: true });
    announce(this, "show");
    return Promise.resolve();
  }

  hide(): Promise<void> {
    if (!this.#dialog) return Promise.resolve();
    this.#dialog.remove();
    this.#dialog = null;
    say("veil", { isShown: false });
    announce(this, "hide");
    return Promise.resolve();
  }

  toggle(): Promise<void> {
    return this.#dialog ? this.hide() : this.show();
  }

  disconnectedCallback(): void {
    void this.hide();
  }

  /** Draws head and foot again after the title bar inside changed. */
  refresh(): void {
    if (!this.#dialog) return;
    const bar = this.querySelector("ui-title-bar");
    const [title, foot] = [this.#dialog.querySelector("h2"), this.#dialog.querySelector("footer")];
    if (title) title.textContent = bar?.getAttribute("title") ?? "";
    const actions = bar ? titleBarActions(bar) : [];
    foot?.replaceChildren(
      ...actions.reverse().map((action) => {
        const button = document.createElement("button");
        button.textContent = action.label;
        button.disabled = action.isDisabled || action.isLoading;
        button.dataset.variant = action.tone ?? action.variant ?? "";
        button.addEventListener("click", () => {
          this.querySelector<HTMLElement>(`[data-bridge-id="${action.id}"]`)?.click();
        });
        return button;
      }),
    );
    foot?.toggleAttribute("hidden", actions.length === 0);
  }

  #build(): HTMLDialogElement {
    const dialog = document.createElement("dialog");
    dialog.className = "app-bridge-modal";
    dialog.style.width = `min(${WIDTHS[this.variant]}, calc(100% - 24px))`;
    dialog.innerHTML = `<header><h2></h2><button type="button" aria-label="Close">✕</button></header><div></div><footer></footer>`;
    dialog.setAttribute("aria-label", this.querySelector("ui-title-bar")?.getAttribute("title") ?? "");
    dialog.querySelector("header button")?.addEventListener("click", () => void this.hide());
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      void this.hide();
    });
    dialog.querySelector(":scope > div")?.append(this.#body());
    return dialog;
  }

  #body(): HTMLElement {
    if (this.src) {
      const frame = document.createElement("iframe");
      frame.src = this.src;
      return frame;
    }
    // Without React the children are written straight into the element; they are shown as they are.
    const own = [...this.children].filter(
      (child) => !/^ui-/.test(child.localName) && child.childNodes.length > 0,
    );
    if (this.content.childNodes.length === 0)
      this.content.append(...own.map((child) => child.cloneNode(true)));
    return this.content;
  }
}
class AppWindow extends Modal {
  override get variant(): "max" {
    return "max";
  }
}

export function defineModals(): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    .app-bridge-modal { border: 0; padding: 0; border-radius: 16px; max-height: 90vh; overflow: hidden; box-shadow: 0 12px 40px rgb(0 0 0 / 30%); }
    .app-bridge-modal[open] { display: flex; flex-direction: column; }
    .app-bridge-modal::backdrop { background: rgb(0 0 0 / 55%); }
    .app-bridge-modal header { display: flex; align-items: center; justify-content: space-between; padding: 10px 12px 10px 16px; background: #f3f3f3; font: 650 14px/20px system-ui, sans-serif; }
    .app-bridge-modal h2 { font: inherit; margin: 0; }
    .app-bridge-modal > div { overflow: auto; }
    .app-bridge-modal iframe { border: 0; width: 100%; height: 70vh; display: block; }
    .app-bridge-modal footer { display: flex; justify-content: flex-end; gap: 8px; padding: 12px 16px; border-top: 1px solid #e1e3e5; }
    .app-bridge-modal footer[hidden] { display: none; }
    .app-bridge-modal button { font: 550 13px/20px system-ui, sans-serif; padding: 5px 12px; border: 1px solid #c9cccf; border-radius: 8px; background: #fff; cursor: pointer; }
    .app-bridge-modal button[data-variant="primary"] { background: #303030; color: #fff; }
    .app-bridge-modal button[data-variant="critical"] { background: #c70a24; color: #fff; }`);
  document.adoptedStyleSheets.push(sheet);
  if (!customElements.get("ui-modal")) customElements.define("ui-modal", Modal);
  if (!customElements.get("s-app-window")) customElements.define("s-app-window", AppWindow);
}
