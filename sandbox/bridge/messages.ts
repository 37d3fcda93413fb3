// What App Bridge (in the app's frame) and the admin's shell (around it) say to each other by postMessage. Types only.

export interface NavLink {
  readonly label: string;
  readonly href: string;
  /** The app's landing page: shown as the app's own name, not as a link below it. */
  readonly isHome: boolean;
}

export interface ActionButton {
  readonly id: string;
  readonly label: string;
  readonly variant: "primary" | "breadcrumb" | null;
  readonly tone: "critical" | null;
  readonly isDisabled: boolean;
  readonly isLoading: boolean;
  /** Label of the menu it stands in. */
  readonly group: string | null;
}

export interface Toast {
  readonly id: string;
  readonly message: string;
  readonly durationMs: number;
  readonly isError: boolean;
  readonly action: string | null;
}

/** Said by the app's frame, no answer expected. */
export interface BridgeNews {
  /** The app's address changed: path and search without what the admin added. */
  navigated: { readonly path: string };
  "nav-menu": { readonly links: readonly NavLink[] };
  "title-bar": { readonly title: string | null; readonly actions: readonly ActionButton[] };
  "save-bar": {
    readonly id: string;
    readonly isShown: boolean;
    readonly save: ActionButton | null;
    readonly discard: ActionButton | null;
    readonly asksBeforeDiscard: boolean;
  };
  loading: { readonly isLoading: boolean };
  toast: Toast;
  "toast-hide": { readonly id: string };
  /** A modal covers the app: the shell dims the rest. */
  veil: { readonly isShown: boolean };
  /** Leave the frame: an admin page (`shopify://admin/…`) or any address. */
  open: { readonly url: string; readonly target: string };
}

/** Asked by the app's frame; the answer comes under the same id. */
export interface BridgeQuestions {
  "id-token": { readonly question: null; readonly answer: string };
  user: { readonly question: null; readonly answer: { readonly accountAccess: string } };
  scopes: {
    readonly question: null;
    readonly answer: { readonly granted: string[]; readonly required: string[]; readonly optional: string[] };
  };
  /** May the page be left although the save bar is shown? Answers when the person agreed or there is nothing to lose. */
  "leave-confirmation": { readonly question: null; readonly answer: null };
}

/** Said by the shell to the app's frame. */
export interface ShellNews {
  /** A link of the app in the sidebar was clicked. */
  navigate: { readonly href: string };
  "title-bar-click": { readonly id: string };
  "save-bar-click": { readonly id: string };
  "toast-action": { readonly id: string };
  "toast-dismiss": { readonly id: string };
}

export type BridgeEnvelope = {
  readonly from: "app-bridge";
  readonly type: keyof BridgeNews | keyof BridgeQuestions;
  /** Set on questions. */
  readonly id?: string;
  readonly payload: unknown;
};

export type ShellEnvelope =
  | { readonly from: "admin"; readonly type: keyof ShellNews; readonly payload: unknown }
  | {
      readonly from: "admin";
      readonly type: "answer";
      readonly id: string;
      readonly payload?: unknown;
      readonly error?: string;
    };
