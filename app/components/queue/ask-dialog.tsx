// Asks before what cannot be taken back: that a sync is cancelled, wherever that is done, or that jobs are discarded.
import { Modal, Text } from "@shopify/polaris";
import { useReader } from "../reader.tsx";

/** `title`: what the sync is called. */
type Question = { readonly about: "cancel"; readonly title: string } | { readonly about: "discard" };

export interface AskDialogProps {
  /** Null while nothing is asked. */
  readonly question: Question | null;
  readonly answer: () => void;
  readonly close: () => void;
}

export function AskDialog({ question, answer, close }: AskDialogProps) {
  const { t } = useReader();
  const about = question?.about ?? "cancel";
  const run = question?.about === "cancel" ? question.title : "";
  return (
    <Modal
      open={question !== null}
      onClose={close}
      title={t(`queue.ask.${about}.title`)}
      primaryAction={{ content: t(`queue.ask.${about}.confirm`), destructive: true, onAction: answer }}
      secondaryActions={[{ content: t("queue.ask.back"), onAction: close }]}
    >
      <Modal.Section>
        <Text as="p">{t(`queue.ask.${about}.body`, { run })}</Text>
      </Modal.Section>
    </Modal>
  );
}
