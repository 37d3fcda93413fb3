// The access doctor: what Counterfoil may read, check by check, each with its fix where something is missing.
import { Badge, Link, Text } from "@shopify/polaris";
import { Fragment } from "react";
import type { ReactNode } from "react";
import type { Access, CheckState, ScopeCheck } from "#app/status/access.ts";
import { Panel } from "./panel.tsx";
import { Moment, useReader } from "./reader.tsx";
import { resourceTitle } from "./words.ts";

const TONES = {
  ok: "success",
  warning: "warning",
  critical: "critical",
  unknown: undefined,
  off: undefined,
} as const;

export function AccessCard({ access }: { readonly access: Access }) {
  const { t } = useReader();
  const { personal } = access;
  return (
    <div id="access">
      <Panel title={t("access.title")}>
        <ul className="cf-list">
          <ScopesCheck scopes={access.scopes} />
          <Check
            name={t("access.personal.name")}
            state={personal.state}
            todo={personal.state === "warning" ? t("access.personal.todo") : null}
          >
            {t(`access.personal.${personal.state === "critical" ? "warning" : personal.state}`)}
          </Check>
          <HistoryCheck access={access} />
          <TokenCheck access={access} />
          <VersionCheck access={access} />
        </ul>
      </Panel>
    </div>
  );
}

interface CheckProps {
  readonly name: string;
  readonly state: CheckState;
  /** What to do about it; null where nothing is to be done. */
  readonly todo: string | null;
  readonly children: ReactNode;
}

function Check({ name, state, todo, children }: CheckProps) {
  const { t } = useReader();
  const tone = TONES[state];
  return (
    <li>
      <div className="cf-line">
        <Text as="h3" variant="headingSm">
          {name}
        </Text>
        <Badge {...(tone ? { tone } : {})}>{t(`access.state.${state}`)}</Badge>
      </div>
      <div className="cf-subdued">{children}</div>
      {todo !== null && <Text as="p">{t("errors.todo", { todo })}</Text>}
    </li>
  );
}

function ScopesCheck({ scopes }: { readonly scopes: readonly ScopeCheck[] }) {
  const { t } = useReader();
  const isLacking = scopes.some(({ missing }) => missing.length > 0);
  const isLimited = scopes.some(({ withheld }) => withheld.length > 0);
  return (
    <Check
      name={t("access.scopes.name")}
      state={isLacking ? "critical" : isLimited ? "warning" : "ok"}
      todo={isLacking || isLimited ? t("access.scopes.todo") : null}
    >
      <ScopeWords scopes={scopes} />
      {isLacking && <Link url="/app/settings">{t("access.scopes.settings")}</Link>}
      <details className="cf-details">
        <summary>{t("access.scopes.detail")}</summary>
        <dl className="cf-facts cf-facts--wide">
          {scopes.map(({ resource, needed, isOff }) => (
            <div key={resource} className="cf-pair">
              <dt>{resourceTitle(resource, t)}</dt>
              <dd>{isOff ? t("access.scopes.offNeeds") : needed.join(", ")}</dd>
            </div>
          ))}
        </dl>
      </details>
    </Check>
  );
}

function ScopeWords({ scopes }: { readonly scopes: readonly ScopeCheck[] }) {
  const { t, formats } = useReader();
  const asked = scopes.filter(({ isOff }) => !isOff);
  const off = scopes.filter(({ isOff }) => isOff);
  const isWhole = asked.every(({ missing }) => missing.length === 0);
  const named = (of: readonly ScopeCheck[]) =>
    formats.list(of.map(({ resource }) => resourceTitle(resource, t)));
  return (
    <>
      {isWhole && <p>{t("access.scopes.ok", { count: asked.length })}</p>}
      {asked.map(({ resource, missing, withheld }) => (
        <Fragment key={resource}>
          {missing.length > 0 && (
            <p>
              {t("access.scopes.missing", {
                resource: resourceTitle(resource, t),
                scopes: formats.list(missing),
              })}
            </p>
          )}
          {withheld.map(({ part, scope }) => (
            <p key={part}>
              {t("access.scopes.withheld", {
                resource: resourceTitle(resource, t),
                part: t(`settings.group.${part}` as "settings.group.publications"),
                scope,
              })}
            </p>
          ))}
        </Fragment>
      ))}
      {off.length > 0 && <p>{t("access.scopes.off", { count: off.length, resources: named(off) })}</p>}
    </>
  );
}

function HistoryCheck({ access: { history } }: { readonly access: Access }) {
  const { t, formats } = useReader();
  const { isWhole, oldestAt, isOff } = history;
  const words = isWhole ? "ok" : "warning";
  if (isOff) {
    return (
      <Check name={t("access.history.name")} state="off" todo={null}>
        {t("access.history.off")}
      </Check>
    );
  }
  return (
    <Check name={t("access.history.name")} state={words} todo={isWhole ? null : t("access.history.todo")}>
      {oldestAt ? (
        <Moment at={oldestAt}>{t(`access.history.${words}`, { at: formats.day(oldestAt) })}</Moment>
      ) : (
        t(`access.history.${words}None`)
      )}
    </Check>
  );
}

/** Tokens and versions are always known, and nobody can leave them out. */
const usual = (state: CheckState) => (state === "unknown" || state === "off" ? "ok" : state);

function TokenCheck({ access: { token } }: { readonly access: Access }) {
  const { t, formats } = useReader();
  const state = usual(token.state);
  const at = token.until ? formats.day(token.until) : "";
  const words =
    state === "ok" && !token.until ? t("access.token.okForever") : t(`access.token.${state}`, { at });
  return (
    <Check name={t("access.token.name")} state={state} todo={state === "ok" ? null : t("access.token.todo")}>
      {token.until ? <Moment at={token.until}>{words}</Moment> : words}
    </Check>
  );
}

function VersionCheck({ access: { version } }: { readonly access: Access }) {
  const { t, formats } = useReader();
  const { name, supportedUntil } = version;
  const state = usual(version.state);
  return (
    <Check
      name={t("access.version.name")}
      state={state}
      todo={state === "ok" ? null : t("access.version.todo")}
    >
      <Moment at={supportedUntil}>
        {t(`access.version.${state}`, { name, until: formats.day(supportedUntil) })}
      </Moment>
    </Check>
  );
}
