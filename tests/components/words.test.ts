// Codes become sentences: every state, every headline, every run, and codes that nobody has words for.
import { describe, expect, it } from "vitest";
import {
  badgeOf,
  causeOf,
  headlineDetail,
  headlineSentence,
  headlineTone,
  progressSentence,
  resourceTitle,
  runOutcome,
  runTitle,
  spokenHeadline,
  startedByWords,
  stateSentence,
} from "#app/components/words.ts";
import type { Headline } from "#app/status/headline.ts";
import type { State } from "#app/status/state.ts";
import { en } from "#app/texts/en.ts";
import { before, run } from "./overviews.ts";
import { plain, reading } from "./readers.tsx";

const here = reading();

describe("the headline", () => {
  const sentences: readonly (readonly [Headline, string, string])[] = [
    [{ code: "complete", lagMs: 612 }, "success", "Your mirror is complete and 0.6 s behind Shopify"],
    [
      { code: "complete", lagMs: null },
      "success",
      "Your mirror is complete; no change has come from Shopify since it was copied",
    ],
    [
      { code: "confirming", count: 1 },
      "info",
      "Every webhook is applied; 1 record is still to be confirmed with Shopify",
    ],
    [
      { code: "parked", count: 1_204 },
      "warning",
      "Your mirror is up to date, but 1,204 webhooks need your attention",
    ],
    [{ code: "flawed" }, "warning", "Your mirror is up to date, but errors are open"],
    [
      { code: "waiting", resources: ["orders"], lagMs: 95_000 },
      "warning",
      "Your mirror is 1 min 35 s behind Shopify: changes are arriving faster than they are copied",
    ],
    [{ code: "first_sync", percent: 43, queued: false }, "info", "Your first sync is running: 43%"],
    [{ code: "first_sync", percent: null, queued: false }, "info", "Your first sync is running"],
    [{ code: "first_sync", percent: null, queued: true }, "info", "Your first sync is about to start"],
    [
      { code: "syncing", resources: ["orders", "products", "locations"], percent: 7 },
      "info",
      "Your mirror is usable; orders, products, and locations are being synced again: 7%",
    ],
    [
      { code: "never_synced", resources: ["orders"], all: true },
      "info",
      "Your mirror is empty: nothing has been synced yet",
    ],
    [
      { code: "never_synced", resources: ["orders"], all: false },
      "info",
      "Your mirror has no orders yet: they have never been synced",
    ],
    [
      { code: "failing", resources: ["orders"], since: before(3_600_000) },
      "critical",
      "Your mirror is falling behind: the sync of orders has been failing since 8:02 AM",
    ],
    [
      { code: "failing", resources: ["orders"], since: before(86_400_000) },
      "critical",
      "Your mirror is falling behind: the sync of orders has been failing since Nov 22, 9:02 AM",
    ],
    [
      { code: "blocked", resources: ["orders"] },
      "critical",
      "Your mirror cannot be complete: Shopify does not let Counterfoil read orders",
    ],
    [
      { code: "incomplete", resources: ["orders"] },
      "warning",
      "Your mirror is not complete: the last sync of orders came up short",
    ],
    [{ code: "paused", resources: ["orders"] }, "warning", "The sync of orders is paused"],
    [
      { code: "counts_differ", resources: ["orders"] },
      "warning",
      "Your mirror and Shopify count different numbers of orders",
    ],
  ];

  it.each(sentences)("%o is %s and says what is the case", (headline, tone, sentence) => {
    expect(plain(headlineSentence(headline, here))).toBe(sentence);
    expect(headlineTone(headline)).toBe(tone);
    expect(headlineDetail(headline, here)).toMatch(/\.$/);
  });

  it("is spoken without the figures that change all the time", () => {
    const spoken = (percent: number) => spokenHeadline({ code: "first_sync", percent, queued: false }, here);
    expect(spoken(1)).toBe(spoken(99));
    expect(spokenHeadline({ code: "complete", lagMs: 5 }, here)).toBe(
      spokenHeadline({ code: "complete", lagMs: 9_000 }, here),
    );
    expect(spokenHeadline({ code: "blocked", resources: ["orders"] }, here)).toContain("orders");
  });
});

describe("a resource's state", () => {
  const states: readonly (readonly [State, string, string])[] = [
    [{ code: "up_to_date" }, "Up to date", "Complete when last verified; webhooks since then are applied."],
    [{ code: "never_synced" }, "Never synced", "Not copied yet."],
    [{ code: "syncing", percent: 43, queued: false }, "Syncing 43%", "Being copied from Shopify."],
    [{ code: "syncing", percent: null, queued: false }, "Syncing", "Being copied from Shopify."],
    [{ code: "syncing", percent: null, queued: true }, "Starting", "Being copied from Shopify."],
    [
      { code: "failing", since: before(3_600_000), errorCode: "ACCESS_DENIED", detail: null },
      "Failing",
      "Failing since 8:02 AM: Shopify does not let Counterfoil read this.",
    ],
    [
      { code: "blocked", errorCode: "ACCESS_DENIED", detail: null },
      "No access",
      "Shopify does not let Counterfoil read this.",
    ],
    [
      { code: "behind", because: { code: "waiting", count: 1, oldestAt: before(12_000) } },
      "Behind",
      "1 change waits to be copied, for 12 s.",
    ],
    [
      { code: "behind", because: { code: "waiting", count: 1_204, oldestAt: before(95_000) } },
      "Behind",
      "1,204 changes wait to be copied, the oldest for 1 min.",
    ],
    [
      { code: "behind", because: { code: "incomplete", missing: 12 } },
      "Behind",
      "The last sync ended 12 records short.",
    ],
    [
      { code: "behind", because: { code: "incomplete", missing: null } },
      "Behind",
      "The last sync ended before everything was copied.",
    ],
    [
      { code: "behind", because: { code: "counts_differ", missing: 2 } },
      "Behind",
      "Shopify counts 2 more than are here.",
    ],
    [
      { code: "behind", because: { code: "counts_differ", missing: -2 } },
      "Behind",
      "Shopify counts 2 fewer than are here.",
    ],
    [{ code: "behind", because: { code: "paused", percent: 43 } }, "Behind", "The sync is paused at 43%."],
    [{ code: "behind", because: { code: "paused", percent: null } }, "Behind", "The sync is paused."],
  ];

  it.each(states)("%o reads %s", (state, badge, sentence) => {
    expect(badgeOf(state, here).text).toBe(badge);
    expect(plain(stateSentence(state, here))).toBe(sentence);
  });
});

describe("a run's progress", () => {
  it("says phase, figures, rate and time left, as far as they are known", () => {
    expect(plain(progressSentence(run.of(), here))).toBe(
      "Copying · 924 of 2,148 · 312 a second · about 3 s left",
    );
    expect(plain(progressSentence(run.of({ etaMs: 400 }), here))).toContain("almost done");
    expect(plain(progressSentence(run.uncounted(), here))).toBe("Shopify is preparing the data");
    expect(plain(progressSentence(run.of({ total: null, perSecond: null, etaMs: null }), here))).toBe(
      "Copying · 924 so far",
    );
    expect(plain(progressSentence(run.queued(), here))).toBe("Waiting for its turn · 0 of 2,148");
  });

  it("has words even for a phase that is new", () => {
    expect(plain(progressSentence(run.of({ phase: "toString" }), here))).toMatch(/^Running · /);
  });
});

describe("a run that ended", () => {
  it("says how, and who started it", () => {
    expect(runTitle(run.of(), here.t)).toBe("Full sync of orders");
    expect(plain(runOutcome(run.verified(), here))).toBe("2,148 copied and verified in 11 s");
    expect(plain(runOutcome(run.incomplete(), here))).toBe(
      "2,146 of 2,148 copied in 12 s · 2 could not be copied",
    );
    expect(plain(runOutcome(run.failed(), here))).toBe("Shopify does not let Counterfoil read this.");
    expect(startedByWords("user:42", here.t)).toBe("Started by hand");
    expect(startedByWords("robot", here.t)).toBe("Started by robot");
  });
});

describe("causes", () => {
  it("each say what happened and what to do, in sentences", () => {
    for (const code of Object.keys(en.cause)) {
      const { what, todo } = causeOf(code, here.t);
      expect(`${what} ${todo}`).toMatch(/\. .+\.$/);
    }
  });

  it("of an unknown code name it and still say what to do", () => {
    expect(causeOf("BRAND_NEW", here.t)).toEqual({
      what: "Something went wrong: BRAND_NEW.",
      todo: "Press Sync now. If it happens again, give the details to whoever runs Counterfoil for you.",
    });
    expect(resourceTitle("metaobjects", here.t)).toBe("Other");
  });
});
