// The states of the app, in the order of a shop's life: nothing yet, the first sync, a good day, a bad one, the database or
// Shopify away.
import type { Scene } from "./scene.ts";
import * as begin from "./scenes-begin.ts";
import * as pages from "./scenes-pages.ts";
import * as trouble from "./scenes-trouble.ts";

export const SCENES: readonly Scene[] = [
  ...[begin.nothingYet, begin.firstSync, begin.goodDay],
  ...[pages.runs, pages.wipeRuns, pages.form, pages.records, pages.editions, pages.settings],
  ...[trouble.badDay, trouble.shopifyAway, trouble.databaseAway],
];
