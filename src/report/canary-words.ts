import type { CanarySuspect, CanaryTest, ClusterTest } from "../schema/canary.ts";
import type { GreenTest } from "../schema/green-list.ts";
import { formatInterval, formatNumber, formatP } from "./numbers.ts";

/** What canaries prove and what they do not, in a few sentences. */
export const canaryNotice =
  "Hits beyond chance show that text carrying the canaries reached the suspect. They show exposure, by whatever way, and no intent: leaked or republished answers give the same hits.";

/** Hits and p-values of one secret in one sentence. */
export function canaryResultWords(test: CanaryTest, { secretsCommitted }: CanarySuspect): string {
  const trials = test.answered + test.incomplete;
  const chance = formatNumber(trials / test.variants, 1);
  const secrets =
    secretsCommitted === 1 ? "the only secret committed" : `${secretsCommitted} secrets committed`;
  return `${test.hits} of ${test.slots} planted variants given, ${test.answered} slots answered with one of the variants (chance: ${chance} on average, ${test.variants} variants a slot); p = ${formatP(test.pValue)}, ${formatP(test.adjustedPValue)} after ${test.clusters === undefined ? "Holm's correction over" : "the correction for its lists and"} ${secrets}; hit rate ${trials === 0 ? "unknown" : formatNumber(test.hits / trials)}, 95 % interval ${formatInterval(test.interval)}. With every unanswered slot as a miss: p = ${formatP(test.allSlotsPValue)}.${clusterResultWords(test)}`;
}

/** Clusters whose variants are given beyond chance after correction; where there is none, the one with most hits. */
export function leadingClusters({ clusters = [] }: CanaryTest): readonly ClusterTest[] {
  const sorted = [...clusters].sort((a, b) => a.pValue - b.pValue);
  const found = sorted.filter(({ adjustedPValue }) => adjustedPValue <= 0.05);
  return (found.length > 0 ? found : sorted.slice(0, 1)).slice(0, 20);
}

/** What the lists of account clusters show, in a sentence with a space before it; empty where there are none. */
export function clusterResultWords(test: CanaryTest): string {
  const { clusters } = test;
  if (clusters === undefined) return "";
  const found = clusters.filter(({ adjustedPValue }) => adjustedPValue <= 0.05).length;
  const leading = leadingClusters(test)
    .map(
      ({ cluster, hits, pValue, adjustedPValue }) =>
        `${cluster} ${hits} hits, p = ${formatP(pValue)}, corrected ${formatP(adjustedPValue)}`,
    )
    .join("; ");
  return ` Variants of account clusters: ${found} of ${clusters.length} given beyond chance at 0.05 after the correction for all ${clusters.length + 1} lists${found === 0 ? "; the nearest is" : ":"} ${leading}${found > 20 ? "; ..." : ""}.`;
}

/** Green choices and p-values of one green list in a few sentences. */
export function greenResultWords(test: GreenTest, { secretsCommitted }: CanarySuspect): string {
  const secrets =
    secretsCommitted === 1 ? "the only secret committed" : `${secretsCommitted} secrets committed`;
  const read =
    test.scope === "committed-prompts" ? "answers to the committed prompts" : "answers, all of the run";
  const smallest = Math.min(...test.controls.map(({ pValue }) => pValue));
  const controls =
    test.controls.length === 0
      ? "no control was asked the same"
      : `of ${test.controls.length} controls under this key the smallest p is ${formatP(smallest)}`;
  return `Word choices by key: ${test.green} of ${test.choices} are green (chance: half), each pair of ${test.contextWidth} preceding ${test.contextWidth === 1 ? "word" : "words"} and word pair counted once, in ${test.answers}${test.answersCommitted === undefined ? "" : ` of ${test.answersCommitted}`} ${read}; p = ${formatP(test.pValue)}, ${formatP(test.adjustedPValue)} after Holm's correction over ${secrets}, level ${test.level}; share green ${formatNumber(test.green / test.choices)}, 95 % interval ${formatInterval(test.interval)}. Negative controls: under ${test.otherKeys.length} other keys at most ${Math.max(0, ...test.otherKeys)} are green; ${controls}.`;
}

/** Hits of the lists that were never planted, largest first, in one sentence. */
export function unplantedWords({ unplanted }: CanaryTest): string {
  const sorted = [...unplanted].sort((a, b) => b - a);
  const shown = sorted.slice(0, 16).join(", ");
  return `Negative controls: the ${sorted.length} lists that were never planted have ${shown}${sorted.length > 16 ? ", ..." : ""} hits.`;
}

/** Samples that give a slot's answer, of those that were asked. */
export function answerShare({ samples, answer }: CanaryTest["slotResults"][number]): string {
  return `${samples.filter((value) => value !== null && value === answer).length} of ${samples.length}`;
}
