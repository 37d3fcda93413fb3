// Every English text of the interface. Keys say where a text stands; the codes that the domain speaks (states, phases,
// error codes) are keys here, so a new code without its sentence is a type error or falls to `other`.
// Numbers, times and lists come in already formatted for the reader's locale.

import { activity } from "./en/activity.ts";
import { causes } from "./en/causes.ts";
import { editions } from "./en/editions.ts";
import { faults } from "./en/faults.ts";
import { insights } from "./en/insights.ts";
import { access, budget, guide, needs } from "./en/overview.ts";
import { plans } from "./en/plans.ts";
import { queue } from "./en/queue.ts";
import { records } from "./en/records.ts";
import { settings } from "./en/settings.ts";
import { sorts } from "./en/sorts.ts";
import { views } from "./en/views.ts";
import { runPage } from "./en/run-page.ts";
import { hooks } from "./en/webhooks.ts";

export const en = {
  app: {
    name: "Counterfoil",
    nav: "Overview",
    activity: "Activity",
    webhooks: "Webhooks",
    records: "Records",
    errors: "Errors",
    editions: "Editions",
    settings: "Settings",
  },

  login: {
    intro: "Counterfoil lives in your store’s admin. Tell us your store to open it there.",
    store: "Store address",
    open: "Open Counterfoil",
    problem: {
      MISSING_SHOP: "Enter your store's address.",
      INVALID_SHOP: "That is not the address of a Shopify store. It looks like my-store.myshopify.com.",
    },
  },

  resources: {
    orders: { title: "Orders", inSentence: "orders" },
    fulfillment_orders: { title: "Fulfillment orders", inSentence: "fulfillment orders" },
    customers: { title: "Customers", inSentence: "customers" },
    products: { title: "Products", inSentence: "products" },
    collections: { title: "Collections", inSentence: "collections" },
    inventory_items: { title: "Inventory items", inSentence: "inventory items" },
    inventory_levels: { title: "Inventory levels", inSentence: "inventory levels" },
    locations: { title: "Locations", inSentence: "locations" },
    product_metafields: { title: "Product metafields", inSentence: "product metafields" },
    variant_metafields: { title: "Variant metafields", inSentence: "variant metafields" },
    order_metafields: { title: "Order metafields", inSentence: "order metafields" },
    customer_metafields: { title: "Customer metafields", inSentence: "customer metafields" },
    collection_metafields: { title: "Collection metafields", inSentence: "collection metafields" },
    editions: { title: "Editions", inSentence: "editions" },
    other: { title: "Other", inSentence: "other records" },
  },

  filters: { none: "Filters", active: "Filters ({{shown}} in use)" },

  headline: {
    complete: "Your mirror is complete and {{lag}} behind Shopify",
    complete_quiet: "Your mirror is complete; no change has come from Shopify since it was copied",
    confirming_one: "Every webhook is applied; {{shown}} record is still to be confirmed with Shopify",
    confirming_other: "Every webhook is applied; {{shown}} records are still to be confirmed with Shopify",
    parked_one: "Your mirror is up to date, but {{shown}} webhook needs your attention",
    parked_other: "Your mirror is up to date, but {{shown}} webhooks need your attention",
    flawed: "Your mirror is up to date, but errors are open",
    lastKnown: "Last known {{ago}}: {{sentence}}",
    unworked: "Your mirror stands still: no worker is running",
    unworked_since: "Your mirror stands still: the last worker was heard {{ago}}",
    held_deliveries: "Your mirror is {{lag}} behind Shopify: its webhooks are paused",
    held_deliveries_none: "Your mirror does not follow Shopify: its webhooks are paused",
    held_runs: "The sync of {{resources}} waits: syncs are paused",
    held_runs_first: "Your first sync waits: syncs are paused",
    held_confirmations_one:
      "{{shown}} record is still to be confirmed with Shopify: confirmations are paused",
    held_confirmations_other:
      "{{shown}} records are still to be confirmed with Shopify: confirmations are paused",
    waiting: "Your mirror is {{lag}} behind Shopify: changes are arriving faster than they are copied",
    incomplete: "Your mirror is not complete: the last sync of {{resources}} came up short",
    paused: "The sync of {{resources}} is paused",
    counts_differ: "Your mirror and Shopify count different numbers of {{resources}}",
    never_synced: "Your mirror has no {{resources}} yet: they have never been synced",
    never_synced_all: "Your mirror is empty: nothing has been synced yet",
    first_sync: "Your first sync is running: {{percent}}",
    first_sync_uncounted: "Your first sync is running",
    first_sync_queued: "Your first sync is about to start",
    syncing: "Your mirror is usable; {{resources}} are being synced again: {{percent}}",
    syncing_uncounted: "Your mirror is usable; {{resources}} are being synced again",
    failing: "Your mirror is falling behind: the sync of {{resources}} has been failing since {{since}}",
    blocked: "Your mirror cannot be complete: Shopify does not let Counterfoil read {{resources}}",
  },

  headlineGo: {
    unworked: "See the workers",
    held_deliveries: "Open the queue",
    held_runs: "Open the queue",
    held_confirmations: "Open the queue",
    parked: "Look at them",
    flawed: "See the errors",
  },

  detail: {
    complete: "Every resource is verified: all that Shopify counted or listed has arrived here.",
    flawed:
      "Every resource is verified, but errors are open: what could not be copied exactly is not here as it is in Shopify.",
    confirming:
      "What webhooks said of them is already here. What only Shopify's API tells follows as soon as it answers.",
    unworked:
      "Nothing is lost: what Shopify sends is stored. It is copied as soon as a worker runs; whoever operates Counterfoil can start one.",
    held_deliveries:
      "Somebody paused them. Nothing is lost: what Shopify sends is stored and waits. Resume them in the queue.",
    held_runs: "Somebody paused all syncs. Resume them in the queue, and they go on by themselves.",
    held_confirmations:
      "Somebody paused them. What webhooks said of them is here; what only Shopify's API tells is not.",
    parked: "They could not be understood and were set aside. Nothing is lost; look at them and replay them.",
    waiting: "Nothing is lost: every webhook is stored and is being worked off, oldest first.",
    incomplete: "Press Sync now to copy what is missing. Changes keep arriving meanwhile.",
    paused:
      "Press Sync now to go on from where it stopped. What was copied before stays, and changes keep arriving.",
    counts_differ: "Press Sync now to find and copy what is missing.",
    never_synced:
      "Press Sync now at a resource to copy it. It runs in the background, and you can leave this page.",
    first_sync: "It runs in the background: you can leave this page. New orders arrive while it runs.",
    syncing: "What is here stays usable, and changes keep arriving while it runs.",
    failing: "See the recent errors below for the cause and what to do.",
    blocked: "Open the app's settings in Shopify and grant the missing access, then press Sync now.",
  },

  /** What a screen reader hears when the headline changes; percentages are left out so that it does not chatter. */
  spoken: {
    first_sync: "Your first sync is running",
    syncing: "A sync is running",
    complete: "Your mirror is complete",
    waiting: "Your mirror is behind Shopify; changes are being copied",
    away: "The server cannot be reached",
    unworked: "Your mirror stands still: no worker is running",
    held_deliveries: "Your mirror does not follow Shopify: its webhooks are paused",
  },

  live: {
    live: "Live",
    connecting: "Connecting…",
    polling: "Reconnecting…",
    paused: "Paused",
    away: "Not reachable",
    hint: {
      live: "This page changes by itself as soon as something changes in the store.",
      connecting: "The live connection is being made.",
      polling: "The live connection broke. The page is refreshed every few seconds until it is back.",
      paused: "The page is refreshed when you look at it again.",
      away: "The server cannot be reached. What you see was true {{ago}}; the page goes on by itself.",
    },
  },

  figures: {
    title: "The mirror in figures",
    records: "Records here",
    recordsHint: "All resources together",
    delay: "Delay of the last change",
    delayNone: "No change yet",
    delayHint: "From Shopify to your database",
    received: "Webhooks in the last hour",
    receivedHint: "Last one {{ago}}",
    receivedNone: "None has arrived yet",
    attention: "Could not be copied",
    attentionNone: "No error of copying is open",
    attentionErrors_one: "{{shown}} error",
    attentionErrors_other: "{{shown}} errors",
    attentionParked_one: "{{shown}} webhook set aside",
    attentionParked_other: "{{shown}} webhooks set aside",
  },

  table: {
    title: "What is mirrored",
    resource: "Resource",
    here: "Here",
    inShopify: "In Shopify",
    lastChange: "Last change",
    verified: "Last verified",
    actions: "Actions",
    never: "Never",
    notCounted: "Not counted",
    notCountedHint: "Shopify offers no count of these, so each sync is checked against its own file.",
    countedAt: "Counted {{ago}}",
    readAt: "All read {{ago}}",
    countUnknown: "Not asked yet",
    delay: "{{delay}} after Shopify",
    nextLook: "Next look in {{in}}",
    lookDue: "Next look is due",
    byReading: "Found by a sync",
    moved: "Some came or went",
    noChange: "None known",
    missing: "{{shown}} missing",
    extra: "{{shown}} too many",
    syncNow: "Sync now",
    syncNowOf: "Sync now: {{resource}}",
    settingsOf: "Open settings for {{resource}}",
  },

  state: {
    off: { badge: "Off", sentence: "Switched off in your settings." },
    up_to_date: {
      badge: "Up to date",
      sentence: "Complete when last verified; webhooks since then are applied.",
    },
    syncing: {
      badge: "Syncing {{percent}}",
      badgeUncounted: "Syncing",
      badgeQueued: "Starting",
      sentence: "Being copied from Shopify.",
    },
    behind: {
      badge: "Behind",
      waiting_one: "{{shown}} change waits to be copied, for {{age}}.",
      waiting_other: "{{shown}} changes wait to be copied, the oldest for {{age}}.",
      unread_one: "{{shown}} changed record waits to be read from Shopify, for {{age}}.",
      unread_other: "{{shown}} changed records wait to be read from Shopify, the oldest for {{age}}.",
      incomplete_one: "The last sync ended {{missing}} record short.",
      incomplete_other: "The last sync ended {{missing}} records short.",
      incompleteUncounted: "The last sync ended before everything was copied.",
      counts_differ_missing: "Shopify counts {{missing}} more than are here.",
      counts_differ_extra: "Shopify counts {{missing}} fewer than are here.",
      paused: "The sync is paused at {{percent}}.",
      pausedUncounted: "The sync is paused.",
    },
    never_synced: { badge: "Never synced", sentence: "Not copied yet." },
    failing: { badge: "Failing", sentence: "Failing since {{since}}: {{cause}}" },
    blocked: { badge: "No access", sentence: "{{cause}}" },
  },

  progress: {
    label: "Progress of {{resource}}",
    counted: "{{done}} of {{total}}",
    uncounted_one: "{{shown}} so far",
    uncounted_other: "{{shown}} so far",
    rate: "{{rate}} a second",
    eta: "about {{eta}} left",
    etaSoon: "almost done",
  },

  /** What a running run is doing. */
  phase: {
    queued: "Waiting for its turn",
    planning: "Choosing the quickest way",
    starting: "Asking Shopify for everything",
    waiting: "Shopify is preparing the data",
    downloading: "Downloading",
    applying: "Copying",
    completing: "Fetching the lines of refunds and fulfillments",
    paging: "Copying page by page",
    fetching: "Fetching the records",
    counting: "Checking the count",
    other: "Running",
  },

  webhooks: {
    title: "Webhooks",
    healthy: "Changes are arriving",
    quiet: "Nothing has arrived lately",
    quietHint: "That is normal while nothing changes in the store.",
    none: "No webhook has arrived yet",
    noneHint: "The first one comes with the next change in your store, such as an order.",
    backlog: "A backlog is being worked off",
    held: "They are paused and wait",
    unworked: "They wait: no worker is running",
    attention: "Some need your attention",
    lastReceived: "Last received",
    received: "Received in the last hour",
    waiting: "Waiting",
    confirmations: "To be confirmed",
    parked: "Set aside",
    moreThan: "{{shown}} or more",
    never: "Never",
  },

  errors: {
    title: "Recent errors",
    none: "No open errors",
    noneHint: "When a record cannot be copied, it is listed here with what to do. The rest goes on.",
    todo: "What to do: {{todo}}",
    record: "{{resource}} {{key}}",
    detail: "Details",
  },

  runs: {
    title: "Recent activity",
    none: "Nothing has run yet",
    noneHint: "The first sync appears here.",
    kind: {
      backfill: "Full sync",
      targeted: "Sync of chosen records",
      catch_up: "Catch-up",
    },
    title_of: "{{kind}} of {{resource}}",
    state: {
      queued: "Queued",
      running: "Running",
      paused: "Paused",
      verified: "Verified",
      incomplete: "Incomplete",
      failed: "Failed",
      cancelled: "Cancelled",
    },
    by: {
      install: "Started by the installation",
      schedule: "Started on schedule",
      user: "Started by hand",
      api: "Started through the API",
      webhook: "Started by a webhook",
      watch: "Started by the watch over webhooks",
      other: "Started by {{who}}",
    },
    outcome: {
      queued: "Waiting to start",
      running: "{{done}} copied so far",
      paused: "{{done}} copied so far",
      verified: "{{done}} copied and verified in {{took}}",
      incomplete: "{{done}} of {{total}} copied in {{took}}",
      incompleteUncounted: "{{done}} copied in {{took}}",
      failed: "{{cause}}",
      cancelled: "{{done}} copied before it was cancelled",
    },
    rejected_one: "{{shown}} could not be copied",
    rejected_other: "{{shown}} could not be copied",
  },

  toast: {
    started: "Syncing {{resource}}",
    already: "{{resource}} are already syncing",
    too_soon:
      "A full sync ran a short time ago. The next one can start at {{at}}; changes keep arriving meanwhile.",
    busy: "Another sync of {{resource}} is under way. Try again when it has ended.",
    off: "Nothing was started: {{resource}} are switched off in your settings",
    refused: "The sync could not be started. Please try again.",
    unreachable: "The server cannot be reached. Please try again.",
  },

  cause: causes,

  /** A number and its unit stay on one line. */
  time: {
    now: "just now",
    ago: "{{duration}} ago",
    milliseconds: "{{n}}\u00a0ms",
    seconds: "{{n}}\u00a0s",
    minutes: "{{n}}\u00a0min",
    hours: "{{n}}\u00a0h",
    days_one: "{{n}} day",
    days_other: "{{n}} days",
    both: "{{greater}} {{lesser}}",
  },

  activity,
  faults,
  hooks,
  plans,
  insights,
  queue,
  records,
  runPage,
  editions,
  settings,
  sorts,
  views,
  needs,
  access,
  budget,
  guide,

  failure: {
    title: "This page could not be shown",
    awayTitle: "Counterfoil cannot reach its database",
    away: "Your store is not affected, and no change is lost: Shopify sends again what cannot be stored, and what is missed is fetched later.",
    known: "Last known {{ago}}",
    notKnown: "What has changed since then is not known.",
    again: "This page looks again by itself every few seconds.",
    missing: "There is no such page.",
    missingHint: "Its address may be mistyped, or what it showed is no longer there.",
    retry: "Try again",
    home: "Go to the overview",
  },

  welcome: {
    title: "Counterfoil",
    lead: "A live, exact, provable copy of your Shopify store in your own PostgreSQL database.",
    stepsTitle: "How to begin",
    steps: {
      install: "Install the app from your Shopify admin: the link comes with your deployment.",
      open: "Open it in the admin, under Apps. The first sync starts by itself.",
      watch: "Watch it finish. From then on, every change arrives within about a second.",
    },
    installed: "Already installed?",
    open: "Open it in your store's admin",
  },
} as const;
