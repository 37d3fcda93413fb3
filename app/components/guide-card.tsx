// The first-run guide: what is done, what runs, what is to come, until the first sync is verified. It goes when it is done,
// or when a person does not want it.
import { useFetcher } from "@remix-run/react";
import { useAppBridge } from "@shopify/app-bridge-react";
import { Badge, Button, Icon, InlineStack, Link, Text } from "@shopify/polaris";
import { AlertTriangleIcon, CheckCircleIcon, CircleDownIcon, ClockIcon } from "@shopify/polaris-icons";
import { useEffect } from "react";
import type { Guide, GuideStep, StepState } from "#app/status/guide.ts";
import { Panel } from "./panel.tsx";
import { useReader } from "./reader.tsx";

const LOOKS = {
  done: { icon: CheckCircleIcon, tone: "success" },
  running: { icon: CircleDownIcon, tone: "info" },
  todo: { icon: ClockIcon, tone: "subdued" },
  problem: { icon: AlertTriangleIcon, tone: "warning" },
} as const;
const BADGES = { done: "success", running: "info", todo: undefined, problem: "warning" } as const;

export interface GuideCardProps {
  readonly guide: Guide;
  readonly onClose: () => void;
  readonly isClosing: boolean;
}

export function GuideCard({ guide: { steps, isDone }, onClose, isClosing }: GuideCardProps) {
  const { t, formats } = useReader();
  const done = steps.filter(({ state }) => state === "done").length;
  return (
    <Panel
      title={isDone ? t("guide.titleDone") : t("guide.title")}
      aside={
        <InlineStack gap="300" blockAlign="center">
          {!isDone && (
            <Text as="span" tone="subdued">
              {t("guide.progress", { done: formats.number(done), of: formats.number(steps.length) })}
            </Text>
          )}
          <Button size="slim" loading={isClosing} onClick={onClose}>
            {isDone ? t("guide.close") : t("guide.skip")}
          </Button>
        </InlineStack>
      }
    >
      <Text as="p" tone="subdued">
        {isDone ? t("guide.introDone") : t("guide.intro")}
      </Text>
      <ol className="cf-steps">
        {steps.map((step) => (
          <Step key={step.code} step={step} />
        ))}
      </ol>
    </Panel>
  );
}

function Step({ step }: { readonly step: GuideStep }) {
  const { t } = useReader();
  const { code, state } = step;
  const { icon, tone } = LOOKS[state];
  const badge = BADGES[state];
  return (
    <li className="cf-step">
      <Icon source={icon} tone={tone} />
      <div>
        <div className="cf-step__name">
          <Text as="h3" variant="headingSm">
            {t(`guide.step.${code}`)}
          </Text>
          <Badge {...(badge ? { tone: badge } : {})}>{t(`guide.state.${state}`)}</Badge>
        </div>
        <p className="cf-subdued">
          <StepWords step={step} />
        </p>
      </div>
    </li>
  );
}

function StepWords({ step }: { readonly step: GuideStep }) {
  const { t, formats } = useReader();
  switch (step.code) {
    case "access":
      if (step.missing.length === 0) return t("guide.access.done");
      return <Link url="#access">{t("guide.access.problem", { scopes: formats.list(step.missing) })}</Link>;
    case "webhooks":
      if (step.state === "done") return t("guide.webhooks.done");
      return (
        <>
          {t("guide.webhooks.todo")} <Link url="/app/webhooks">{t("guide.webhooks.go")}</Link>
        </>
      );
    case "copy":
    case "verify":
      return t(`guide.${step.code}.${step.state satisfies StepState}`, {
        done: formats.number(step.done),
        of: formats.number(step.of),
      });
  }
}

/** `unreachable`: nothing was done. */
export interface GuideAnswer {
  readonly act: "close" | "open" | "unreachable";
}

/** The guide with its door. */
export function ClosableGuide({ guide }: { readonly guide: Guide }) {
  const { t } = useReader();
  // Not taken apart here: while the server renders, reading anything of App Bridge throws.
  const bridge = useAppBridge();
  const { data, state, submit } = useFetcher<GuideAnswer>({ key: "guide" });
  const send = (act: "close" | "open") => submit({ act }, { method: "post", action: "/app/guide" });
  useEffect(() => {
    if (data?.act === "unreachable") bridge.toast.show(t("activity.said.unreachable"), { isError: true });
    if (data?.act !== "close") return;
    bridge.toast.show(t("guide.hidden"), { action: t("guide.undo"), onAction: () => send("open") });
    // Said once per answer.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [data]);
  return <GuideCard guide={guide} onClose={() => send("close")} isClosing={state !== "idle"} />;
}
