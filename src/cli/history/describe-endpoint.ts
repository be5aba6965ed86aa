import type { EndpointDescription } from "../../schema/history.ts";
import type { StratumRecord, TargetRecords } from "./target-records.ts";

/** What both runs recorded of an endpoint besides its texts; counts and lengths over what both asked. */
export function describeEndpoint(earlier: TargetRecords, later: TargetRecords): EndpointDescription {
  const shared = [...later.strata.keys()].filter((key) => earlier.strata.has(key));
  const of = <T>(value: (records: TargetRecords, strata: readonly StratumRecord[]) => T) => {
    const strataOf = (records: TargetRecords) => shared.flatMap((key) => records.strata.get(key) ?? []);
    return { earlier: value(earlier, strataOf(earlier)), later: value(later, strataOf(later)) };
  };
  return {
    outcomes: of((_, strata) => {
      const sum: EndpointDescription["outcomes"]["earlier"] = {};
      for (const { outcomes } of strata)
        for (const [outcome, count] of Object.entries(outcomes) as [keyof typeof outcomes, number][])
          sum[outcome] = (sum[outcome] ?? 0) + count;
      return sum;
    }),
    latencyMs: of((_, strata) => medianOf(strata.flatMap(({ latenciesMs }) => latenciesMs))),
    characters: of((_, strata) => medianOf(strata.flatMap(({ lengths }) => lengths))),
    servedModels: of(({ servedModels }) => byCount(servedModels)),
    fingerprints: of(({ fingerprints }) => byCount(fingerprints)),
    answered: of(({ answered }) => answered),
  };
}

function medianOf(values: readonly number[]): { median: number | null; n: number } {
  if (values.length === 0) return { median: null, n: 0 };
  const sorted = Float64Array.from(values).sort();
  const middle = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(middle)] as number) + (sorted[Math.ceil(middle)] as number)) / 2;
  return { median, n: sorted.length };
}

const byCount = (counts: ReadonlyMap<string, number>) =>
  [...counts]
    .map(([name, count]) => ({ name, count }))
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
