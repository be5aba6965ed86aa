import { InsufficientDataError } from "../errors.ts";

/**
 * Class weights n / (2 n_class), so that both classes weigh n / 2 and a fitted log odds is a log likelihood ratio.
 *
 * @param labels - n labels, both classes present; not modified
 * @returns n weights that add up to n
 * @throws InsufficientDataError when a class is missing
 */
export function balancedWeights(labels: readonly boolean[]): number[] {
  const positives = labels.filter(Boolean).length;
  const negatives = labels.length - positives;
  if (positives === 0 || negatives === 0)
    throw new InsufficientDataError(
      "stats.one-class",
      `Both classes are needed to balance them, got ${positives} true and ${negatives} false labels.`,
    );
  return labels.map((label) => labels.length / (2 * (label ? positives : negatives)));
}
