// For people outside Shopify's admin: what this is and how to begin. Plain HTML, so that it works before any script.
import { Text } from "@shopify/polaris";
import { useReader } from "./reader.tsx";

export function WelcomePage() {
  const { t } = useReader();
  return (
    <main className="cf-welcome">
      <div className="cf-welcome__card">
        <Text as="h1" variant="heading2xl">
          {t("welcome.title")}
        </Text>
        <Text as="p" variant="bodyLg">
          {t("welcome.lead")}
        </Text>
        <Text as="h2" variant="headingMd">
          {t("welcome.stepsTitle")}
        </Text>
        <ol>
          {(["install", "open", "watch"] as const).map((step) => (
            <li key={step}>
              <Text as="span" variant="bodyLg">
                {t(`welcome.steps.${step}`)}
              </Text>
            </li>
          ))}
        </ol>
        <Text as="p" variant="bodyLg">
          {t("welcome.installed")} <a href="/auth/login">{t("welcome.open")}</a>
        </Text>
      </div>
    </main>
  );
}
