// jsdom has no screen to ask; Polaris asks its width while it is being imported, so import this before it.
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
