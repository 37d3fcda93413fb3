// A page in place of what is not there: that it is not, why that may be, and where to go.
import { BlockStack, Button, Page, Text } from "@shopify/polaris";
import { Panel } from "./panel.tsx";

export interface MissingPageProps {
  readonly title: string;
  readonly hint: string;
  readonly back: { readonly content: string; readonly url: string };
}

export function MissingPage({ title, hint, back }: MissingPageProps) {
  return (
    <Page narrowWidth title={title} backAction={back}>
      <Panel title={title} isTitleHidden>
        <BlockStack gap="300" inlineAlign="start">
          <Text as="p">{hint}</Text>
          <Button url={back.url}>{back.content}</Button>
        </BlockStack>
      </Panel>
    </Page>
  );
}
