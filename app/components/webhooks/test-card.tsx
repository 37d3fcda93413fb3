// The webhook test: a button, then the real change and our own delivery, each hop in milliseconds, and each check in a
// sentence.
import { Badge, BlockStack, Button, InlineStack, Link, Text } from "@shopify/polaris";
import { Ago, useReader } from "../reader.tsx";
import type { Tone } from "../words.ts";
import { checkWords, roundTripWords } from "./words.ts";
import type { RoundTripCode } from "./words.ts";

type Result = "ok" | "warning" | "failed" | "unknown";

/** As the webhook test answers. */
export interface TestView {
  readonly passed: boolean;
  readonly hops: readonly { readonly name: "answered" | "stored" | "settled"; readonly ms: number }[];
  readonly roundTrip: {
    readonly way: RoundTripCode["way"];
    readonly topic: string | null;
    readonly result: Result;
    readonly hops: readonly {
      readonly name: "changed" | "triggered" | "arrived" | "stored" | "answered" | "settled";
      readonly ms: number;
    }[];
  };
  readonly checks: readonly {
    readonly name: "address_https" | "reachable" | "api_version" | "secrets" | "scopes" | "delivery";
    readonly result: Result;
    readonly detail: string | null;
    readonly at: Date | null;
  }[];
}

const TONES: Readonly<Record<Result, Tone | undefined>> = {
  ok: "success",
  warning: "warning",
  failed: "critical",
  unknown: undefined,
};

export interface TestCardProps {
  readonly run: () => void;
  readonly isRunning: boolean;
  /** Null before the first; "unreachable" when it could not be started. */
  readonly result: TestView | "unreachable" | null;
}

export function TestCard({ run, isRunning, result }: TestCardProps) {
  const { t } = useReader();
  return (
    <BlockStack gap="300">
      <Text as="p" tone="subdued">
        {t("hooks.test.hint")}
      </Text>
      <InlineStack>
        <Button onClick={run} loading={isRunning}>
          {t("hooks.test.run")}
        </Button>
      </InlineStack>
      <div role="status">
        {isRunning && <p className="cf-faint">{t("hooks.test.running")}</p>}
        {!isRunning &&
          (result === "unreachable" ? t("hooks.test.unreachable") : result && <Outcome test={result} />)}
      </div>
    </BlockStack>
  );
}

function Outcome({ test: { passed, hops, checks, roundTrip } }: { readonly test: TestView }) {
  const { t } = useReader();
  return (
    <BlockStack gap="400">
      <Text as="p" fontWeight="semibold">
        {passed ? t("hooks.test.passed") : t("hooks.test.failed")}
      </Text>
      <section aria-label={t("hooks.test.real")}>
        <Head title={t("hooks.test.real")} result={roundTrip.result} />
        <p className="cf-faint">{roundTripWords(roundTrip, t)}</p>
        <Hops label={t("hooks.test.realHops")} hops={roundTrip.hops} />
        {roundTrip.topic && (
          <Link url={`/app/webhooks/deliveries?topic=${encodeURIComponent(roundTrip.topic)}`}>
            {t("hooks.test.seeReal")}
          </Link>
        )}
      </section>
      {hops.length > 0 && (
        <section aria-label={t("hooks.test.own")}>
          <Text as="h3" variant="headingSm">
            {t("hooks.test.own")}
          </Text>
          <Hops label={t("hooks.test.hops")} hops={hops} />
        </section>
      )}
      <ul className="cf-list">
        {checks.map((check) => (
          <CheckItem key={check.name} check={check} />
        ))}
      </ul>
    </BlockStack>
  );
}

function Head({ title, result }: { readonly title: string; readonly result: Result }) {
  const { t } = useReader();
  const tone = TONES[result];
  return (
    <InlineStack gap="200" blockAlign="center">
      <Text as="h3" variant="headingSm">
        {title}
      </Text>
      <Badge {...(tone ? { tone } : {})}>{t(`hooks.test.result.${result}`)}</Badge>
    </InlineStack>
  );
}

function Hops({
  label,
  hops,
}: {
  readonly label: string;
  readonly hops: TestView["hops"] | TestView["roundTrip"]["hops"];
}) {
  const { t, formats } = useReader();
  if (hops.length === 0) return null;
  return (
    <dl className="cf-facts" aria-label={label}>
      {hops.map(({ name, ms }) => (
        <div key={name} className="cf-facts__pair">
          <dt>{t(`hooks.test.hop.${name}`)}</dt>
          <dd>{`${formats.number(ms)}\u00a0ms`}</dd>
        </div>
      ))}
    </dl>
  );
}

function CheckItem({ check }: { readonly check: TestView["checks"][number] }) {
  const { t, formats } = useReader();
  const { name, result, detail, at } = check;
  const tone = TONES[result];
  const isPlain = result !== "ok" && name !== "secrets" && detail !== null;
  return (
    <li>
      <InlineStack gap="200" blockAlign="center">
        <Text as="span" fontWeight="medium">
          {t(`hooks.test.check.${name}`)}
        </Text>
        <Badge {...(tone ? { tone } : {})}>{t(`hooks.test.result.${result}`)}</Badge>
      </InlineStack>
      <p className="cf-faint">{checkWords(check, t)}</p>
      {isPlain && <p className="cf-faint">{detail}</p>}
      {at && name === "api_version" && (
        <p className="cf-faint">{t("hooks.test.until", { at: formats.day(at) })}</p>
      )}
      {at && name === "secrets" && (
        <p className="cf-faint">
          {t("hooks.test.seen")} <Ago at={at} />
        </p>
      )}
      {name === "secrets" && result === "ok" && detail === "ROTATING" && (
        <p className="cf-faint">{t("hooks.test.rotated")}</p>
      )}
    </li>
  );
}
