import { InsufficientDataError } from "../errors.ts";
import { requireWithin } from "./check-values.ts";

export interface CapaItem {
  /** Option the first model chose. */
  readonly first: string;
  readonly second: string;
  readonly correct: string;
  /** How many options the item has, at least 2. */
  readonly options: number;
}

export interface CapaResult {
  /** kappa = (observed - expected) / (1 - expected): 1 full agreement, 0 what accuracies alone explain. */
  readonly estimate: number;
  /** Share of items where both chose the same. */
  readonly observed: number;
  /** Agreement expected of independent models of these accuracies whose errors spread evenly. */
  readonly expected: number;
  readonly accuracies: readonly [number, number];
  readonly n: number;
}

/**
 * Chance-adjusted probabilistic agreement (CAPA) of two models' choices, given how often each is right.
 *
 * Takes both being right out of their agreement, but not both falling for the same popular wrong option: that inflates
 * it, so it is read beside the controls' values. For an interval use `clusterBootstrap` over items or their families.
 *
 * @param items - n >= 1 closed questions both models answered; not modified
 * @throws InsufficientDataError when there is no item, or both models are always right
 * @throws RangeError when an item has fewer than two options
 * @see Goel et al. (2025), arXiv:2502.04313, equation of kappa_p for one-hot probabilities
 */
export function capa(items: readonly CapaItem[]): CapaResult {
  const n = items.length;
  const mean = (value: (item: CapaItem) => number) => items.reduce((sum, item) => sum + value(item), 0) / n;
  for (const { options } of items) requireWithin(options, "options", [2, Number.MAX_SAFE_INTEGER]);
  const observed = mean(({ first, second }) => (first === second ? 1 : 0));
  const right = mean(({ first, correct }) => (first === correct ? 1 : 0));
  const secondRight = mean(({ second, correct }) => (second === correct ? 1 : 0));
  const evenSpread = mean(({ options }) => 1 / (options - 1));
  const expected = right * secondRight + evenSpread * (1 - right) * (1 - secondRight);
  if (n === 0 || expected === 1)
    throw new InsufficientDataError(
      "stats.no-errors",
      `CAPA needs items that at least one model gets wrong, got none among ${n}; use harder probes.`,
    );
  return {
    estimate: (observed - expected) / (1 - expected),
    observed,
    expected,
    accuracies: [right, secondRight],
    n,
  };
}
