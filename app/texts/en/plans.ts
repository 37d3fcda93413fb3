// Texts about what a sync will take: the plan that is shown before it begins, and beside what became of it.
export const plans = {
  title: "What it will take",
  way: {
    pages: "Page by page",
    bulk: "In one file that Shopify prepares",
    ids: "One by one, in batches",
  },
  columns: { resource: "Resource", records: "Records", way: "How", time: "Time", points: "API points" },
  notCounted: "Not counted",
  about: "about {{value}}",
  unknown: "Not known yet",
  none: "No record matches. Nothing would be read.",
  uncountedHint:
    "Shopify offers no count of {{resources}}, so the figures are those of what is here now, where there is any.",
  total: "Together about {{time}}, as they run side by side, and {{points}} API points.",
  totalOne: "About {{time}} and {{points}} API points.",
  other: {
    pages: "Page by page it would take about {{time}} and {{points}} points.",
    bulk: "In one file it would take about {{time}} and {{points}} points.",
    ids: "One by one it would take about {{time}} and {{points}} points.",
  },
  effect: {
    little: "It takes almost nothing of Shopify's API budget.",
    budget: "It takes about {{percent}} of Shopify's API budget meanwhile.",
    backfill: "Confirmations of webhooks, catching up and other syncs go first: nothing waits for it.",
    "catch-up": "Confirmations of webhooks go first. Full syncs wait for it.",
    targeted:
      "It goes before everything else: confirmations of webhooks, catching up and full syncs wait for it.",
    confirm: "Catching up and full syncs wait for it.",
    audit: "Full syncs wait for it.",
    beside_one: "{{shown}} other sync is reading at the same time and shares the budget with it.",
    beside_other: "{{shown}} other syncs are reading at the same time and share the budget with it.",
  },
  grounds: {
    learned_one: "Estimated from an earlier run of this store.",
    learned_other: "Estimated from {{shown}} earlier runs of this store.",
    assumed: "Estimated without earlier runs of this store: it may take half or twice as long.",
  },
} as const;
