// The one sentence on top, what it means, and whether the page is live.
import { Icon, Link, Text, Tooltip } from "@shopify/polaris";
import { AlertDiamondIcon, AlertTriangleIcon, CheckIcon, RefreshIcon } from "@shopify/polaris-icons";
import type { Headline as HeadlineCode } from "#app/status/headline.ts";
import type { LiveState } from "./live.ts";
import { useNow, useReader } from "./reader.tsx";
import { headlineDetail, headlineSentence, headlineTone, spokenHeadline } from "./words.ts";
import type { Tone } from "./words.ts";

const ICONS = {
  success: CheckIcon,
  info: RefreshIcon,
  warning: AlertTriangleIcon,
  critical: AlertDiamondIcon,
  away: AlertTriangleIcon,
};

/** Where a headline leads whose remedy is on another page. */
const WAYS = {
  unworked: "/app/queue",
  held_deliveries: "/app/queue",
  held_runs: "/app/queue",
  held_confirmations: "/app/queue",
  parked: "/app/webhooks/deliveries?state=parked",
  flawed: "/app/errors",
} as const;

const isWay = (code: string): code is keyof typeof WAYS => Object.hasOwn(WAYS, code);

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
  const now = useNow();
  // What was true is said as it was then, with its age: nobody knows what is the case now.
  const isAway = live === "away";
  const reading = { ...useReader(), now: isAway ? at : now };
  const { t, formats } = reading;
  const sentence = headlineSentence(headline, reading);
  const tone: Tone | "away" = isAway ? "away" : headlineTone(headline);
  const { code } = headline;
  return (
    <section className={`cf-headline cf-headline--${tone}`}>
      <span className="cf-headline__mark">
        <Icon source={ICONS[tone]} tone={tone === "away" ? "subdued" : tone} />
      </span>
      <div className="cf-headline__words">
        <Text as="h1" variant="headingLg">
          <span className="cf-number">
            {isAway ? t("headline.lastKnown", { ago: formats.ago(at, now), sentence }) : sentence}
          </span>
        </Text>
        <Text as="p" tone="subdued">
          {isAway ? t("failure.notKnown") : headlineDetail(headline, reading)}
        </Text>
        {!isAway && isWay(code) && <Link url={WAYS[code]}>{t(`headlineGo.${code}`)}</Link>}
        <Text as="span" visuallyHidden>
          <span role="status">{isAway ? t("spoken.away") : spokenHeadline(headline, reading)}</span>
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
