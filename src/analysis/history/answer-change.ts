import type { ChangeTest } from "../../schema/history.ts";
import type { Random } from "../../schema/random.ts";
import { deleteBlockJackknife } from "../../stats/delete-block-jackknife.ts";
import { jackknifeOfSums } from "../../stats/jackknife-of-sums.ts";
import { meanShiftTest } from "../../stats/mean-shift-test.ts";
import { mmdSquared, pairSums } from "../../stats/mmd-squared.ts";
import { normalQuantile } from "../../stats/normal-quantile.ts";
import type { ProbeKernel } from "../../stats/probe-kernel.ts";
import { withinProbePermutationTest } from "../../stats/within-probe-permutation-test.ts";
import { jackknifeBlocks } from "../jackknife-blocks.ts";
import { createAnswerGeometry, type SharedAnswers, vectorDimensions } from "./answer-geometry.ts";

/** Usable answers to one probe in one wording, in the earlier and in the later run. */
export type AnswerCounts = readonly [earlier: number, later: number];

/** How a test is drawn; `tests` is the number in its look. */
export interface TestDesign {
  readonly level: number;
  readonly tests: number;
  readonly permutations: number;
  readonly random: Random;
}

export const intervalLevel = 0.95;
const detectionPower = 0.8;
/** A p-value this many relabellings of which were at least as large as observed needs no more digits. */
const enough = 100;
/** Fewer probes say too little of how a statistic varies. */
const fewestForDetectable = 10;
const fewestForShift = 6;

/**
 * Which test of the texts applies, from the numbers of answers alone: the answers must not choose their test.
 *
 * @returns `answers` where most shared probes have two in each run, else `answer-shift`, null where too few are shared
 */
export function answerTestFor(counts: readonly AnswerCounts[]): "answers" | "answer-shift" | null {
  const withOne = counts.filter(([first, second]) => first >= 1 && second >= 1).length;
  const withTwo = counts.filter(([first, second]) => first >= 2 && second >= 2).length;
  if (withTwo >= 2 && 2 * withTwo >= withOne) return "answers";
  return withOne >= fewestForShift ? "answer-shift" : null;
}

const shared = {
  nullHypothesis:
    "at each probe, the answers of both runs are exchangeable: draws of one distribution, independent of each other",
  intervalLevel,
  adjustedP: null,
  alarm: false,
  nUnit: "probes and wordings",
  reason: null,
} as const;

/**
 * Whether a target's answers come from another distribution than in the earlier run: permutation of the runs' labels within
 * each probe. With two answers a probe and run or more it is the squared MMD of the answers; with one, the shift of the mean
 * answer that is common to the probes, since how much answers of one run vary at a probe is then not known.
 *
 * The effect of `answers` is MMD^2 over the mean similarity of two answers of one run, doubled: 0 for one distribution, 1 where
 * the runs' answers have nothing in common. That of `answer-shift` is the squared mean shift of unit vectors. Intervals by
 * block jackknife over probes.
 *
 * @param answers - shared probes in order, streamed: of each, numbers alone are kept
 * @param test - from `answerTestFor`
 * @see Gretton et al. (2012), jmlr.org/papers/v13/gretton12a.html; Gao, Liang & Guestrin (2025), arXiv:2410.20247
 */
export async function testAnswers(
  answers: AsyncIterable<SharedAnswers> | Iterable<SharedAnswers>,
  test: "answers" | "answer-shift",
  design: TestDesign,
): Promise<ChangeTest> {
  const geometry = createAnswerGeometry();
  const probes: { id: string; family: string }[] = [];
  const parts: { kernel: ProbeKernel | null; vectors: ReturnType<typeof geometry.vectorsOf> | null }[] = [];
  const fewest = test === "answers" ? 2 : 1;
  for await (const item of answers) {
    if (item.first.length < fewest || item.second.length < fewest) continue;
    probes.push({ id: item.probe, family: item.family });
    parts.push(
      test === "answers"
        ? { kernel: geometry.kernelOf(item), vectors: null }
        : { kernel: null, vectors: geometry.vectorsOf(item) },
    );
  }
  return test === "answers"
    ? testKernels(
        parts.flatMap(({ kernel }) => kernel ?? []),
        probes,
        design,
      )
    : testVectors(
        parts.flatMap(({ vectors }) => vectors ?? []),
        probes,
        design,
      );
}

type Probes = readonly { readonly id: string; readonly family: string }[];

/** The test of squared MMD. @param kernels - one a probe, with two answers of each run or more */
export function testKernels(kernels: readonly ProbeKernel[], probes: Probes, design: TestDesign): ChangeTest {
  const { permutations, random } = design;
  const tested = withinProbePermutationTest(kernels, { permutations, random, enough });
  const { estimate, perProbe, sampleSizes } = mmdSquared(kernels);
  const common = kernels.map(withinSimilarity);
  const blocks = blocksOf(probes, (places) => [
    places.reduce((sum, p) => sum + (perProbe[p] as number), 0),
    places.reduce((sum, p) => sum + (common[p] as number), 0),
  ]);
  const whole = common.reduce((sum, value) => sum + value, 0);
  const known = whole > 1e-9 * kernels.length;
  const ratio = ([distance = 0, similarity = 0]: readonly number[]) => distance / similarity;
  const jackknife =
    known && blocks.every(({ sums }) => (sums[1] as number) < whole) && blocks.length >= 2
      ? jackknifeOfSums(blocks, ratio)
      : null;
  const detectable = detectableStatistic(tested.nullStandardDeviation, kernels.length, design);
  return {
    ...shared,
    test: "answers",
    method: `${tested.method}; stopped at ${enough} relabellings as large (Besag & Clifford 1991)`,
    statistic: estimate,
    statisticName: "MMD² of the answers, mean over probes",
    effect: known ? ratio([estimate * kernels.length, whole]) : null,
    effectName:
      "share of what two answers of one run have in common that answers of different runs lack (0 none, 1 all)",
    interval: jackknife === null ? null : [...jackknife.interval(intervalLevel)],
    pValue: tested.pValue,
    permutations: tested.permutations,
    smallestP: smallestP(
      kernels.map(({ firstCount, secondCount }) => [firstCount, secondCount]),
      permutations,
    ),
    detectable: detectable === null || !known ? null : (detectable * kernels.length) / whole,
    n: kernels.length,
    samples: { earlier: sampleSizes[0], later: sampleSizes[1] },
  };
}

function testVectors(
  vectors: readonly { firstCount: number; secondCount: number; values: Float32Array }[],
  probes: Probes,
  design: TestDesign,
): ChangeTest {
  const { permutations, random } = design;
  const tested = meanShiftTest(vectors, { dimensions: vectorDimensions, permutations, random, enough });
  const { blockOf } = jackknifeBlocks(probes);
  const blocks = blocksOf(probes, () => []);
  const jackknife =
    blocks.length < 2 || blocks.some(({ size }) => size > probes.length - 2)
      ? null
      : deleteBlockJackknife(
          blocks.map(({ size }) => size),
          (left) => tested.without((p) => left !== null && blockOf[p] === left),
        );
  const count = (side: "firstCount" | "secondCount") => vectors.reduce((sum, { [side]: n }) => sum + n, 0);
  return {
    ...shared,
    test: "answer-shift",
    method: `${tested.method}; stopped at ${enough} relabellings as large (Besag & Clifford 1991)`,
    statistic: tested.statistic,
    statisticName: "squared shift of the mean answer that is common to the probes",
    effect: tested.statistic,
    effectName: "squared shift of the mean answer (unit vectors; 0 none)",
    interval: jackknife === null ? null : [...jackknife.interval(intervalLevel)],
    pValue: tested.pValue,
    permutations: tested.permutations,
    smallestP: smallestP(
      vectors.map(({ firstCount, secondCount }) => [firstCount, secondCount]),
      permutations,
    ),
    detectable: detectableStatistic(tested.nullStandardDeviation, vectors.length, design),
    n: vectors.length,
    samples: { earlier: count("firstCount"), later: count("secondCount") },
  };
}

/** Sums over the probes of each jackknife block. */
function blocksOf(probes: Probes, sumsOf: (places: readonly number[]) => number[]) {
  const { blockOf, blockCount } = jackknifeBlocks(probes);
  return Array.from({ length: blockCount }, (_, block) => {
    const places = probes.flatMap((_, p) => (blockOf[p] === block ? [p] : []));
    return { size: places.length, sums: sumsOf(places) };
  });
}

/** Mean similarity of two answers of the earlier run, plus that of the later. */
function withinSimilarity(kernel: ProbeKernel): number {
  const { firstCount: n1, secondCount: n2, values } = kernel;
  const size = n1 + n2;
  const part = (from: number, to: number) => {
    const n = to - from;
    const inside = new Float32Array(n * n);
    for (let row = 0; row < n; row++)
      inside.set(values.subarray((from + row) * size + from, (from + row) * size + to), row * n);
    return (2 * pairSums({ firstCount: n, secondCount: 0, values: inside }).total) / (n * (n - 1));
  };
  return part(0, n1) + part(n1, size);
}

/**
 * The statistic that would pass Holm's first threshold with probability 0.8, were it normal with the spread that it has
 * over relabellings: about right with many probes, and a little low, for a changed endpoint's answers vary besides.
 */
function detectableStatistic(spread: number, probes: number, { level, tests }: TestDesign): number | null {
  if (probes < fewestForDetectable || spread === 0) return null;
  return (normalQuantile(1 - level / tests) + normalQuantile(detectionPower)) * spread;
}

/** 1 over the number of different relabellings, or what so many random ones can show, if that is larger. */
export function smallestP(counts: readonly AnswerCounts[], permutations: number): number {
  let logWays = 0;
  for (const [first, second] of counts)
    for (let k = 1; k <= Math.min(first, second); k++) logWays += Math.log((Math.max(first, second) + k) / k);
  // Where all numbers are equal, swapping the two runs at every probe leaves the statistic as it was.
  if (counts.every(([first, second]) => first === second)) logWays -= Math.LN2;
  return Math.min(1, Math.max(1 / (permutations + 1), Math.exp(-logWays)));
}
