/** Seeds from 1 on that the tests live, one second each where nothing else runs; more by `npm run simulate`. */
export const LIVES = 200;
