// Runs around the app's frame: the other end of App Bridge. Draws what the app asks for (navigation, title bar, toasts,
// save bar, loading) and keeps the admin's address in step with the app's.
import type {
  ActionButton,
  BridgeEnvelope,
  BridgeNews,
  NavLink,
  ShellEnvelope,
  ShellNews,
  Toast,
} from "../../bridge/messages.ts";

interface Place {
  readonly appOrigin: string;
  readonly homePath: string;
  readonly base: string;
  readonly appBase: string;
  readonly appHandle: string;
  readonly appName: string;
}

const place = JSON.parse(document.querySelector("#place")?.textContent ?? "{}") as Place;
const frame = need<HTMLIFrameElement>("iframe.app-frame");
const loadingBar = need<HTMLElement>(".loading-bar");
let currentPath = "";
let links: readonly NavLink[] = [];
let saveBar: BridgeNews["save-bar"] | null = null;

function need<E extends Element>(selector: string): E {
  const element = document.querySelector<E>(selector);
  if (!element) throw new Error(`The page has no ${selector}`);
  return element;
}

function tell<Type extends keyof ShellNews>(type: Type, payload: ShellNews[Type]): void {
  post({ from: "admin", type, payload });
}

function post(envelope: ShellEnvelope): void {
  frame.contentWindow?.postMessage(envelope, place.appOrigin);
}

const hearers: { readonly [Type in keyof BridgeNews]: (news: BridgeNews[Type]) => void } = {
  navigated: ({ path }) => followApp(path),
  "nav-menu": (news) => {
    links = news.links;
    drawLinks();
  },
  "title-bar": ({ title, actions }) => drawTitleBar(title, actions),
  "save-bar": drawSaveBar,
  loading: ({ isLoading }) => (loadingBar.hidden = !isLoading),
  toast: showToast,
  "toast-hide": ({ id }) => document.querySelector(`[data-toast="${id}"]`)?.remove(),
  veil: ({ isShown }) => document.body.classList.toggle("veiled", isShown),
  open: ({ url, target }) => leave(url, target),
};

const answers: Record<string, () => Promise<unknown>> = {
  "id-token": async () => (await getJson<{ token: string }>("session-token")).token,
  user: async () => ({ accountAccess: "Account owner" }),
  scopes: () => getJson("scopes"),
  "leave-confirmation": async () => {
    if (saveBar?.isShown && !confirm("Leave page with unsaved changes?"))
      throw new Error("The person stays on the page");
    return null;
  },
};

async function getJson<T>(name: string): Promise<T> {
  const answer = await fetch(`/_sandbox/app/${place.appHandle}/${name}`);
  if (!answer.ok) throw new Error(`The sandbox answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as T;
}

window.addEventListener("message", (event: MessageEvent<BridgeEnvelope>) => {
  if (
    event.source !== frame.contentWindow ||
    event.origin !== place.appOrigin ||
    event.data?.from !== "app-bridge"
  )
    return;
  const { type, id, payload } = event.data;
  if (id === undefined) {
    (hearers[type as keyof BridgeNews] as ((news: unknown) => void) | undefined)?.(payload);
    return;
  }
  const answer = answers[type] ?? (() => Promise.reject(new Error(`The sandbox does not know "${type}"`)));
  answer().then(
    (result) => post({ from: "admin", type: "answer", id, payload: result }),
    (error: Error) => post({ from: "admin", type: "answer", id, error: error.message }),
  );
});

function followApp(path: string): void {
  currentPath = path;
  const shown = path === place.homePath ? "" : path;
  history.replaceState(null, "", place.appBase + shown);
  drawLinks();
}

/** The app's links below its name in the sidebar. */
function drawLinks(): void {
  const item = document.querySelector<HTMLElement>(`[data-app="${place.appHandle}"]`);
  const list = item?.querySelector("ul");
  if (!item || !list) return;
  const pathname = currentPath.split(/[?#]/)[0] ?? "";
  const shown = links.filter((link) => !link.isHome);
  const active = shown
    .filter((link) => pathname === link.href || pathname.startsWith(`${link.href.split("?")[0]}/`))
    .sort((a, b) => b.href.length - a.href.length)[0];
  list.replaceChildren(...shown.map((link) => drawLink(link, link === active)));
  const home = item.querySelector<HTMLElement>(":scope > a");
  home?.toggleAttribute("aria-current", active === undefined);
  if (!active) home?.setAttribute("aria-current", "page");
}

function drawLink(link: NavLink, isActive: boolean): HTMLElement {
  const anchor = document.createElement("a");
  anchor.className = "nav-link";
  anchor.href = place.appBase + link.href;
  anchor.textContent = link.label;
  if (isActive) anchor.setAttribute("aria-current", "page");
  anchor.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.button !== 0) return;
    event.preventDefault();
    tell("navigate", { href: link.href });
  });
  const item = document.createElement("li");
  item.append(anchor);
  return item;
}

function drawTitleBar(title: string | null, actions: readonly ActionButton[]): void {
  need("#app-title").textContent = title ?? place.appName;
  document.title = title ? `${title} · ${place.appName}` : document.title;
  need("#app-actions").replaceChildren(
    ...actions.map((action) => drawButton(action, () => tell("title-bar-click", { id: action.id }))),
  );
}

function drawButton(action: ActionButton, press: () => void, extraClass = ""): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = [
    "button",
    action.variant === "primary" ? "primary" : "",
    action.tone ?? "",
    extraClass,
  ].join(" ");
  button.textContent = action.group ? `${action.group}: ${action.label}` : action.label;
  button.disabled = action.isDisabled || action.isLoading;
  button.addEventListener("click", press);
  return button;
}

function drawSaveBar(news: BridgeNews["save-bar"]): void {
  if (!news.isShown && saveBar && saveBar.id !== news.id) return;
  saveBar = news;
  document.querySelector(".save-bar")?.remove();
  if (!news.isShown) return;
  const bar = document.createElement("div");
  bar.className = "save-bar";
  const label = document.createElement("span");
  label.textContent = "Unsaved changes";
  bar.append(label);
  const { save, discard } = news;
  if (discard) {
    const press = (): void => {
      if (!news.asksBeforeDiscard || confirm("Discard all unsaved changes?"))
        tell("save-bar-click", { id: discard.id });
    };
    bar.append(drawButton({ ...discard, label: discard.label || "Discard" }, press, "on-dark"));
  }
  if (save)
    bar.append(
      drawButton({ ...save, label: save.label || "Save", variant: null }, () =>
        tell("save-bar-click", { id: save.id }),
      ),
    );
  document.body.append(bar);
}

function showToast(toast: Toast): void {
  const element = document.createElement("div");
  element.className = toast.isError ? "toast error" : "toast";
  element.dataset.toast = toast.id;
  element.append(toast.message);
  const close = (): void => {
    if (!element.isConnected) return;
    element.remove();
    tell("toast-dismiss", { id: toast.id });
  };
  if (toast.action) element.append(toastButton(toast.action, () => tell("toast-action", { id: toast.id })));
  element.append(toastButton("✕", close, "Dismiss"));
  need("#toasts").append(element);
  setTimeout(close, toast.durationMs);
}

function toastButton(text: string, press: () => void, label = text): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = text;
  button.setAttribute("aria-label", label);
  button.addEventListener("click", press);
  return button;
}

/** Out of the frame: a page of the admin, the app itself again, or any other address. */
function leave(url: string, target: string): void {
  const address = adminAddress(url) ?? url;
  if (target === "_blank" || target === "_new") window.open(address, "_blank", "noopener");
  else location.assign(address);
}

/** The sandbox's page for an address of Shopify's admin or of the app; null for anything else. */
function adminAddress(url: string): string | null {
  const inAdmin =
    /^shopify:\/*admin(\/.*)?$/i.exec(url) ??
    /^https:\/\/admin\.shopify\.com\/store\/[^/]+(\/.*)?$/.exec(url) ??
    /^https:\/\/[^/]+\.myshopify\.com\/admin(\/.*)?$/.exec(url);
  if (inAdmin) return place.base + (inAdmin[1] ?? "");
  const address = new URL(url, place.appOrigin);
  if (address.origin !== place.appOrigin) return null;
  return place.appBase + address.pathname + address.search + address.hash;
}

// Only now, so that nothing the app says on load is missed.
// As Shopify's admin does: until the app's first document is there, something moves.
frame.addEventListener("load", () => (loadingBar.hidden = true), { once: true });
frame.src = frame.dataset.src ?? "";
