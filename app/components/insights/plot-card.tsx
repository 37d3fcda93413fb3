// A plot and the table behind it, in one card: the same figures for eyes, for ears and for copying.
import { Button, Text } from "@shopify/polaris";
import { Suspense, lazy, memo, useId, useState, useSyncExternalStore } from "react";
import type { Insights, PlotView } from "#app/status/plots.ts";
import { Panel } from "../panel.tsx";
import { useReader } from "../reader.tsx";
import { colourOf, dashOf } from "./marks.ts";
import { PlotTable, SizeTable, TopicTable } from "./plot-table.tsx";
import { hasValues, seriesWords } from "./words.ts";

const Plot = lazy(() => import("./plot.tsx"));

/** React's own way of telling the first render, which must equal the server's, from those after it. */
const never = () => () => {};
const inBrowser = () => true;
const onServer = () => false;

export interface PlotCardProps {
  readonly plot: PlotView;
  readonly insights: Insights;
}

/** Drawn anew for new figures, and not for every state that the page goes through on its way to them. */
export const PlotCard = memo(function PlotCard({ plot, insights }: PlotCardProps) {
  const { t } = useReader();
  const [isTable, setIsTable] = useState(false);
  const id = useId();
  const title = t(`insights.plot.${plot.id}.title`);
  const name = t(isTable ? "insights.asPlotOf" : "insights.asTableOf", { title });
  return (
    <Panel
      title={title}
      aside={
        <Button
          size="micro"
          accessibilityLabel={name}
          ariaControls={id}
          pressed={isTable}
          onClick={() => setIsTable(!isTable)}
        >
          {t(isTable ? "insights.asPlot" : "insights.asTable")}
        </Button>
      }
    >
      <Text as="p" variant="bodySm" tone="subdued">
        {t(`insights.plot.${plot.id}.hint`)}
      </Text>
      <div id={id} className="cf-plot__room">
        {isTable ? (
          <TableOf plot={plot} insights={insights} title={title} />
        ) : (
          <Drawn plot={plot} insights={insights} title={title} />
        )}
      </div>
      <Note plot={plot} insights={insights} />
    </Panel>
  );
});

function Drawn({ plot, insights, title }: PlotCardProps & { readonly title: string }) {
  const { t } = useReader();
  // The server draws no plot: it cannot know how wide it is, and a page that is refreshed while a boundary is still being
  // hydrated would throw the server's away with an error.
  const isMounted = useSyncExternalStore(never, inBrowser, onServer);
  const waiting = <p className="cf-plot__empty">{t("insights.loading")}</p>;
  if (!hasValues(plot)) return <p className="cf-plot__empty">{t("insights.empty")}</p>;
  return (
    <>
      {isMounted ? (
        <Suspense fallback={waiting}>
          <Plot plot={plot} insights={insights} title={title} />
        </Suspense>
      ) : (
        waiting
      )}
      <Legend plot={plot} />
    </>
  );
}

function Legend({ plot }: { readonly plot: PlotView }) {
  const { t } = useReader();
  return (
    <ul className="cf-plot__legend">
      {plot.series.map(({ key }, n) => (
        <li key={key}>
          {plot.kind === "bars" ? (
            <span className="cf-plot__mark" style={{ background: colourOf(plot, n) }} />
          ) : (
            <svg className="cf-plot__dash" aria-hidden="true">
              <line x2="100%" y1="50%" y2="50%" stroke={colourOf(plot, n)} strokeDasharray={dashOf(n)} />
            </svg>
          )}
          {seriesWords(plot, key, t)}
        </li>
      ))}
    </ul>
  );
}

function TableOf({ plot, insights, title }: PlotCardProps & { readonly title: string }) {
  if (plot.id === "topics") return <TopicTable topics={insights.topics} title={title} />;
  if (plot.id === "storage") return <SizeTable tables={insights.tables} title={title} />;
  return <PlotTable plot={plot} insights={insights} title={title} />;
}

function Note({ plot: { id }, insights }: PlotCardProps) {
  const { t, formats } = useReader();
  const { changes, throttles, isAlone } = insights;
  const words = (() => {
    if (id === "freshness") return t("insights.changes", { count: changes, shown: formats.number(changes) });
    if (id === "storage") return isAlone ? null : t("insights.estimated");
    if (id !== "budget") return null;
    return throttles === 0
      ? t("insights.noThrottles")
      : t("insights.throttles", { count: throttles, shown: formats.number(throttles) });
  })();
  return words === null ? null : (
    <Text as="p" variant="bodySm" tone="subdued">
      {words}
    </Text>
  );
}
