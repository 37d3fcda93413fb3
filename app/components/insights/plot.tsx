// One plot, drawn with visx as SVG in Polaris's colours. Loaded only where plots are shown. Exact values stand beside the
// pointer, and a keyboard moves through the points as through a slider, which is how they are read out.
import { AxisBottom, AxisLeft } from "@visx/axis";
import { Group } from "@visx/group";
import { scaleBand, scaleLinear } from "@visx/scale";
import { BarStack, LinePath } from "@visx/shape";
import { memo, useCallback, useMemo, useRef, useState } from "react";
import type { KeyboardEvent, PointerEvent } from "react";
import type { Insights, PlotView } from "#app/status/plots.ts";
import { useReader } from "../reader.tsx";
import { colourOf, dashOf } from "./marks.ts";
import { namedBins, ticksOf } from "./ticks.ts";
import { axisWords, binWords, seriesWords, tickWords, valueWords } from "./words.ts";

export const PLOT_HEIGHT = 220;
const MARGIN = { top: 8, right: 8, bottom: 24, left: 56 } as const;
/** Until the browser has measured. */
const WIDTH = 520;
const TICK_PX_MIN = 84;
/** "12:00 PM" */
const NAME_PX_MAX = 56;

export interface PlotProps {
  readonly plot: PlotView;
  readonly insights: Pick<Insights, "bins" | "window" | "until">;
  readonly title: string;
}

export default function Plot({ plot, insights, title }: PlotProps) {
  const { t } = useReader();
  const [box, width] = useWidth();
  const [shown, setShown] = useState<number | null>(null);
  const { bins } = insights;
  const scales = useMemo(() => scalesOf(plot, bins, width), [plot, bins, width]);
  const last = bins.length - 1;

  const follow = (event: PointerEvent<HTMLDivElement>) => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left - MARGIN.left;
    setShown(Math.max(0, Math.min(last, Math.floor(x / scales.x.step()))));
  };
  const step = (event: KeyboardEvent) => {
    const to = keyed(event.key, shown ?? last, last);
    if (to === null) return;
    event.preventDefault();
    setShown(to);
  };
  const words = usePointWords(plot, insights);
  return (
    <div
      ref={box}
      className="cf-plot"
      role="slider"
      tabIndex={0}
      aria-label={t("insights.move", { title })}
      aria-valuemin={0}
      aria-valuemax={last}
      aria-valuenow={shown ?? last}
      aria-valuetext={words.spoken(shown ?? last)}
      onPointerMove={follow}
      onPointerDown={follow}
      onPointerLeave={() => setShown(null)}
      onKeyDown={step}
      onFocus={(event) => event.currentTarget.matches(":focus-visible") && setShown(last)}
      onBlur={() => setShown(null)}
    >
      <svg width={width} height={PLOT_HEIGHT} aria-hidden="true">
        <Group left={MARGIN.left} top={MARGIN.top}>
          <Axes plot={plot} insights={insights} scales={scales} />
          {shown !== null && (
            <rect
              className="cf-plot__cursor"
              x={scales.x(shown)}
              width={Math.max(1, scales.x.bandwidth())}
              height={scales.height}
            />
          )}
          {plot.kind === "bars" ? (
            <Bars plot={plot} scales={scales} />
          ) : (
            <Lines plot={plot} scales={scales} />
          )}
        </Group>
      </svg>
      {shown !== null && (
        <Tip at={words.at(shown)} values={words.values(shown)} x={scales.x(shown) ?? 0} width={width} />
      )}
    </div>
  );
}

function keyed(key: string, from: number, last: number): number | null {
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: from - 1,
    ArrowDown: from - 1,
    ArrowRight: from + 1,
    ArrowUp: from + 1,
    PageDown: from - 10,
    PageUp: from + 10,
    Home: 0,
    End: last,
  };
  const to = steps[key];
  return to === undefined ? null : Math.max(0, Math.min(last, to));
}

/** As wide as its place is, before it is first painted and whenever that changes. */
function useWidth(): readonly [(element: HTMLDivElement | null) => void, number] {
  const [width, setWidth] = useState(WIDTH);
  const observer = useRef<ResizeObserver | null>(null);
  const measure = useCallback((element: HTMLDivElement | null) => {
    observer.current?.disconnect();
    observer.current = null;
    if (!element || typeof ResizeObserver === "undefined") return;
    if (element.clientWidth > 0) setWidth(element.clientWidth);
    observer.current = new ResizeObserver(([entry]) => {
      if (entry && entry.contentRect.width > 0) setWidth(Math.floor(entry.contentRect.width));
    });
    observer.current.observe(element);
  }, []);
  return [measure, width];
}

function scalesOf({ kind, unit, series }: PlotView, bins: readonly Date[], width: number) {
  const [inner, height] = [
    Math.max(1, width - MARGIN.left - MARGIN.right),
    PLOT_HEIGHT - MARGIN.top - MARGIN.bottom,
  ];
  const indices = bins.map((_, bin) => bin);
  const heights =
    kind === "bars"
      ? indices.map((bin) => series.reduce((sum, { values }) => sum + (values[bin] ?? 0), 0))
      : series.flatMap(({ values }) => values.map((value) => value ?? 0));
  const x = scaleBand({ domain: indices, range: [0, inner], paddingInner: kind === "bars" ? 0.15 : 0 });
  const ticks = ticksOf(Math.max(0, ...heights), unit);
  const y = scaleLinear({ domain: [0, ticks.at(-1)!], range: [height, 0] });
  return { x, y, ticks, inner, height };
}

type Scales = ReturnType<typeof scalesOf>;

interface PartProps {
  readonly plot: PlotView;
  readonly scales: Scales;
}

// What is pointed at moves with every move of the pointer: only the cursor is drawn anew.
const Axes = memo(function Axes({ plot, insights, scales }: PartProps & Pick<PlotProps, "insights">) {
  const reading = useReader();
  const { bins, window } = insights;
  const namesMax = Math.max(1, Math.floor(scales.inner / TICK_PX_MIN));
  // A name in the middle of the last bin would be cut off.
  const isWhole = (bin: number) => scales.x(bin)! + NAME_PX_MAX / 2 < scales.inner + MARGIN.right;
  const ticks = namedBins(bins, namesMax, reading.formats.timeZone).filter(isWhole);
  return (
    <>
      {scales.ticks.map((tick) => (
        <line
          key={tick}
          className="cf-plot__grid"
          x2={scales.inner}
          y1={scales.y(tick)}
          y2={scales.y(tick)}
        />
      ))}
      <AxisLeft
        scale={scales.y}
        tickValues={[...scales.ticks]}
        tickFormat={(value) => tickWords(Number(value), plot.unit, reading)}
        hideAxisLine
        hideTicks
        tickClassName="cf-plot__tick"
        tickLabelProps={{ textAnchor: "end", dx: -4, dy: "0.33em" }}
      />
      <AxisBottom
        top={scales.height}
        scale={scales.x}
        tickValues={ticks}
        tickFormat={(bin) => axisWords(bins[Number(bin)]!, window, reading.formats)}
        hideTicks
        axisLineClassName="cf-plot__line"
        tickClassName="cf-plot__tick"
        tickLabelProps={{ textAnchor: "middle" }}
      />
    </>
  );
});

const Bars = memo(function Bars({ plot, scales }: PartProps) {
  const keys = plot.series.map(({ key }) => key);
  const bins = scales.x.domain().map((bin) => ({
    bin,
    ...Object.fromEntries(plot.series.map(({ key, values }) => [key, values[bin] ?? 0])),
  }));
  return (
    <BarStack
      data={bins}
      keys={keys}
      x={({ bin }) => bin}
      xScale={scales.x}
      yScale={scales.y}
      color={(key) => colourOf(plot, keys.indexOf(key))}
    >
      {(stacks) =>
        stacks.map(({ key, bars }) => <path key={key} d={outlineOf(bars)} fill={bars[0]?.color} />)
      }
    </BarStack>
  );
});

interface Bar {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** All bars of a series as one shape: a page of plots would else be some thousands of them, at each refresh. */
function outlineOf(bars: readonly Bar[]): string {
  return bars
    .filter(({ height }) => height > 0)
    .map(({ x, y, width, height }) => `M${x} ${y}h${width}v${height}h${-width}z`)
    .join("");
}

const Lines = memo(function Lines({ plot, scales }: PartProps) {
  const middle = scales.x.bandwidth() / 2;
  return (
    <>
      {plot.series.map(({ key, values }, n) => (
        <Group key={key}>
          <LinePath
            data={[...values.entries()]}
            defined={([, value]) => value !== null}
            x={([bin]) => (scales.x(bin) ?? 0) + middle}
            y={([, value]) => scales.y(value ?? 0)}
            stroke={colourOf(plot, n)}
            strokeWidth={2}
            strokeDasharray={dashOf(n)}
          />
          {values.map((value, bin) =>
            // A value without neighbours would be a line without length.
            value !== null && (values[bin - 1] ?? null) === null && (values[bin + 1] ?? null) === null ? (
              <circle
                key={bin}
                cx={(scales.x(bin) ?? 0) + middle}
                cy={scales.y(value)}
                r={2}
                fill={colourOf(plot, n)}
              />
            ) : null,
          )}
        </Group>
      ))}
    </>
  );
});

function usePointWords(plot: PlotView, { bins, window, until }: PlotProps["insights"]) {
  const reading = useReader();
  const { t, formats } = reading;
  const at = (bin: number) => {
    const from = binWords(bins[bin]!, window, formats);
    const words =
      window === "month"
        ? from
        : t("insights.from", { from, until: binWords(bins[bin + 1] ?? until, window, formats) });
    return bin === bins.length - 1 ? t("insights.soFar", { at: words }) : words;
  };
  const values = (bin: number) =>
    plot.series.map(({ key, values: all }, n) => ({
      key,
      colour: colourOf(plot, n),
      name: seriesWords(plot, key, t),
      value: valueWords(all[bin] ?? null, plot.unit, reading),
    }));
  const spoken = (bin: number) =>
    t("insights.point", {
      at: at(bin),
      values: values(bin)
        .map(({ name, value }) => t("insights.value", { name, value }))
        .join(", "),
    });
  return { at, values, spoken };
}

interface TipProps {
  readonly at: string;
  readonly values: ReturnType<ReturnType<typeof usePointWords>["values"]>;
  readonly x: number;
  readonly width: number;
}

/** Beside the pointer, on the side where there is room. */
function Tip({ at, values, x, width }: TipProps) {
  const isLeft = x + MARGIN.left > width / 2;
  const side = isLeft ? { right: width - x - MARGIN.left + 8 } : { left: x + MARGIN.left + 16 };
  return (
    <div className="cf-plot__tip" style={side} aria-hidden="true">
      <p>{at}</p>
      <dl>
        {values.map(({ key, colour, name, value }) => (
          <div key={key}>
            <dt>
              <span className="cf-plot__mark" style={{ background: colour }} />
              {name}
            </dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
