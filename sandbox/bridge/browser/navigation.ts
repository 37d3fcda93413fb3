// Addresses: the shell follows the app's, and links that lead out of the app's frame are handed to the shell.
import { hear, isEmbedded, say } from "./channel.ts";
import { ADMIN_PARAMETERS, config, embeddedUrl } from "./session.ts";

/** Reports every change of the app's address, however it came about. */
export function followAddress(): void {
  for (const name of ["pushState", "replaceState"] as const) {
    const plain = history[name].bind(history);
    history[name] = (...parameters) => {
      plain(...parameters);
      reportAddress();
    };
  }
  window.addEventListener("popstate", reportAddress);
  window.addEventListener("hashchange", reportAddress);
  reportAddress();
}

function reportAddress(): void {
  const url = new URL(location.href);
  if (url.searchParams.has("shopify-reload")) return;
  for (const name of ADMIN_PARAMETERS) url.searchParams.delete(name);
  say("navigated", { path: url.pathname + url.search + url.hash });
}

export function openOutside(url: string, target: string): void {
  say("open", { url, target });
}

/** Addresses of the admin itself, which no browser could open from inside the frame. */
function leadsToAdmin(href: string): boolean {
  if (/^shopify:\/*admin\b/i.test(href)) return true;
  const url = new URL(href, location.href);
  return (
    url.hostname === "admin.shopify.com" ||
    (url.hostname === config.shop && url.pathname.startsWith("/admin"))
  );
}

function leavesFrame(href: string, target: string): boolean {
  return leadsToAdmin(href) || target === "_top" || target === "_parent";
}

export function patchLinks(): void {
  const plainOpen = window.open.bind(window);
  window.open = (url, target, features) => {
    const href = String(url ?? "");
    if (!isEmbedded || href === "" || !leavesFrame(href, target ?? "_blank"))
      return plainOpen(url, target, features);
    openOutside(href.startsWith("shopify:") ? href : new URL(href, location.href).href, target ?? "_blank");
    return null;
  };
  // In the bubbling phase and last: a client-side router that takes the click has then prevented its default.
  window.addEventListener("click", (event) => {
    const link = (event.target as Element | null)?.closest?.("a[href]");
    if (!isEmbedded || !link || event.defaultPrevented) return;
    const href = link.getAttribute("href") ?? "";
    const target = link.getAttribute("target") ?? "";
    if (!leavesFrame(href, target)) return;
    event.preventDefault();
    openOutside(href.startsWith("shopify:") ? href : new URL(href, location.href).href, target);
  });
}

/** A click in the sidebar is a click on the app's own link; a link that no router takes is loaded as a whole page. */
export function obeySidebar(): void {
  hear("navigate", ({ href }) => {
    const links = document.querySelectorAll<HTMLElement>("ui-nav-menu [href], s-app-nav [href]");
    const link = [...links].find((one) => one.getAttribute("href") === href);
    if (link) void activate(link);
    else void embeddedUrl(href).then((url) => location.assign(url));
  });
}

export async function activate(link: HTMLElement): Promise<void> {
  const href = link.getAttribute("href") ?? "";
  if (link.localName !== "a") {
    link.dispatchEvent(new CustomEvent("shopify:navigate", { bubbles: true, cancelable: true }));
    return;
  }
  let isTaken = false;
  const note = (event: Event): void => {
    isTaken = event.defaultPrevented;
    event.preventDefault();
  };
  window.addEventListener("click", note, { once: true });
  link.click();
  window.removeEventListener("click", note);
  if (!isTaken) location.assign(await embeddedUrl(href));
}
