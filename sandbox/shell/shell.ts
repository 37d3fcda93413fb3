// The frame that every page of the store's admin stands in: dark bar, sidebar, content. Pages hand in their content as
// HTML; the embedded app's page hands in an iframe. Knows nothing of the store's data; makes strings only.
import { icon, type IconName } from "./icons.ts";

export interface NavigationItem {
  /** Matches `active` of the page shown. */
  readonly id: string;
  readonly label: string;
  /** Below /store/<handle>; "" is the home page. */
  readonly path: string;
  readonly icon?: IconName;
  /** Shown while this item or one of them is active. */
  readonly children?: readonly NavigationItem[];
}

export interface InstalledApp {
  readonly name: string;
  readonly handle: string;
}

export interface ShellOptions {
  readonly store: { readonly name: string; readonly handle: string };
  /** Id of the navigation item to mark: "home", "orders", "products", "collections", "inventory", "customers",
   *  "locations", "dials", "log", or `app:<handle>`. */
  readonly active: string;
  /** Plain text; becomes the document's title. */
  readonly title: string;
  /** Trusted HTML: what comes from people must have passed `escape`. */
  readonly content: string;
  readonly navigation?: readonly NavigationItem[];
  readonly apps?: readonly InstalledApp[];
  /** "page" scrolls inside a centred column; "app" gives the content the whole area. */
  readonly layout?: "page" | "app";
  /** Trusted HTML for <head>, such as a page's own style or script. */
  readonly head?: string;
}

export const STORE_NAVIGATION: readonly NavigationItem[] = [
  { id: "home", label: "Home", path: "", icon: "home" },
  { id: "orders", label: "Orders", path: "/orders", icon: "orders" },
  {
    id: "products",
    label: "Products",
    path: "/products",
    icon: "products",
    children: [
      { id: "collections", label: "Collections", path: "/collections" },
      { id: "inventory", label: "Inventory", path: "/inventory" },
    ],
  },
  { id: "customers", label: "Customers", path: "/customers", icon: "customers" },
  { id: "locations", label: "Locations", path: "/locations", icon: "locations" },
];

export const SANDBOX_NAVIGATION: readonly NavigationItem[] = [
  { id: "dials", label: "Dials", path: "/dials", icon: "dials" },
  { id: "log", label: "Log", path: "/log", icon: "log" },
];

/** Apps shown where a page names none. Set once by the server when it knows the app's name. */
let installedApps: readonly InstalledApp[] = [];

export function showApps(apps: readonly InstalledApp[]): void {
  installedApps = apps;
}

/** A whole HTML document. */
export function renderShell(options: ShellOptions): string {
  const { store, title, content, layout = "page", head = "" } = options;
  const initials = store.name
    .replace(/[^\p{L}\p{N} ]/gu, "")
    .split(" ")
    .map((word) => word[0])
    .join("");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)} · ${escape(store.name)}</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(FAVICON)}">
<link rel="stylesheet" href="/assets/shell.css">
<script type="module" src="/assets/shell.js"></script>
${head}
</head>
<body class="layout-${layout}">
<a class="skip" href="#content">Skip to content</a>
<header class="top-bar">
<button class="menu-button" type="button" aria-label="Menu" aria-expanded="false" aria-controls="sidebar">${icon("menu")}</button>
<a class="brand" href="/store/${escape(store.handle)}">sandbox<span class="brand-mark">store</span></a>
<div class="top-bar-store"><span class="store-name">${escape(store.name)}</span><span class="avatar" aria-hidden="true">${escape(initials.slice(0, 2).toUpperCase())}</span></div>
</header>
<div class="frame">
${renderSidebar(options)}
<main id="content" class="content" tabindex="-1">
${content}
</main>
</div>
<div class="sidebar-veil" hidden></div>
<div id="toasts" class="toasts" role="status" aria-live="polite"></div>
</body>
</html>
`;
}

function renderSidebar(options: ShellOptions): string {
  const { store, active, navigation = STORE_NAVIGATION, apps = installedApps } = options;
  const base = `/store/${store.handle}`;
  const appItems = apps.map((app): string => {
    const id = `app:${app.handle}`;
    const link = renderLink(`${base}/apps/${app.handle}`, app.name, "app", id === active);
    // The links below an app come from the app itself, through App Bridge, while it is open.
    return `<li data-app="${escape(app.handle)}">${link}<ul class="app-links"></ul></li>`;
  });
  const list = (items: readonly NavigationItem[]) =>
    items.map((item) => renderItem(item, base, active)).join("");
  return `<nav id="sidebar" class="sidebar" aria-label="Store">
<ul>${list(navigation)}</ul>
${apps.length > 0 ? `<h2 class="sidebar-heading">Apps</h2><ul>${appItems.join("")}</ul>` : ""}
<h2 class="sidebar-heading sidebar-foot">Sandbox</h2>
<ul>${list(SANDBOX_NAVIGATION)}</ul>
</nav>`;
}

function renderItem(item: NavigationItem, base: string, active: string): string {
  const open = item.id === active || item.children?.some((child) => child.id === active) === true;
  const children = open && item.children ? item.children : [];
  const nested = children.map((child) => renderItem(child, base, active)).join("");
  const link = renderLink(base + item.path, item.label, item.icon, item.id === active);
  return `<li>${link}${nested ? `<ul class="nested">${nested}</ul>` : ""}</li>`;
}

function renderLink(href: string, label: string, iconName: IconName | undefined, current: boolean): string {
  const mark = current ? ' aria-current="page"' : "";
  return `<a class="nav-link" href="${escape(href)}"${mark}>${iconName ? icon(iconName) : ""}<span>${escape(label)}</span></a>`;
}

/** Text → HTML, safe between tags and inside quoted attributes. */
export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const FAVICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20"><rect width="20" height="20" rx="5" fill="#26323b"/>' +
  '<path d="M5 6h10v8H5z" fill="none" stroke="#f3c969" stroke-width="1.6"/></svg>';
