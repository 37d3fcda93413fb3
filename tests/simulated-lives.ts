/** Seeds from 1 on that the tests live: as many as a busy machine lives in two or three minutes; more by `npm run simulate`. */
export const LIVES = 60;
