// A card whose corners are drawn by CSS alone. Polaris's Card learns the screen's width only after hydration, so its
// corners would jump on every load.
import { Text } from "@shopify/polaris";
import type { ReactNode } from "react";

export interface PanelProps {
  readonly title: string;
  /** Stands at the end of the title's line. */
  readonly aside?: ReactNode;
  /** The body brings its own padding: for tables that reach the edges. */
  readonly isFlush?: boolean;
  /** The title is for screen readers only. */
  readonly isTitleHidden?: boolean;
  readonly children: ReactNode;
}

export function Panel({ title, aside, isFlush = false, isTitleHidden = false, children }: PanelProps) {
  return (
    <section className="cf-panel">
      <div className={isTitleHidden ? undefined : "cf-panel__head"}>
        <Text as="h2" variant="headingMd" visuallyHidden={isTitleHidden}>
          {title}
        </Text>
        {aside}
      </div>
      <div className={isFlush ? undefined : "cf-panel__body"}>{children}</div>
    </section>
  );
}
