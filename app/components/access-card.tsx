// The access doctor: what Counterfoil may read, check by check, each with its fix where something is missing.
import { Badge, Text } from "@shopify/polaris";
import type { ReactNode } from "react";
import type { Access, CheckState, ScopeCheck } from "#app/status/access.ts";
import { Panel } from "./panel.tsx";
import { Moment, useReader } from "./reader.tsx";
import { resourceTitle } from "./words.ts";

const TONES = { ok: "success", warning: "warning", critical: "critical", unknown: undefined } as const;

export function AccessCard({ access }: { readonly access: Access }) {
  const { t } = useReader();
  const { personal, scopes } = access;
  const isLacking = scopes.some(({ missing }) => missing.length > 0);
  return (
    <div id="access">
      <Panel title={t("access.title")}>
        <ul className="cf-list">
          <Check
            name={t("access.scopes.name")}
            state={isLacking ? "critical" : "ok"}
            todo={isLacking ? t("access.scopes.todo") : null}
          >
            <ScopeWords scopes={scopes} />
          </Check>
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

function ScopeWords({ scopes }: { readonly scopes: readonly ScopeCheck[] }) {
  const { t, formats } = useReader();
  const lacking = scopes.filter(({ missing }) => missing.length > 0);
  return (
    <>
      {lacking.length === 0
        ? t("access.scopes.ok", { count: scopes.length })
        : lacking.map(({ resource, missing }) => (
            <p key={resource}>
              {t("access.scopes.missing", {
                resource: resourceTitle(resource, t),
                scopes: formats.list(missing),
              })}
            </p>
          ))}
      <details className="cf-details">
        <summary>{t("access.scopes.detail")}</summary>
        <dl className="cf-facts cf-facts--wide">
          {scopes.map(({ resource, needed }) => (
            <div key={resource} className="cf-pair">
              <dt>{resourceTitle(resource, t)}</dt>
              <dd>{needed.join(", ")}</dd>
            </div>
          ))}
        </dl>
      </details>
    </>
  );
}

function HistoryCheck({ access: { history } }: { readonly access: Access }) {
  const { t, formats } = useReader();
  const { isWhole, oldestAt } = history;
  const words = isWhole ? "ok" : "warning";
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

function TokenCheck({ access: { token } }: { readonly access: Access }) {
  const { t, formats } = useReader();
  const state = token.state === "unknown" ? "ok" : token.state;
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
  const state = version.state === "unknown" ? "ok" : version.state;
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
