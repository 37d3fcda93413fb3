// Says in the corner of every page that its live connection broke, for as long as that lasts. The Overview says it in its
// headline. It lies over the page, so that nothing moves when it comes and goes.
import { Text } from "@shopify/polaris";
import { useLiveSign } from "./live-sign.ts";
import { useReader } from "./reader.tsx";

export function LiveCorner() {
  const { t } = useReader();
  const isBroken = useLiveSign() === "polling";
  return (
    <div role="status" className={isBroken ? "cf-corner cf-live--polling" : undefined}>
      {isBroken && (
        <>
          <span className="cf-live__dot" aria-hidden="true" />
          <Text as="span" variant="bodySm">
            {t("live.polling")}
          </Text>
        </>
      )}
    </div>
  );
}
