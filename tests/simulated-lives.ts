import { constants, setPriority } from "node:os";

/** Seeds from 1 on that the tests live, one second each where nothing else runs; more by `npm run simulate`. */
export const LIVES = 200;

/** Lives only calculate: they take what tests that wait for a page or a server leave of the processor. Before a crew begins. */
export function giveWay(): void {
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
}
