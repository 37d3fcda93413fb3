/**
 * The app's standing in the shop: installed or not, with which scopes, approved for which protected data, and the
 * tokens it holds. Tokens die with the install. What is here survives a restart when a directory is given.
 */
import type { AppConfig } from "../app-config.ts";
import { PROTECTED_SUBJECTS, type ProtectedSubject } from "../admin-api/access.ts";
import { keep, type Kept } from "../admin-api/kept.ts";
import type { Clock } from "../store/clock.ts";
import { hashHex } from "../store/chance.ts";
import { Tokens, type TokenRecord } from "./tokens.ts";

export interface AppIdentity extends Pick<
  AppConfig,
  "name" | "handle" | "applicationUrl" | "embedded" | "scopes" | "webhookApiVersion"
> {
  apiKey: string;
  apiSecret: string;
}

export interface Install {
  id: string;
  appId: string;
  app: AppIdentity;
  scopes: ReadonlySet<string>;
  approved: ReadonlySet<ProtectedSubject>;
  timesInstalled: number;
}

export interface InstallsOptions {
  app: AppIdentity;
  clock: Clock;
  seed: string;
  directory?: string;
  /** Life of expiring tokens; Shopify: one hour. */
  tokenLifeSeconds?: number;
  /** Told after every change of scopes while installed. */
  onScopes?: (change: { appId: string; previous: string[]; current: string[] }) => void;
  /** Told when the app has been removed; its tokens are dead by then. */
  onUninstalled?: () => void;
}

interface State {
  isInstalled: boolean;
  timesInstalled: number;
  scopes: string[];
  approved: ProtectedSubject[];
  tokens: { issued: number; records: TokenRecord[] };
}

const APP_ID_DIGITS = 10;

export class Installs {
  readonly app: AppIdentity;
  readonly appId: string;
  readonly tokens: Tokens;
  readonly #options: InstallsOptions;
  readonly #kept: Kept<State>;
  #state: State;

  constructor(options: InstallsOptions) {
    this.app = options.app;
    this.#options = options;
    this.appId = String(
      1 + (Number.parseInt(hashHex(`app ${options.app.apiKey}`, 8), 16) % 10 ** APP_ID_DIGITS),
    );
    this.#kept = keep<State>(options.directory, "installs.json");
    this.#state = this.#kept.load() ?? {
      isInstalled: false,
      timesInstalled: 0,
      scopes: [],
      approved: [...PROTECTED_SUBJECTS],
      tokens: { issued: 0, records: [] },
    };
    this.tokens = new Tokens({
      clock: options.clock,
      seed: options.seed,
      lifeSeconds: options.tokenLifeSeconds,
      state: this.#state.tokens,
      onChange: () => this.#save(),
    });
  }

  get appName(): string {
    return this.app.name;
  }

  /** Null while the app is not installed. */
  current(): Install | null {
    if (!this.#state.isInstalled) return null;
    return {
      id: String(BigInt(this.appId) * 1000n + BigInt(this.#state.timesInstalled)),
      appId: this.appId,
      app: this.app,
      scopes: new Set(this.#state.scopes),
      approved: new Set(this.#state.approved),
      timesInstalled: this.#state.timesInstalled,
    };
  }

  /** The install that an access token belongs to; null for a wrong, expired or revoked one. */
  byToken(accessToken: string | null): Install | null {
    return accessToken !== null && this.tokens.isValid(accessToken) ? this.current() : null;
  }

  /** Managed installation: at the first opening of the app, with the scopes of its TOML. Tells the app nothing. */
  install(): void {
    if (this.#state.isInstalled) return;
    this.#state.isInstalled = true;
    this.#state.timesInstalled += 1;
    this.#state.scopes = [...this.app.scopes];
    this.#save();
  }

  uninstall(): void {
    if (!this.#state.isInstalled) return;
    this.#state.isInstalled = false;
    this.#state.scopes = [];
    this.tokens.revokeAll();
    this.#save();
    this.#options.onUninstalled?.();
  }

  grant(scopes: readonly string[]): void {
    const unknown = scopes.find((scope) => !/^(read|write|unauthenticated)_[a-z_]+$/.test(scope));
    if (unknown !== undefined) throw new Error(`There is no access scope "${unknown}"`);
    const previous = this.#state.scopes;
    this.#state.scopes = [...new Set(scopes)];
    this.#save();
    if (this.#state.isInstalled)
      this.#options.onScopes?.({ appId: this.appId, previous, current: this.#state.scopes });
  }

  /** All subjects, none, or the named ones. */
  approveProtectedData(approved: boolean | readonly ProtectedSubject[]): void {
    this.#state.approved =
      approved === true ? [...PROTECTED_SUBJECTS] : approved === false ? [] : [...approved];
    this.#save();
  }

  read(): { installed: boolean; scopes: readonly string[]; protectedData: boolean } {
    return {
      installed: this.#state.isInstalled,
      scopes: this.#state.scopes,
      protectedData: this.#state.approved.includes("customer_data"),
    };
  }

  #save(): void {
    this.#kept.save(this.#state);
  }
}
