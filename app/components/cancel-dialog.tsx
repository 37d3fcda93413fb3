// Asks before a sync is cancelled, wherever that is done: it cannot be taken back.
import { Modal, Text } from "@shopify/polaris";
import { useReader } from "./reader.tsx";

export interface CancelDialogProps {
  /** What the sync is called; null while nothing is asked. */
  readonly run: string | null;
  readonly cancel: () => void;
  readonly close: () => void;
}

export function CancelDialog({ run, cancel, close }: CancelDialogProps) {
  const { t } = useReader();
  return (
    <Modal
      open={run !== null}
      onClose={close}
      title={t("queue.ask.cancel.title")}
      primaryAction={{ content: t("queue.ask.cancel.confirm"), destructive: true, onAction: cancel }}
      secondaryActions={[{ content: t("queue.ask.back"), onAction: close }]}
    >
      <Modal.Section>
        <Text as="p">{t("queue.ask.cancel.body", { run: run ?? "" })}</Text>
      </Modal.Section>
    </Modal>
  );
}
