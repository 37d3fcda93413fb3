// How one thing stands, in a sentence on top of its page, as the Overview says it of the whole mirror.
import { Icon, Text } from "@shopify/polaris";
import { AlertDiamondIcon, AlertTriangleIcon, CheckIcon, InfoIcon } from "@shopify/polaris-icons";
import type { ReactNode } from "react";
import type { Tone } from "./words.ts";

const ICONS = {
  success: CheckIcon,
  info: InfoIcon,
  warning: AlertTriangleIcon,
  critical: AlertDiamondIcon,
};

export interface VerdictProps {
  readonly tone: Tone;
  readonly title: string;
  /** Stands at the end of the title's line. */
  readonly aside?: ReactNode;
  readonly children?: ReactNode;
}

export function Verdict({ tone, title, aside, children }: VerdictProps) {
  return (
    <section className={`cf-headline cf-headline--${tone}${aside ? "" : " cf-verdict"}`}>
      <span className="cf-headline__mark">
        <Icon source={ICONS[tone]} tone={tone} />
      </span>
      <div className="cf-headline__words">
        <Text as="h2" variant="headingMd">
          {title}
        </Text>
        {children}
      </div>
      {aside && <div className="cf-headline__live">{aside}</div>}
    </section>
  );
}
