// The admin's icons: our own small line drawings on a 20 × 20 grid, inlined so that no page waits for them.

const strokes = {
  home: '<path d="M3 9.2 10 3l7 6.2V16a1 1 0 0 1-1 1h-3.5v-5h-5v5H4a1 1 0 0 1-1-1z"/>',
  orders:
    '<path d="M3 11.5 5 4h10l2 7.5V16a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1z"/><path d="M3 11.5h4l1 2h4l1-2h4"/>',
  products: '<path d="M3.5 9.6V4.5a1 1 0 0 1 1-1h5.1L17 10.9 10.9 17z"/><circle cx="7" cy="7" r="1"/>',
  collections: '<rect x="3" y="6.5" width="14" height="10" rx="1.5"/><path d="M5 3.5h10"/>',
  inventory:
    '<path d="M3.5 6.5 10 3l6.5 3.5v7L10 17l-6.5-3.5z"/><path d="m3.5 6.5 6.5 3.6 6.5-3.6M10 10.1V17"/>',
  locations:
    '<path d="M10 17.5s5.5-5 5.5-9a5.5 5.5 0 1 0-11 0c0 4 5.5 9 5.5 9z"/><circle cx="10" cy="8.4" r="1.9"/>',
  customers: '<circle cx="10" cy="7" r="3.2"/><path d="M3.8 17c.5-3.4 3-5 6.2-5s5.7 1.6 6.2 5"/>',
  apps: '<rect x="3.2" y="3.2" width="5.4" height="5.4" rx="1.2"/><rect x="11.4" y="3.2" width="5.4" height="5.4" rx="1.2"/><rect x="3.2" y="11.4" width="5.4" height="5.4" rx="1.2"/><path d="M14.1 11.4v5.4M11.4 14.1h5.4"/>',
  app: '<path d="M4 4.5h12v11H4z"/><path d="M12 4.5v11" stroke-dasharray="1.6 1.6"/>',
  dials: '<path d="M3 6h8m4 0h2M3 14h2m4 0h8"/><circle cx="13" cy="6" r="2"/><circle cx="7" cy="14" r="2"/>',
  log: '<path d="M4 4.5h12M4 8.2h12M4 11.9h8M4 15.6h5"/>',
  menu: '<path d="M3 5.5h14M3 10h14M3 14.5h14"/>',
  close: '<path d="m5 5 10 10M15 5 5 15"/>',
  back: '<path d="M16 10H4.5M9.5 5l-5 5 5 5"/>',
  more: '<circle cx="4.5" cy="10" r="1"/><circle cx="10" cy="10" r="1"/><circle cx="15.5" cy="10" r="1"/>',
} as const;

export type IconName = keyof typeof strokes;

/** SVG markup, decorative (hidden from screen readers): give the control around it a name. */
export function icon(name: IconName): string {
  return (
    `<svg class="icon" viewBox="0 0 20 20" fill="none" stroke="currentColor" stroke-width="1.5"` +
    ` stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${strokes[name]}</svg>`
  );
}
