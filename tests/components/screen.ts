// jsdom has no screen to ask; Polaris asks its width while it is being imported, so import this before it.
import { configure } from "@testing-library/react";

// As long as vitest.config.ts lets tests wait: a plot's code is loaded when the first one is shown.
configure({ asyncUtilTimeout: 120_000 });

if (typeof window !== "undefined") {
  window.matchMedia ??= (query) =>
    Object.assign(new EventTarget(), {
      matches: false,
      media: query,
      onchange: null,
      addListener: () => {},
      removeListener: () => {},
    });
  // Nothing has a size here that could change.
  window.ResizeObserver ??= class {
    observe(): void {}
    unobserve(): void {}
    disconnect(): void {}
  };
}
