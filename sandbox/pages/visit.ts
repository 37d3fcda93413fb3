// What a page gets and what it gives back: the contract between the doors (pages.ts) and the single pages.
import type { PagesOptions } from "#sandbox/pages/wiring.ts";
import type { Form } from "#sandbox/pages/form.ts";
import type { Part } from "#sandbox/pages/html.ts";

/** One request to one page. */
export type Visit = PagesOptions & {
  /** "/store/<handle>", without a slash at its end. */
  base: string;
  /** The page's own path, with `base`, without the query. */
  path: string;
  query: URLSearchParams;
  /** The parts of the path that the pattern names with a colon. */
  params: Readonly<Record<string, string>>;
  /** The submitted form; empty (`sent` is false) when the page is opened fresh. */
  form: Form;
};

/** A page as data: the doors put the frame, the flash and the shell around it. */
export type View = {
  title: string;
  /** Id of the navigation item in the shell. */
  active: string;
  back?: { href: string; label: string };
  badges?: Part;
  subtitle?: Part;
  actions?: Part;
  body: Part;
};

/** Where to go after an act, and what to say there. */
export type Done = { to: string; said: string };

/** One path of the admin. `show` answers GET, null means that there is no such record; `act` answers POST. */
export type Room = {
  show?: (visit: Visit) => View | null;
  act?: (visit: Visit) => Done | Promise<Done>;
  /** The page with the form, shown again with its problems when the act is refused; default `show`. */
  again?: (visit: Visit) => View | null;
  /** Which form field an input path of the act is typed into, where the names differ. */
  fields?: Readonly<Record<string, string>>;
};

/** Paths below /store/<handle>, with ":name" for a part that varies. */
export type Rooms = Readonly<Record<string, Room>>;
