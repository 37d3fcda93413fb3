// Runs in every admin page: the menu button of narrow screens, and toasts for the page itself.

const sidebar = document.querySelector<HTMLElement>("#sidebar");
const veil = document.querySelector<HTMLElement>(".sidebar-veil");
const menuButton = document.querySelector<HTMLButtonElement>(".menu-button");

function openMenu(open: boolean): void {
  sidebar?.classList.toggle("open", open);
  if (veil) veil.hidden = !open;
  menuButton?.setAttribute("aria-expanded", String(open));
  if (open) sidebar?.querySelector<HTMLElement>("a")?.focus();
}

menuButton?.addEventListener("click", () => openMenu(menuButton.getAttribute("aria-expanded") !== "true"));
veil?.addEventListener("click", () => openMenu(false));
sidebar?.addEventListener("click", (event) => {
  if ((event.target as Element).closest("a")) openMenu(false);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && menuButton?.getAttribute("aria-expanded") === "true") {
    openMenu(false);
    menuButton.focus();
  }
});
