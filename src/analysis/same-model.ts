import type { Evidence } from "../schema/analysis.ts";
import type { Random } from "../schema/random.ts";
import { mmdSquared, mmdSquaredJackknife } from "../stats/mmd-squared.ts";
import type { ProbeKernel } from "../stats/probe-kernel.ts";
import { studentTQuantile } from "../stats/student-t-quantile.ts";
import { withinProbePermutationTest } from "../stats/within-probe-permutation-test.ts";
import { controlsOf } from "./content-score.ts";
import { kernelAt } from "./kernel-chunks.ts";
import type { MeasuredAnswers } from "./measured-answers.ts";
import { packed } from "./sparse-gram.ts";

const permutations = 999;
const boundLevel = 0.99;
/** The bound must be below this share of the nearest control's distance. */
const equivalenceShare = 0.15;
const smallestP = 0.01;

/**
 * Is the suspect the reference itself, served again? Squared maximum mean discrepancy (MMD) of their answers within
 * each probe, as a permutation test and as an equivalence: `same-model` needs the upper 99 % jackknife bound of MMD^2
 * below 15 % of the smallest reference-control MMD^2, and a permutation p above 0.01.
 *
 * @param grams - per probe, inner products of the suspect's and then the reference's responses (see `measureAnswers`)
 * @returns the line, with `claim` true for `same-model`; `reason` says why it does not apply (one sample a probe)
 * @see Gretton et al. (2012), jmlr.org/papers/v13/gretton12a.html; Gao, Liang & Guestrin (2025), arXiv:2410.20247
 */
export function sameModel(
  measured: MeasuredAnswers,
  suspect: number,
  reference: number,
  options: { readonly grams: readonly Float64Array[]; readonly random: Random },
): { readonly line: Evidence; readonly claim: boolean } {
  const base = {
    line: "same-model",
    title: "Is the suspect the reference itself?",
    nullHypothesis: "at each probe, the answers of suspect and reference are draws from one distribution",
    method: `within-probe permutation test of unbiased MMD² (${permutations} permutations); equivalence by the upper ${boundLevel * 100} % block-jackknife bound, below ${equivalenceShare * 100} % of the smallest reference–control MMD²`,
    effectName: "MMD² (squared distance of mean answers; 0 for one distribution)",
    // The interval is two-sided: its upper end is the one-sided bound.
    level: 2 * boundLevel - 1,
    eValue: null,
    nUnit: "probes",
    caveats: [],
  } as const;
  const { modelCount } = measured.stack;
  const count = (p: number, model: number) => measured.sampleCounts[p * modelCount + model] ?? 0;
  const usable = measured.probes.flatMap((_, p) =>
    count(p, suspect) >= 2 && count(p, reference) >= 2 ? [p] : [],
  );
  const notApplicable = (reason: string) => ({
    claim: false,
    line: {
      ...base,
      statistic: null,
      effect: null,
      interval: null,
      pValue: null,
      n: usable.length,
      reason,
      summary: `Not applicable: ${reason}.`,
      table: [],
      caveats: [],
    },
  });
  if (usable.length < 2)
    return notApplicable(
      "it needs two or more samples a probe from suspect and reference on at least two probes",
    );

  const kernels = usable.map(
    (p): ProbeKernel => ({
      firstCount: count(p, suspect),
      secondCount: count(p, reference),
      values: Float32Array.from(options.grams[p] ?? []),
    }),
  );
  const { estimate, perProbe } = mmdSquared(kernels);
  const test = withinProbePermutationTest(kernels, { permutations, random: options.random });
  const blocks = usable.map((p) => String(measured.blocks.blockOf[p]));
  if (new Set(blocks).size < 2) return notApplicable("it needs probes of at least two families");
  const jackknife = mmdSquaredJackknife(perProbe, blocks);
  const upper = estimate + studentTQuantile(boundLevel, jackknife.degreesOfFreedom) * jackknife.standardError;

  const controls = controlsOf(measured, suspect, reference).flatMap((control) => {
    const probes = usable.filter((p) => count(p, control) >= 2);
    if (probes.length === 0) return [];
    const distance = (p: number) => {
      const kernel = (a: number, b: number) => kernelAt(measured.stack.kernels, packed(a, b), p);
      return kernel(reference, reference) + kernel(control, control) - 2 * kernel(reference, control);
    };
    return [{ control, mmd: probes.reduce((sum, p) => sum + distance(p), 0) / probes.length }];
  });
  const nearest = controls.reduce<(typeof controls)[number] | null>(
    (least, entry) => (least === null || entry.mmd < least.mmd ? entry : least),
    null,
  );
  if (nearest === null) return notApplicable("no control has two or more samples a probe");
  const name = (model: number) => measured.models[model]?.name ?? "";
  const threshold = equivalenceShare * nearest.mmd;
  const claim = upper < threshold && test.pValue > smallestP;
  const rejected = test.pValue <= smallestP;
  return {
    claim,
    line: {
      ...base,
      statistic: estimate,
      effect: estimate,
      interval: [estimate - (upper - estimate), upper],
      pValue: test.pValue,
      n: usable.length,
      reason: null,
      summary: claim
        ? `The answers are equivalent to the reference's own: MMD² is at most ${upper.toFixed(4)} (upper ${boundLevel * 100} % bound), under ${equivalenceShare * 100} % of the ${nearest.mmd.toFixed(4)} between the reference and the nearest control (${name(nearest.control)}).`
        : rejected
          ? `The answers differ in distribution from the reference's (p = ${test.pValue.toPrecision(2)}, ${usable.length} probes): the suspect is not simply the reference served again.`
          : `The answers were not distinguished from the reference's (p = ${test.pValue.toPrecision(2)}, ${usable.length} probes), but equivalence is not shown either: MMD² may be up to ${upper.toFixed(4)}, where ${threshold.toFixed(4)} is the limit.`,
      table: [
        { model: name(suspect), role: "suspect", mmdSquared: estimate },
        ...controls
          .map(({ control, mmd }) => ({ model: name(control), role: "control", mmdSquared: mmd }))
          .sort((a, b) => a.mmdSquared - b.mmdSquared),
      ],
      caveats: [],
    },
  };
}
