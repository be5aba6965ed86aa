import { UsageError } from "../errors.ts";
import { suiteHash } from "../schema/identity.ts";
import type { Probe, Suite } from "../schema/probe.ts";
import type { RankedProbe, Ranking } from "../schema/ranking.ts";
import { tellingMost } from "./probe-order.ts";
import { textHash } from "./text-hash.ts";

/** Suites cut to their most telling probes, and what a reader should know of the cut. */
export interface BestProbes {
  readonly suites: readonly Suite[];
  readonly notes: readonly string[];
}

/** What N probes are to be best at: telling much a token, or telling much for their number. */
export type BestBy = "token" | "probe";

/**
 * The N probes of some suites that tell most, by a ranking of a run: telling squared a token (what a budget buys most
 * of), or, at equal number, telling and length of answers alike (see `tellingMost`). A probe is looked up by id and text, so
 * that one whose text is another than the ranked one is not taken for it. Suites keep names and order; one that keeps
 * no probe is dropped.
 *
 * @param count - probes over all suites together; a probe in several suites counts once
 * @param by - default: token
 * @param compared - models whose answers should not have chosen the probes: the reference and the suspects
 * @throws UsageError `probes.best` when fewer than `count` probes of the suites are ranked above 0
 */
export function bestProbes(
  suites: readonly Suite[],
  ranking: Ranking,
  {
    count,
    by = "token",
    compared,
  }: { readonly count: number; readonly by?: BestBy | undefined; readonly compared: readonly string[] },
): BestProbes {
  const key = (id: string, text: string) => `${id}\n${text}`;
  const ranked = new Map(ranking.probes.map((probe) => [key(probe.probe, probe.text), probe]));
  const found = new Map<string, RankedProbe>();
  const keyOf = (probe: Probe) => key(probe.id, textHash(probe));
  const asked = new Set(suites.flatMap(({ probes }) => probes.map(keyOf)));
  for (const probe of asked) {
    const rank = ranked.get(probe);
    if (rank !== undefined && rank.perThousandTokens > 0) found.set(probe, rank);
  }
  if (found.size < count)
    throw new UsageError(
      "probes.best",
      `--best ${count}: only ${found.size} of the ${asked.size} probes of ${suites.map(({ name }) => name).join(", ")} are ranked above 0 in the ranking of ${ranking.run}; ask for fewer, or rank a run that asked these suites`,
    );
  const candidates = [...found].map(([name, { telling, tokens, perThousandTokens }]) => ({
    name,
    telling,
    outputTokens: tokens.output,
    perThousandTokens,
  }));
  const inOrder =
    by === "probe"
      ? tellingMost(candidates)
      : candidates.sort(
          (one, other) => other.perThousandTokens - one.perThousandTokens || (one.name < other.name ? -1 : 1),
        );
  const best = new Set(inOrder.slice(0, count).map(({ name }) => name));
  const kept = suites.flatMap((suite): Suite[] => {
    const probes = suite.probes.filter((probe) => best.has(keyOf(probe)));
    return probes.length === 0 ? [] : [{ ...suite, probes, hash: suiteHash(probes) }];
  });
  const unranked = [...asked].filter((probe) => !ranked.has(probe)).length;
  const seen = compared.filter((name) => ranking.panel.includes(name));
  return {
    suites: kept,
    notes: [
      `${count} of ${asked.size} probes, by the ranking of ${ranking.run}`,
      ...(unranked === 0 ? [] : [`${unranked} probes are not in the ranking, and are not asked`]),
      ...(seen.length === 0
        ? []
        : [
            `the ranking was made on answers of ${seen.join(", ")}: probes chosen by what they are to test mislead; rank on controls only`,
          ]),
      ...(ranking.miniature
        ? ["the ranking was made on embedded miniatures, and says nothing about real models"]
        : []),
    ],
  };
}
