/** Divergence of two distributions of which only the most probable outcomes are known, in nats. */
export interface TruncatedDivergence {
  /** Unlisted outcomes taken for absent, the rest of each distribution for one further outcome. */
  readonly estimate: number;
  /** What the divergence of the whole distributions is at least and at most. */
  readonly low: number;
  readonly high: number;
}

/** Rounding of listed probabilities, which may push their sum a little above 1. */
const tolerance = 1e-3;

/**
 * Jensen-Shannon divergence of two truncated distributions (lists of most probable tokens), with bounds for what the
 * lists leave out.
 *
 * Let A and B be the lists, r and s what they leave of 1. An outcome that only A lists has at most the smallest
 * probability of B's list there, and all of them together at most s. Upper bound: nothing unlisted is shared. Lower bound:
 * outcomes that only one lists are merged, which can only lower the divergence, the other model gives them as much as it
 * can, and the rests are alike. Full lists give estimate = low = high.
 *
 * @param first - outcome -> probability; at least one outcome, in [0, 1], adding up to at most 1; not modified
 * @param second - as `first`
 * @returns each in [0, ln 2], low <= estimate <= high
 * @throws RangeError for a list that is empty, or no part of a distribution
 * @see Lin (1991), doi:10.1109/18.61115
 */
export function truncatedJensenShannon(
  first: ReadonlyMap<string, number>,
  second: ReadonlyMap<string, number>,
): TruncatedDivergence {
  const ofFirst = listOf(first);
  const ofSecond = listOf(second);
  let shared = 0;
  let onlyFirst = 0;
  let onlySecond = 0;
  let onlyFirstCount = 0;
  let onlySecondCount = 0;
  for (const [outcome, probability] of first) {
    const other = second.get(outcome);
    if (other !== undefined) shared += part(probability, other);
    else {
      onlyFirst += probability;
      onlyFirstCount++;
    }
  }
  for (const [outcome, probability] of second)
    if (!first.has(outcome)) {
      onlySecond += probability;
      onlySecondCount++;
    }
  const alone = (mass: number) => part(mass, 0);
  const most = (mass: number, count: number, other: { smallest: number; rest: number }) =>
    part(mass, Math.min(mass, other.rest, count * other.smallest));
  const within = (value: number) => Math.min(Math.LN2, Math.max(0, value));
  return {
    estimate: within(shared + alone(onlyFirst) + alone(onlySecond) + part(ofFirst.rest, ofSecond.rest)),
    low: within(
      shared + most(onlyFirst, onlyFirstCount, ofSecond) + most(onlySecond, onlySecondCount, ofFirst),
    ),
    high: within(shared + alone(onlyFirst + ofFirst.rest) + alone(onlySecond + ofSecond.rest)),
  };
}

/** What an outcome of probabilities p and q adds to the divergence: 0 where they are equal, p ln(2) / 2 where q is 0. */
function part(p: number, q: number): number {
  const half = (own: number) => (own > 0 ? (own / 2) * Math.log((2 * own) / (p + q)) : 0);
  return half(p) + half(q);
}

function listOf(list: ReadonlyMap<string, number>): { smallest: number; rest: number } {
  const values = [...list.values()];
  const sum = values.reduce((total, value) => total + value, 0);
  if (values.length === 0 || values.some((value) => !(value >= 0)) || sum > 1 + tolerance)
    throw new RangeError(
      `A list of outcomes must hold probabilities of at least 0 that add up to at most 1, got ${values.length} adding up to ${sum}.`,
    );
  return { smallest: Math.min(...values), rest: Math.max(0, 1 - sum) };
}
