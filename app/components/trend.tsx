// How often something happened on each of the latest days, as small bars, with the same in words for those who do not see
// them, and on hover.
import { useNow, useReader } from "./reader.tsx";

const DAY_MS = 86_400_000;
const HEIGHT = 24;
const BAR = 6;
const GAP = 2;

/** @param days counts, the oldest day first, today last */
export function Trend({ days }: { readonly days: readonly number[] }) {
  const { t, formats } = useReader();
  const now = useNow();
  const most = Math.max(1, ...days);
  const words = days.flatMap((count, index) =>
    count === 0
      ? []
      : t("faults.trendDay", {
          shown: formats.number(count),
          day: formats.day(new Date(now.getTime() - (days.length - 1 - index) * DAY_MS)),
        }),
  );
  const shown = formats.number(days.length);
  const label =
    words.length === 0
      ? t("faults.trendNone", { shown })
      : t("faults.trend", { shown, list: formats.list(words) });
  return (
    <svg
      className="cf-trend"
      role="img"
      aria-label={label}
      width={days.length * (BAR + GAP) - GAP}
      height={HEIGHT}
    >
      <title>{label}</title>
      {days.map((count, index) => {
        // A day with one of many is still seen; a day without has a base line.
        const height = count === 0 ? 1 : Math.max(4, Math.round((HEIGHT * count) / most));
        return (
          <rect
            key={index}
            className={count === 0 ? "cf-trend__none" : undefined}
            x={index * (BAR + GAP)}
            y={HEIGHT - height}
            width={BAR}
            height={height}
            rx={1}
          />
        );
      })}
    </svg>
  );
}
