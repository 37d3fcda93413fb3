// window.shopify, as @shopify/app-bridge-types declares it. What the sandbox has no counterpart for rejects with a
// sentence that says so, rather than with an invented answer.
import type { ShopifyGlobal, ToastOptions } from "@shopify/app-bridge-types";
import { ask, hear, isEmbedded, nextId, say } from "./channel.ts";
import { confirmLeave, defineElements, findSwitch } from "./elements.ts";
import { defineModals } from "./modal.ts";
import { followAddress, obeySidebar, patchLinks } from "./navigation.ts";
import { answerBounce, config, enterAdmin, idToken, patchFetch } from "./session.ts";

const TOAST_MS = 5_000;

const toasts = new Map<string, ToastOptions>();

function showToast(message: string, options: ToastOptions = {}): string {
  const id = nextId("toast");
  toasts.set(id, options);
  const { duration = TOAST_MS, isError = false, action = null } = options;
  say("toast", { id, message, durationMs: duration, isError, action });
  return id;
}

hear("toast-action", ({ id }) => toasts.get(id)?.onAction?.());
hear("toast-dismiss", ({ id }) => {
  toasts.get(id)?.onDismiss?.();
  toasts.delete(id);
});

function absent(what: string): () => Promise<never> {
  return () => Promise.reject(new Error(`The sandbox provides no ${what}`));
}

function buildGlobal(): ShopifyGlobal {
  return {
    config,
    origin: location.origin,
    ready: Promise.resolve(),
    setSignals: () => undefined,
    environment: {
      mobile: /Mobi/.test(navigator.userAgent),
      embedded: isEmbedded,
      pos: false,
      intent: false,
    },
    loading: (isLoading = true) => say("loading", { isLoading }),
    idToken: () => idToken(),
    user: () => ask("user"),
    toast: { show: showToast, hide: (id) => say("toast-hide", { id }) },
    modal: {
      show: async (id) => findSwitch(id, "ui-modal").show(),
      hide: async (id) => findSwitch(id, "ui-modal").hide(),
      toggle: async (id) => findSwitch(id, "ui-modal").toggle(),
    },
    saveBar: {
      show: async (id) => findSwitch(id, "ui-save-bar").show(),
      hide: async (id) => findSwitch(id, "ui-save-bar").hide(),
      toggle: async (id) => findSwitch(id, "ui-save-bar").toggle(),
      leaveConfirmation: confirmLeave,
    },
    scopes: {
      query: () => ask("scopes"),
      request: absent("scope request"),
      revoke: absent("scope revocation"),
    },
    resourcePicker: absent("resource picker"),
    picker: absent("picker"),
    scanner: { capture: absent("scanner") },
    pos: absentPointOfSale(),
    intents: { register: () => () => undefined, request: { value: null, subscribe: () => () => undefined } },
    webVitals: { onReport: () => Promise.resolve() },
    support: { registerHandler: () => Promise.resolve() },
    reviews: { request: absent("review request") },
    app: { extensions: () => Promise.resolve([]) },
    shopifyQL: { available: () => Promise.resolve(false) },
    tools: { register: () => () => undefined, unregister: () => undefined, clear: () => undefined },
  };
}

function absentPointOfSale(): ShopifyGlobal["pos"] {
  const reject = absent("point of sale");
  const cart = new Proxy({}, { get: () => reject }) as ShopifyGlobal["pos"]["cart"];
  return { cart, close: reject, device: reject, location: reject };
}

// The script may stand in the page twice: once in the HTML, once put there by a framework.
const isNew = !("shopify" in window);
if (isNew) {
  window.shopify = buildGlobal();
  defineElements();
  defineModals();
  enterAdmin();
  patchFetch();
  patchLinks();
  obeySidebar();
  followAddress();
  void answerBounce();
}
