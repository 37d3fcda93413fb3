// Texts of the Overview's guide, its list of what needs a person, its access doctor and its gauge of the API budget.
export const needs = {
  title: "For you today",
  none: "Nothing needs you today.",
  go: "Have a look",
  scopes: "The store has not granted what {{resources}} need. They cannot be copied until it does.",
  scopesGo: "See what to grant",
  token: "Counterfoil's access to the store has ended, or ends soon.",
  tokenGo: "See what to do",
  version:
    "Shopify supports the API version that this release speaks until {{until}} only. Update Counterfoil before.",
  versionGo: "See the details",
  parked_one: "{{shown}} webhook could not be understood and was set aside.",
  parked_other: "{{shown}} webhooks could not be understood and were set aside.",
  parkedGo: "Look at them and replay them",
  errors_one: "{{shown}} open error that nobody has acknowledged.",
  errors_other: "{{shown}} open errors that nobody has acknowledged.",
  errorsGo: "See the causes and what to do",
  holes_one:
    "{{shown}} window of time is not proven, in {{resources}}. Counterfoil tries it again by itself.",
  holes_other:
    "{{shown}} windows of time are not proven, in {{resources}}. Counterfoil tries them again by itself.",
  holesGo: "See the runs that came up short",
  silent:
    "Since {{since}} Shopify has changed {{resources}} without announcing it. What was missed is caught up.",
  silentGo: "See which webhooks are missing",
  held_one: "{{shown}} queue is paused. What comes meanwhile waits in it.",
  held_other: "{{shown}} queues are paused. What comes meanwhile waits in them.",
  heldGo: "Resume",
  paused_one: "{{shown}} run is paused.",
  paused_other: "{{shown}} runs are paused.",
  pausedGo: "Resume or cancel",
  oversold_one: "{{shown}} limited edition is oversold.",
  oversold_other: "{{shown}} limited editions are oversold.",
  oversoldGo: "See whom to talk to",
  unreadable_one: "The size of {{shown}} limited edition cannot be read.",
  unreadable_other: "The sizes of {{shown}} limited editions cannot be read.",
  unreadableGo: "See their metafields",
} as const;

export const access = {
  title: "Access",
  allWell: "Counterfoil may read everything that it mirrors.",
  state: { ok: "In order", warning: "Limited", critical: "Missing", unknown: "Not known yet" },
  scopes: {
    name: "Scopes",
    ok: "Everything that the {{count}} resources need is granted.",
    missing: "{{resource}} also need {{scopes}}.",
    todo: "Open Counterfoil in the Shopify admin and accept the new permissions. If it does not ask, deploy the app with these scopes in shopify.app.toml.",
    detail: "Scopes by resource",
  },
  personal: {
    name: "Protected customer data",
    ok: "Names and addresses of customers arrive.",
    warning: "Shopify withholds names, addresses or e-mails of customers. All other fields are complete.",
    unknown:
      "No customer with personal data has been copied yet, so it is not known whether Shopify gives it out.",
    todo: "In the Partner Dashboard, open the app, then API access, and request access to protected customer data. Sync customers and orders once it is approved.",
  },
  history: {
    name: "All orders",
    ok: "The whole history may be read. The oldest order here is of {{at}}.",
    okNone: "The whole history may be read.",
    warning: "Shopify shows only orders of the last 60 days. The oldest order here is of {{at}}.",
    warningNone: "Shopify shows only orders of the last 60 days.",
    todo: "Ask for the read_all_orders scope in the Partner Dashboard, add it to the app's scopes, and open Counterfoil again to accept it.",
  },
  token: {
    name: "Access token",
    ok: "It is renewed by itself. Without any use it would end {{at}}.",
    okForever: "It does not end.",
    warning: "It ends {{at}}, and no worker has renewed it lately.",
    critical: "There is none that works.",
    todo: "Open Counterfoil once in the Shopify admin: that renews the access. Check that a worker is running.",
  },
  version: {
    name: "API version",
    ok: "{{name}}, which Shopify supports until {{until}} at least.",
    warning: "{{name}}, which Shopify supports until {{until}} only.",
    critical: "{{name}}, whose support has ended {{until}}.",
    todo: "Update Counterfoil: a newer release speaks a newer version.",
  },
} as const;

export const budget = {
  title: "API budget",
  gauge: "Points that Shopify would accept now",
  value: "{{available}} of {{maximum}} points",
  hint: "Shopify gives {{rate}} points back a second. Counterfoil never asks for more than there are.",
  none: "Shopify has not been asked yet.",
  lanes: "Who may use them, in this order",
  all: "may use all",
  leaves: "leaves {{shown}}",
  waits: "Waits",
  lane: {
    targeted: "What a person asks for",
    confirm: "Confirmations",
    "catch-up": "Catching up",
    audit: "Checks",
    backfill: "Full syncs",
  },
} as const;

export const guide = {
  title: "Getting started",
  titleDone: "Your first sync is verified",
  intro: "Four steps until your mirror is proven complete. Nothing here has to be done in one sitting.",
  introDone:
    "Every resource was compared with Shopify's own count. From here on this page tells how things stand.",
  progress: "{{done}} of {{of}} done",
  skip: "Hide this guide",
  close: "Done",
  hidden: "The guide is hidden",
  undo: "Undo",
  step: {
    access: "Give Counterfoil access to the store",
    copy: "Copy what is there",
    webhooks: "Hear of changes",
    verify: "Compare with Shopify's count",
  },
  state: { done: "Done", running: "Running", todo: "To come", problem: "Needs you" },
  access: {
    done: "Everything that is needed is granted.",
    problem: "Missing: {{scopes}}. Open the app's permissions and accept them.",
  },
  copy: {
    done: "A copy of all {{of}} resources is here.",
    running: "{{done}} of {{of}} resources are here. It runs in the background; you can leave this page.",
    todo: "{{done}} of {{of}} resources are here. Press Sync now at those that are not.",
    problem: "{{done}} of {{of}} resources are here, and some cannot be copied: see below why.",
  },
  webhooks: {
    done: "Webhooks arrive.",
    todo: "None has arrived yet. Change something in the store, or send a test.",
    go: "Test the webhooks",
  },
  verify: {
    done: "All {{of}} resources are verified.",
    running: "{{done}} of {{of}} resources are verified. Each is when its run has ended.",
    todo: "{{done}} of {{of}} resources are verified. Press Sync now at those that are not.",
    problem: "{{done}} of {{of}} resources are verified; the others need you first.",
  },
} as const;
