import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { mersenne } from "pure-rand/generator/mersenne";

/** A source of uniform numbers in [0, 1). Every function that needs chance takes one as an argument. */
export type Random = () => number;

/**
 * Seeded uniform source (Mersenne Twister by `pure-rand`): the same seed gives the same sequence on every machine,
 * and neighbouring seeds give unrelated ones (xoroshiro128+ starts near 1 for small seeds).
 */
export function seededRandom(seed: number): Random {
  const generator = mersenne(seed | 0);
  return () => uniformFloat64(generator);
}
