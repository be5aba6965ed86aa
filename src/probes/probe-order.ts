/** What is ranked: how much a probe tells, and how long its answers are. */
export interface RankableProbe {
  /** Name that decides ties. */
  readonly name: string;
  readonly telling: number;
  /** Mean tokens of an answer. */
  readonly outputTokens: number;
}

/**
 * Probes in the order in which equally many of them tell most: by the sum of their places in two rankings, by `telling` and by
 * the length of their answers (Borda's count, both weighing the same). From one run `telling` is a rough estimate;
 * how long answers are is known well, and a longer answer holds more that two models can have in common.
 */
export function tellingMost<T extends RankableProbe>(probes: readonly T[]): T[] {
  const byName = (one: RankableProbe, other: RankableProbe) => (one.name < other.name ? -1 : 1);
  const places = (of: (probe: T) => number) =>
    new Map(
      probes
        .toSorted((one, other) => of(other) - of(one) || byName(one, other))
        .map((probe, place) => [probe, place]),
    );
  const byTelling = places(({ telling }) => telling);
  const byLength = places(({ outputTokens }) => outputTokens);
  const sum = (probe: T) => (byTelling.get(probe) ?? 0) + (byLength.get(probe) ?? 0);
  return probes.toSorted(
    (one, other) => sum(one) - sum(other) || other.telling - one.telling || byName(one, other),
  );
}
