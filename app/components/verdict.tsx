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
  readonly children?: ReactNode;
}

export function Verdict({ tone, title, children }: VerdictProps) {
  return (
    <section className={`cf-headline cf-verdict cf-headline--${tone}`}>
      <span className="cf-headline__mark">
        <Icon source={ICONS[tone]} tone={tone} />
      </span>
      <div className="cf-headline__words">
        <Text as="h2" variant="headingMd">
          {title}
        </Text>
        {children}
      </div>
    </section>
  );
}
