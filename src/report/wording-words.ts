import type { WordingsUsed } from "../schema/analysis.ts";
import { formatCount } from "./numbers.ts";

/** How the samples were worded, in a sentence or two; null where every sample was asked in its probe's own wording. */
export function wordingSentence(used: readonly WordingsUsed[] | undefined): string | null {
  if (used === undefined || used.length === 0) return null;
  const texts = used.reduce((sum, { bySample }) => sum + new Set(bySample).size, 0);
  return `Samples of ${formatCount(used.length)} probes were asked in several wordings (${formatCount(texts)} texts in all), drawn by the run's seed, so that no fixed string gives a probe away. A sample of the same number has the same wording for every model; the other probes were asked in their own wording.`;
}

/** Wordings by sample: `1: own, 2: paraphrase 2, ...`. */
export function wordingsBySample({ bySample }: WordingsUsed): string {
  return bySample
    .flatMap((wording, index) =>
      wording === null ? [] : `${index + 1}: ${wording === 0 ? "own" : `paraphrase ${wording}`}`,
    )
    .join(", ");
}
