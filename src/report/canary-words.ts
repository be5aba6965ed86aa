import type { CanarySuspect, CanaryTest } from "../schema/canary.ts";
import { formatInterval, formatNumber, formatP } from "./numbers.ts";

/** What canaries prove and what they do not, in a few sentences. */
export const canaryNotice =
  "Hits beyond chance show that text carrying the canaries reached the suspect. They show exposure, by whatever way, and no intent: leaked or republished answers give the same hits.";

/** Hits and p-values of one secret in one sentence. */
export function canaryResultWords(test: CanaryTest, { secretsCommitted }: CanarySuspect): string {
  const chance = formatNumber(test.slots / test.variants, 1);
  const secrets =
    secretsCommitted === 1 ? "the only secret committed" : `${secretsCommitted} secrets committed`;
  return `${test.hits} of ${test.slots} planted variants given (chance: at most ${chance} on average, ${test.variants} variants a slot); p = ${formatP(test.pValue)}, ${formatP(test.adjustedPValue)} after Holm's correction over ${secrets}; hit rate ${formatNumber(test.hits / test.slots)}, 95 % interval ${formatInterval(test.interval)}. Of the ${test.answered} slots with an answer among the variants alone: p = ${formatP(test.answeredPValue)}.`;
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
