// The saved views of a list, as tabs above it: each is a link to the list with its filters. The present filters can be
// saved, the shown view renamed, shared or deleted, and a deletion taken back.
import { Link, useFetcher } from "@remix-run/react";
import { useAppBridge } from "@shopify/app-bridge-react";
import {
  BlockStack,
  Button,
  Checkbox,
  InlineError,
  InlineStack,
  Popover,
  Text,
  TextField,
} from "@shopify/polaris";
import { useEffect, useState } from "react";
import type { ReactNode } from "react";
import { VIEW_NAME_CHARS_MAX, viewQuery } from "#app/status/view-lists.ts";
import type { SavedView, ViewList } from "#app/status/view-lists.ts";
import type { en } from "#app/texts/en.ts";
import { useReader } from "./reader.tsx";

export interface ViewsAnswer {
  readonly outcome: keyof typeof en.views.said;
  readonly id: string;
  readonly name: string;
}

export interface SavedViewsProps {
  readonly list: ViewList;
  /** Address of the list, without filters. */
  readonly path: string;
  /** The filters that are shown now. */
  readonly query: string | URLSearchParams;
  readonly views: readonly SavedView[];
}

const DONE: ReadonlySet<string> = new Set(["saved", "changed", "deleted", "restored"]);

export function SavedViews({ list, path, query, views }: SavedViewsProps) {
  const { t } = useReader();
  const shown = viewQuery(query);
  const current = views.find((view) => viewQuery(view.query) === shown);
  const [open, setOpen] = useState<string | null>(null);
  const act = useViewsAct(() => setOpen(null));
  const key = current ? `edit ${current.id}` : "save";
  // One tab alone leads nowhere.
  if (views.length === 0 && shown === "") return null;
  return (
    <div className="cf-views">
      <nav aria-label={t("views.label")} className="cf-tabs cf-views__tabs">
        <Tab to={path} isShown={shown === ""}>
          {t("views.all")}
        </Tab>
        {views.map((view) => (
          <Tab key={view.id} to={`${path}?${view.query}`} isShown={view === current}>
            {view.name}
            {!view.isShared && (
              <>
                <span aria-hidden="true"> ·</span>
                <Text as="span" visuallyHidden>
                  {` (${t("views.own")})`}
                </Text>
              </>
            )}
          </Tab>
        ))}
      </nav>
      {(current !== undefined || shown !== "") && (
        <Popover
          active={open === key}
          onClose={() => setOpen(null)}
          preferredAlignment="right"
          ariaHaspopup="dialog"
          activator={
            <Button
              size="slim"
              variant="tertiary"
              disclosure={open === key ? "up" : "down"}
              onClick={() => {
                act.forget();
                setOpen(open === key ? null : key);
              }}
            >
              {current ? t("views.edit") : t("views.save")}
            </Button>
          }
        >
          <ViewForm
            key={key}
            view={current ?? null}
            error={act.error}
            isBusy={act.isBusy}
            onKeep={(name, isShared) => {
              const fields = { name, shared: isShared ? "yes" : "no" };
              act.send(
                current
                  ? { act: "change", id: current.id, ...fields }
                  : { act: "save", list, query: shown, ...fields },
              );
            }}
            onDelete={current ? () => act.send({ act: "delete", id: current.id, name: current.name }) : null}
          />
        </Popover>
      )}
    </div>
  );
}

function Tab({ to, isShown, children }: { to: string; isShown: boolean; children: ReactNode }) {
  return (
    <Link to={to} className="cf-tab" {...(isShown ? { "aria-current": "page" } : {})}>
      {children}
    </Link>
  );
}

export interface ViewFormProps {
  /** Null: a new one. */
  readonly view: SavedView | null;
  readonly error: string | null;
  readonly isBusy: boolean;
  readonly onKeep: (name: string, isShared: boolean) => void;
  readonly onDelete: (() => void) | null;
}

export function ViewForm({ view, error, isBusy, onKeep, onDelete }: ViewFormProps) {
  const { t } = useReader();
  const [name, setName] = useState(view?.name ?? "");
  const [isShared, setShared] = useState(view?.isShared ?? true);
  return (
    <form
      className="cf-views__form"
      aria-label={view ? t("views.editTitle", { name: view.name }) : t("views.saveTitle")}
      onSubmit={(event) => {
        event.preventDefault();
        onKeep(name, isShared);
      }}
    >
      <BlockStack gap="300">
        <TextField
          label={t("views.name")}
          autoComplete="off"
          autoFocus
          maxLength={VIEW_NAME_CHARS_MAX}
          value={name}
          onChange={setName}
        />
        <Checkbox
          label={t("views.share")}
          helpText={t("views.shareHint")}
          checked={isShared}
          onChange={setShared}
        />
        {error !== null && (
          <div role="alert">
            <InlineError message={error} fieldID="view-error" />
          </div>
        )}
        <InlineStack gap="200" align="space-between">
          <Button submit variant="primary" loading={isBusy} disabled={name.trim() === ""}>
            {t("views.keep")}
          </Button>
          {onDelete && (
            <Button variant="plain" tone="critical" disabled={isBusy} onClick={onDelete}>
              {t("views.delete")}
            </Button>
          )}
        </InlineStack>
      </BlockStack>
    </form>
  );
}

/** Sends an act to the door of views and says what became of it; a deletion with the way back. */
function useViewsAct(onDone: () => void) {
  const { t } = useReader();
  // Not taken apart here: while the server renders, reading anything of App Bridge throws.
  const bridge = useAppBridge();
  const { data, state, submit } = useFetcher<ViewsAnswer>();
  const send = (fields: Readonly<Record<string, string>>): void => {
    if (state === "idle") submit({ ...fields }, { method: "post", action: "/app/views" });
  };
  // What an earlier press was refused for says nothing of the form that is opened next.
  const [forgotten, setForgotten] = useState<ViewsAnswer | undefined>(undefined);
  const isDone = data !== undefined && DONE.has(data.outcome);

  useEffect(() => {
    if (!data || !isDone) return;
    const words = t(`views.said.${data.outcome}`, { name: data.name });
    if (data.outcome === "deleted") {
      const undo = () => submit({ act: "restore", id: data.id }, { method: "post", action: "/app/views" });
      bridge.toast.show(words, { action: t("views.undo"), onAction: undo });
    } else bridge.toast.show(words);
    onDone();
    // Said once per answer.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [data]);

  return {
    send,
    isBusy: state !== "idle",
    forget: () => setForgotten(data),
    error:
      data && data !== forgotten && !isDone && state === "idle"
        ? t(`views.said.${data.outcome}`, { name: data.name })
        : null,
  };
}
