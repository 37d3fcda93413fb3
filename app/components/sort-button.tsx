// How a list is sorted: a button that opens what it can be sorted by and which way, as Polaris's index filters have it, and
// headings of a table that do the same. What is chosen stands in the list's address; this only asks for it.
import { Button, ChoiceList, Icon, Popover } from "@shopify/polaris";
import { ArrowDownIcon, ArrowUpIcon, SortIcon } from "@shopify/polaris-icons";
import { useState } from "react";
import { WAYS, partsOf } from "#app/status/sorts.ts";
import type { Sort, Way } from "#app/status/sorts.ts";
import { useReader } from "./reader.tsx";

/** What a list can be sorted by. */
export interface SortChoice<Key extends string> {
  readonly key: Key;
  readonly label: string;
  /** Says what first and last mean. */
  readonly kind: "time" | "number" | "text";
  readonly hint?: string;
}

export interface SortButtonProps<Key extends string> {
  readonly choices: readonly SortChoice<Key>[];
  readonly sort: Sort<NoInfer<Key>>;
  readonly onSort: (sort: Sort<NoInfer<Key>>) => void;
}

export function SortButton<Key extends string>(props: SortButtonProps<Key>) {
  const { t } = useReader();
  const [isOpen, setOpen] = useState(false);
  const { key, way } = partsOf(props.sort);
  const chosen = props.choices.find((choice) => choice.key === key);
  if (!chosen) return null;
  return (
    <div className="cf-sort__button">
      <Popover
        active={isOpen}
        onClose={() => setOpen(false)}
        preferredAlignment="right"
        autofocusTarget="first-node"
        ariaHaspopup="dialog"
        activator={
          <Button icon={SortIcon} onClick={() => setOpen(!isOpen)}>
            {t("sorts.button", { by: chosen.label, way: t(`sorts.${chosen.kind}.${way}`) })}
          </Button>
        }
      >
        <SortChoices {...props} />
      </Popover>
    </div>
  );
}

/** What can be chosen: a list can be turned round, and where it can be sorted by more than one thing, that too. */
export function SortChoices<Key extends string>({ choices, sort, onSort }: SortButtonProps<Key>) {
  const { t } = useReader();
  const { key, way } = partsOf(sort);
  const kind = choices.find((choice) => choice.key === key)?.kind ?? "number";
  return (
    <div role="dialog" aria-label={t("sorts.by")}>
      {choices.length > 1 && (
        <div className="cf-sort__keys">
          <ChoiceList
            title={t("sorts.by")}
            choices={choices.map(({ key: value, label, hint }) => ({
              value,
              label,
              ...(hint === undefined ? {} : { helpText: hint }),
            }))}
            selected={[key]}
            onChange={([wanted]) => onSort(`${wanted as Key}-${way}`)}
          />
        </div>
      )}
      <div className="cf-sort__ways" role="group" aria-label={t("sorts.order")}>
        {WAYS.map((each) => (
          <Button
            key={each}
            fullWidth
            textAlign="start"
            variant="tertiary"
            icon={arrowOf(each)}
            pressed={each === way}
            onClick={() => onSort(`${key}-${each}`)}
          >
            {t(`sorts.${kind}.${each}`)}
          </Button>
        ))}
      </div>
    </div>
  );
}

export interface SortHeadingProps<Key extends string> extends Omit<SortButtonProps<Key>, "choices"> {
  readonly choice: SortChoice<Key>;
  readonly className?: string | undefined;
}

/** The heading of a column: a first press sorts by it, what people look for most on top; another one turns it round. */
export function SortHeading<Key extends string>({ choice, sort, onSort, className }: SortHeadingProps<Key>) {
  const { key, way } = partsOf(sort);
  const isSorted = key === choice.key;
  const first: Way = choice.kind === "text" ? "asc" : "desc";
  const next: Way = isSorted ? (way === "asc" ? "desc" : "asc") : first;
  return (
    <th
      role="columnheader"
      scope="col"
      className={className}
      {...(isSorted ? { "aria-sort": way === "asc" ? ("ascending" as const) : ("descending" as const) } : {})}
    >
      <button type="button" className="cf-sort" onClick={() => onSort(`${choice.key}-${next}`)}>
        <span>{choice.label}</span>
        <span className={isSorted ? "cf-sort__arrow" : "cf-sort__arrow cf-sort__arrow--other"}>
          <Icon source={arrowOf(isSorted ? way : first)} />
        </span>
      </button>
      {/* At phone width headings are for screen readers only, and nothing there can be pressed unseen. */}
      <span className="cf-sort__plain">{choice.label}</span>
    </th>
  );
}

function arrowOf(way: Way) {
  return way === "asc" ? ArrowUpIcon : ArrowDownIcon;
}
