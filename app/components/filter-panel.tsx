// The filters of a list. At phone width they are folded away behind one button that tells how many are in use, so that
// the list itself is what is seen first.
import { Button } from "@shopify/polaris";
import { useId, useState } from "react";
import type { ReactNode } from "react";
import { Panel } from "./panel.tsx";
import { useReader } from "./reader.tsx";

export interface FilterPanelProps {
  readonly title: string;
  /** How many filters narrow the list now. */
  readonly active: number;
  readonly children: ReactNode;
}

export function FilterPanel({ title, active, children }: FilterPanelProps) {
  const { t, formats } = useReader();
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  return (
    <Panel title={title} isTitleHidden>
      <div className="cf-fold__press">
        <Button
          fullWidth
          textAlign="start"
          disclosure={isOpen ? "up" : "down"}
          ariaExpanded={isOpen}
          ariaControls={id}
          onClick={() => setOpen(!isOpen)}
        >
          {active === 0 ? t("filters.none") : t("filters.active", { shown: formats.number(active) })}
        </Button>
      </div>
      <div id={id} className={isOpen ? undefined : "cf-fold__shut"}>
        {children}
      </div>
    </Panel>
  );
}
