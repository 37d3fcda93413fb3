// Asks before deliveries are replayed: what would happen, counted by the server, and to how many.
import { BlockStack, Modal, Text } from "@shopify/polaris";
import { useReader } from "../reader.tsx";

/** What a replay would do, as sync/replay counts it. */
export interface ReplayCounts {
  readonly count: number;
  readonly isMore: boolean;
  readonly withoutBody: number;
  readonly waiting: number;
}

export interface ReplayDialogProps {
  /** Null: closed. */
  readonly counts: ReplayCounts | null;
  readonly isReplaying: boolean;
  readonly confirm: () => void;
  readonly close: () => void;
}

export function ReplayDialog({ counts, isReplaying, confirm, close }: ReplayDialogProps) {
  const { t } = useReader();
  return (
    <Modal
      open={counts !== null}
      onClose={close}
      title={t("hooks.replay.title")}
      primaryAction={{
        content: t("hooks.replay.confirm"),
        onAction: confirm,
        loading: isReplaying,
        disabled: counts === null || counts.count === 0,
      }}
      secondaryActions={[{ content: t("hooks.replay.cancel"), onAction: close }]}
    >
      <Modal.Section>{counts && <Counts counts={counts} />}</Modal.Section>
    </Modal>
  );
}

function Counts({ counts: { count, isMore, withoutBody, waiting } }: { readonly counts: ReplayCounts }) {
  const { t, formats } = useReader();
  const said = (value: number) => ({ count: value, shown: formats.number(value) });
  return (
    <BlockStack gap="200">
      <Text as="p">{count === 0 ? t("hooks.replay.nothing") : t("hooks.replay.count", said(count))}</Text>
      {isMore && <Text as="p">{t("hooks.replay.more")}</Text>}
      {waiting > 0 && <Text as="p">{t("hooks.replay.waiting", said(waiting))}</Text>}
      {withoutBody > 0 && <Text as="p">{t("hooks.replay.withoutBody", said(withoutBody))}</Text>}
      {count > 0 && (
        <Text as="p" tone="subdued">
          {t("hooks.replay.safe")}
        </Text>
      )}
    </BlockStack>
  );
}
