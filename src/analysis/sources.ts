import { isDistilled, isUnrelated, type ScoredCorpus, type ScoredPair } from "./scored-pair.ts";

/** How many independent sources a calibration has under each hypothesis. */
export interface Sources {
  readonly distilledClusters: number;
  readonly unrelatedPairs: number;
  readonly teacherLabs: number;
  readonly clusterNames: string[];
  /** One distilled pair a cluster: the middle one by its first feature. */
  readonly representatives: readonly ScoredPair[];
}

/**
 * Counts sources: clusters (data lineages) of distilled pairs, and unrelated pairs in which no lab occurs twice.
 * The latter is a matching found greedily from the rarest labs on, so it may be a little below the largest: the cap
 * that follows from it errs on the side of caution.
 *
 * @param corpora - a lab of the same name in two corpora is one lab
 */
export function countSources(corpora: readonly ScoredCorpus[]): Sources {
  const pairs = corpora.flatMap((corpus) => corpus.pairs);
  const byCluster = new Map<string, ScoredPair[]>();
  for (const pair of pairs.filter(isDistilled)) {
    const key = pair.cluster ?? pair.suspectLab;
    byCluster.set(key, [...(byCluster.get(key) ?? []), pair]);
  }
  const unrelated = pairs.filter(isUnrelated);
  const degree = new Map<string, number>();
  for (const { referenceLab, suspectLab } of unrelated)
    for (const lab of [referenceLab, suspectLab]) degree.set(lab, (degree.get(lab) ?? 0) + 1);
  const rarity = (pair: ScoredPair) =>
    [degree.get(pair.referenceLab) ?? 0, degree.get(pair.suspectLab) ?? 0].sort((a, b) => a - b);
  const ordered = [...unrelated].sort((first, second) => {
    const [a0 = 0, a1 = 0] = rarity(first);
    const [b0 = 0, b1 = 0] = rarity(second);
    return (
      a0 - b0 ||
      a1 - b1 ||
      (`${first.reference} ${first.suspect}` < `${second.reference} ${second.suspect}` ? -1 : 1)
    );
  });
  const taken = new Set<string>();
  const matching = ordered.filter(({ referenceLab, suspectLab }) => {
    if (referenceLab === suspectLab || taken.has(referenceLab) || taken.has(suspectLab)) return false;
    taken.add(referenceLab).add(suspectLab);
    return true;
  });
  const first = (pair: ScoredPair) => pair.features?.[0] ?? 0;
  return {
    distilledClusters: byCluster.size,
    unrelatedPairs: matching.length,
    teacherLabs: new Set(pairs.filter(isDistilled).map(({ referenceLab }) => referenceLab)).size,
    clusterNames: [...byCluster.keys()].sort(),
    representatives: [...byCluster.values()].map((members) => {
      const sorted = [...members].sort((x, y) => first(x) - first(y));
      return sorted[Math.floor((sorted.length - 1) / 2)] as ScoredPair;
    }),
  };
}
