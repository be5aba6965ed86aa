import { seededRandom } from "../../../src/schema/random.ts";

/** Draws of several shapes from one seeded source. */
export function draws(seed: number) {
  const random = seededRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return {
    random,
    normal,
    t3: () => normal() / Math.sqrt((normal() ** 2 + normal() ** 2 + normal() ** 2) / 3),
    logNormal: () => Math.exp(normal()),
    twoKinds: () => (random() < 0.8 ? normal() : 3 + normal()),
    fewCounts: () => {
      let count = 0;
      for (let product = random(); product > Math.exp(-2); product *= random()) count++;
      return count;
    },
    manyZeros: () => (random() < 0.85 ? 0 : Math.exp(0.5 * normal())),
  };
}
