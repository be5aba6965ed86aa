import { describe, expect, it } from "vitest";
import { leaveOneFamilyOut } from "../../src/analysis/leave-one-family-out.ts";
import { likelihoodRatio } from "../../src/analysis/likelihood-ratio.ts";
import type { MeasuredAnswers } from "../../src/analysis/measured-answers.ts";
import type { Calibration } from "../../src/schema/calibration.ts";
import { seededRandom } from "../../src/schema/random.ts";
import { gaussianVector, measuredFromVectors } from "./vector-models.ts";

const calibration: Calibration = {
  schemaVersion: 1,
  statisticVersion: "1",
  congenerVersion: "0",
  name: "made up",
  domain: "real-models",
  samplesPerProbe: "one",
  corpora: [],
  features: ["contentScore", "habitScore"],
  intercept: -2,
  weights: [0.6, 0.3],
  background: { contentMean: 0.2, contentStandardDeviation: 0.05, habitSpread: 0.1 },
  bootstrapCoefficients: [],
  sources: { distilledClusters: 99, unrelatedPairs: 99, teacherLabs: 9, clusterNames: [] },
  bounds: { log10LR: [-9, 9], log10SourceCap: 9, elubLog10LR: null },
  metrics: { cllr: 0.3, cllrMin: 0.2, auc: 0.9, misleadingUnrelated: 0, misleadingDistilled: 0 },
  distilledLog10LR: [],
  unrelatedLog10LR: [],
  pav: [],
};
const models = 12;
type Vectors = readonly (readonly Float64Array[])[];

/** Reference 0, suspect 1, controls, each with habits of its own; the suspect answers as the reference at the probes of `taught`. */
function vectors(probes: number, taught: readonly number[]): Vectors {
  const random = seededRandom(41);
  const habits = Array.from({ length: models }, () => gaussianVector(24, random));
  return Array.from({ length: probes }, (_, p) => {
    const own = habits.map((habit) => gaussianVector(24, random).map((value, i) => value + (habit[i] ?? 0)));
    return taught.includes(p)
      ? own.map((vector, m) =>
          m === 1 ? vector.map((value, i) => 0.4 * value + 2 * (own[0]?.[i] ?? 0)) : vector,
        )
      : own;
  });
}

/** Every probe a block, and so a family of its own. */
function measured(of: Vectors): MeasuredAnswers {
  const plain = measuredFromVectors({
    labs: Array.from({ length: models }, (_, m) => `lab ${m}`),
    panel: Array.from({ length: models - 2 }, (_, i) => i + 2),
    vectors: of,
    habitJackknife: true,
  });
  return {
    ...plain,
    blocks: { ...plain.blocks, kind: "families" },
    probes: plain.probes.map(({ id }, p) => ({ id, family: `family-${p}` })),
  };
}

const ratio = (of: MeasuredAnswers) =>
  likelihoodRatio(of, 1, 0, { calibration, background: calibration.background });

describe("leaveOneFamilyOut", () => {
  it("gives the ratio of the run without those probes", () => {
    const all = vectors(14, [1, 4, 5, 9, 12]);
    const { families, reason } = leaveOneFamilyOut(measured(all), ratio(measured(all)));
    expect(reason).toBeNull();
    expect(families.map(({ family, probes }) => [family, probes])).toEqual(
      all.map((_, p) => [`family-${p}`, 1]),
    );
    all.forEach((_, left) => {
      const rest = measured(all.filter((_unused, p) => p !== left));
      // The floor under habits' self terms is the whole run's: the only difference.
      expect(Math.abs((families[left]?.log10LR as number) - (ratio(rest)?.log10LR as number))).toBeLessThan(
        0.02,
      );
    });
  });

  it("shows the family that the ratio rests on", () => {
    const run = measured(vectors(14, [6]));
    const { families } = leaveOneFamilyOut(run, ratio(run));
    const sorted = [...families].sort((a, b) => (a.log10LR as number) - (b.log10LR as number));
    expect(sorted[0]?.family).toBe("family-6");
    expect((sorted[1]?.log10LR as number) - (sorted[0]?.log10LR as number)).toBeGreaterThan(0.5);
  });

  it("keeps to the bounds, and says why where there is nothing to leave out", () => {
    const run = measured(vectors(14, [1, 2, 3, 4, 5, 6, 7, 8, 9]));
    const bounded = likelihoodRatio(run, 1, 0, {
      calibration: { ...calibration, bounds: { ...calibration.bounds, log10LR: [-1, 1] } },
      background: calibration.background,
    });
    expect(leaveOneFamilyOut(run, bounded).families.every(({ log10LR }) => log10LR === 1)).toBe(true);
    expect(leaveOneFamilyOut(run, null)).toEqual({ families: [], reason: "there is no likelihood ratio" });
    const few = { ...run, blocks: { ...run.blocks, kind: "contiguous runs" as const } };
    expect(leaveOneFamilyOut(few, bounded).reason).toMatch(
      /14 families, and single ones can be left out from 10/,
    );
  });
});
