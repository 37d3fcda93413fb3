// Buttons that download what a page shows, whole, as a file.
import { Button, InlineStack } from "@shopify/polaris";
import { useReader } from "../reader.tsx";
import { useDownload } from "../use-download.ts";

const FORMATS = ["csv", "ndjson"] as const;

export interface DownloadButtonsProps {
  readonly url: string;
  /** Filters as they stand in the page's address. */
  readonly query?: URLSearchParams;
  /** Of the file, without its ending. */
  readonly name: string;
}

export function DownloadButtons({ url, query, name }: DownloadButtonsProps) {
  const { t } = useReader();
  const { start, running } = useDownload(
    (format: (typeof FORMATS)[number]) =>
      `${url}?${new URLSearchParams([...(query ?? []), ["format", format]])}`,
    name,
    t("editions.exportFailed"),
  );
  return (
    <InlineStack gap="200">
      {FORMATS.map((format) => (
        <Button key={format} onClick={() => start(format)} loading={running === format}>
          {t(`editions.${format}`)}
        </Button>
      ))}
    </InlineStack>
  );
}
