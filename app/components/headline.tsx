// The one sentence on top, what it means, and whether the page is live.
import { Icon, Text, Tooltip } from "@shopify/polaris";
import { AlertDiamondIcon, AlertTriangleIcon, CheckIcon, RefreshIcon } from "@shopify/polaris-icons";
import type { Headline as HeadlineCode } from "#app/status/state.ts";
import type { LiveState } from "./live.ts";
import { useNow, useReader } from "./reader.tsx";
import { headlineDetail, headlineSentence, headlineTone, spokenHeadline } from "./words.ts";
import type { Tone } from "./words.ts";

const ICONS = {
  success: CheckIcon,
  info: RefreshIcon,
  warning: AlertTriangleIcon,
  critical: AlertDiamondIcon,
};

/** "away" is "polling" that is not answered either. */
export type LiveSign = LiveState | "away";

export function Headline({
  headline,
  live,
  at,
}: {
  readonly headline: HeadlineCode;
  readonly live: LiveSign;
  readonly at: Date;
}) {
  const reading = { ...useReader(), now: useNow() };
  const tone: Tone = headlineTone(headline);
  return (
    <section className={`cf-headline cf-headline--${tone}`}>
      <span className="cf-headline__mark">
        <Icon source={ICONS[tone]} tone={tone} />
      </span>
      <div className="cf-headline__words">
        <Text as="h1" variant="headingLg">
          <span className="cf-number">{headlineSentence(headline, reading)}</span>
        </Text>
        <Text as="p" tone="subdued">
          {headlineDetail(headline, reading)}
        </Text>
        <Text as="span" visuallyHidden>
          <span role="status">{spokenHeadline(headline, reading)}</span>
        </Text>
      </div>
      <div className="cf-headline__live">
        <LiveIndicator state={live} at={at} />
      </div>
    </section>
  );
}

export function LiveIndicator({ state, at }: { readonly state: LiveSign; readonly at: Date }) {
  const { t, formats } = useReader();
  const now = useNow();
  return (
    <Tooltip content={t(`live.hint.${state}`, { ago: formats.ago(at, now) })}>
      {/* Focusable, so that the explanation can be reached without a mouse. */}
      <span className={`cf-live cf-live--${state}`} tabIndex={0}>
        <span className="cf-live__dot" aria-hidden="true" />
        <Text as="span" variant="bodySm">
          {t(`live.${state}`)}
        </Text>
      </span>
    </Tooltip>
  );
}
