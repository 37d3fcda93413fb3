// In which bin of a plot a moment lies. Pure.

/** @returns of seconds since 1970 the index of the last bin that had begun by then; -1 before the first. */
export function binsAt(bins: readonly Date[]): (seconds: number) => number {
  const starts = bins.map((at) => at.getTime() / 1_000);
  return (seconds) => {
    let [low, high] = [0, starts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (starts[middle]! <= seconds) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  };
}
