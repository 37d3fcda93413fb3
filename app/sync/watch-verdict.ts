// Whether changes that nobody announced are a silence. Not each is one: Shopify moves some records without any news (tags
// and consents of customers, what a rule puts into a collection), and loses a webhook now and then. So what came unannounced
// is held against how it usually is in this shop. Pure.

/** Records that changed in a period, and how many of them no webhook told of. */
export interface Told {
  readonly changed: number;
  readonly untold: number;
}

/** What is less probable than this is no coincidence. A look every few minutes would meet it once in days. */
const CHANCE_MAX = 0.001;
/** A silence that was proven needs less to be over: a mistake is found out by the next looks. */
const OVER_CHANCE_MAX = 0.05;

/** As if so many changes had been seen before the first; of these so many untold. */
const BEFORE_ANY = 10;
const UNTOLD_BEFORE_ANY = { rarely: 0.5, often: 9.5 } as const;
/** However well it went so far: one lost webhook is no silence, two in a row are. */
const USUAL_MIN = 0.01;

/** The share of changes that usually comes without news, from what was seen; cautious while that is little. */
export function usualShare({ changed, untold }: Told, isPartlyTold: boolean): number {
  const before = UNTOLD_BEFORE_ANY[isPartlyTold ? "often" : "rarely"];
  return Math.max(USUAL_MIN, (untold + before) / (changed + BEFORE_ANY));
}

export type Verdict = "silent" | "usual" | "unclear";

/** `unclear`: more than usual, but so few that it may be chance; more of the same will tell. */
export function verdictOn(told: Told, usual: number): Verdict {
  if (told.untold === 0 || shareOf(told) <= usual) return "usual";
  return chanceOf(told, usual) <= CHANCE_MAX ? "silent" : "unclear";
}

/** So much was told of that a silence of this kind cannot last. Of a total one, the first news disproves it. */
export function isDisproved(told: Told, silence: Told): boolean {
  const share = silence.changed === 0 ? 1 : shareOf(silence);
  return told.changed > 0 && shareOf(told) < share && chanceOf(told, share) <= OVER_CHANCE_MAX;
}

const shareOf = ({ changed, untold }: Told) => untold / changed;

/**
 * Chernoff's bound on how probable it is that a share lies so far from the usual one, or farther, on its side. Exact where
 * all or none were told: of n changes none, usually a share s untold, it is sⁿ.
 */
function chanceOf(told: Told, usual: number): number {
  const share = shareOf(told);
  return Math.exp(-told.changed * (term(share, usual) + term(1 - share, 1 - usual)));
}

const term = (found: number, usual: number) => (found === 0 ? 0 : found * Math.log(found / usual));
