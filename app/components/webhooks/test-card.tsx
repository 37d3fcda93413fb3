// The webhook test: a button, then each hop in milliseconds and each check in a sentence.
import { Badge, BlockStack, Button, InlineStack, Text } from "@shopify/polaris";
import { useReader } from "../reader.tsx";
import type { Tone } from "../words.ts";

/** As the webhook test answers; `message` is a sentence. */
export interface TestView {
  readonly passed: boolean;
  readonly hops: readonly { readonly name: "answered" | "stored" | "settled"; readonly ms: number }[];
  readonly checks: readonly {
    readonly name: "address_https" | "api_version" | "scopes" | "delivery";
    readonly result: "ok" | "warning" | "failed" | "unknown";
    readonly detail: string | null;
    readonly message: string;
  }[];
}

const TONES: Readonly<Record<TestView["checks"][number]["result"], Tone | undefined>> = {
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
        {result === "unreachable" ? t("hooks.test.unreachable") : result && <Result test={result} />}
      </div>
    </BlockStack>
  );
}

function Result({ test: { passed, hops, checks } }: { readonly test: TestView }) {
  const { t, formats } = useReader();
  return (
    <BlockStack gap="300">
      <Text as="p" fontWeight="semibold">
        {passed ? t("hooks.test.passed") : t("hooks.test.failed")}
      </Text>
      {hops.length > 0 && (
        <dl className="cf-facts" aria-label={t("hooks.test.hops")}>
          {hops.map(({ name, ms }) => (
            <div key={name} className="cf-facts__pair">
              <dt>{t(`hooks.test.hop.${name}`)}</dt>
              <dd>{`${formats.number(ms)}\u00a0ms`}</dd>
            </div>
          ))}
        </dl>
      )}
      <ul className="cf-list">
        {checks.map(({ name, result, message, detail }) => {
          const tone = TONES[result];
          return (
            <li key={name}>
              <InlineStack gap="200" blockAlign="center">
                <Text as="span" fontWeight="medium">
                  {t(`hooks.test.check.${name}`)}
                </Text>
                <Badge {...(tone ? { tone } : {})}>{t(`hooks.test.result.${result}`)}</Badge>
              </InlineStack>
              <p className="cf-faint">{message}</p>
              {result !== "ok" && detail && <p className="cf-faint">{detail}</p>}
            </li>
          );
        })}
      </ul>
    </BlockStack>
  );
}
