import { describe, expect, it } from "vitest";
import { rankAmongControls } from "../../src/analysis/rank-among-controls.ts";
import { evidenceSchema } from "../../src/schema/analysis.ts";
import { type Random, seededRandom } from "../../src/schema/random.ts";
import { gaussian, gaussianVector, measuredFromVectors } from "./vector-models.ts";

/**
 * Reference (0), suspect (1) and controls. Each model answers as the reference does with its own correlation, drawn
 * anew for each model: models differ, and somebody is nearest.
 */
function trial(
  controls: number,
  options: {
    readonly spread: number;
    readonly suspect?: number;
    readonly probes?: number;
    readonly random: Random;
  },
) {
  const { spread, random, probes = 30 } = options;
  const models = controls + 2;
  const towards = Array.from({ length: models }, (_, m) =>
    m === 1 && options.suspect !== undefined ? options.suspect : 0.2 + spread * gaussian(random),
  );
  const vectors = Array.from({ length: probes }, () => {
    const reference = gaussianVector(8, random);
    return towards.map((weight, m) =>
      m === 0
        ? reference
        : gaussianVector(8, random).map((own, i) => own + weight * (reference[i] as number)),
    );
  });
  const measured = measuredFromVectors({
    labs: towards.map((_, m) => `lab ${m}`),
    panel: Array.from({ length: controls }, (_, i) => i + 2),
    vectors,
  });
  return rankAmongControls(measured, 1, 0);
}

const trials = 200;
const twoErrors = (rate: number) => 2 * Math.sqrt((rate * (1 - rate)) / trials);

describe("rank among the controls", () => {
  it.each([5, 10, 20])(
    "over probes, the partial conjunction is false at most at its level: %i equally close controls",
    (controls) => {
      const random = seededRandom(50 + controls);
      let claims = 0;
      for (let k = 0; k < trials; k++)
        if ((trial(controls, { spread: 0, random }).pValue ?? 1) <= 0.05) claims++;
      expect(claims / trials).toBeLessThanOrEqual(0.05 + twoErrors(0.05));
    },
    120_000,
  );

  it.each([5, 10, 20])(
    "over models, only the rank p is valid: somebody among %i is nearest, and the caveat says so",
    (controls) => {
      const random = seededRandom(60 + controls);
      const smallest = 1 / (controls + 1);
      let nearest = 0;
      let claims = 0;
      for (let k = 0; k < trials; k++) {
        const line = trial(controls, { spread: 0.3, random });
        if ((line.statistic ?? 1) <= smallest + 1e-9) nearest++;
        if ((line.pValue ?? 1) <= 0.05) claims++;
        expect(line.caveats.map(({ code }) => code)).toContain("rank-is-descriptive");
      }
      expect(Math.abs(nearest / trials - smallest)).toBeLessThanOrEqual(1.5 * twoErrors(smallest));
      // Closer than all but floor(n / 20): no more often than an exchangeable model stands there.
      const standsThere = (1 + Math.floor(controls / 20)) / (controls + 1);
      expect(claims / trials).toBeLessThanOrEqual(standsThere + twoErrors(standsThere));
    },
    120_000,
  );

  it("finds a suspect that is much closer than every control", () => {
    const line = trial(10, { spread: 0.05, suspect: 1.2, probes: 60, random: seededRandom(71) });
    expect(line.pValue).toBeLessThan(0.01);
    expect(line.statistic).toBeCloseTo(1 / 11, 12);
    expect(line.effect).toBe(1);
    expect(line.n).toBe(10);
    expect(line.table.length).toBe(10);
    expect(evidenceSchema.safeParse(line).success).toBe(true);
  });

  it("counts a tie as a control at least as close, and gives it no small p", () => {
    const random = seededRandom(72);
    const vectors = Array.from({ length: 20 }, () => {
      const suspect = gaussianVector(8, random);
      const reference = gaussianVector(8, random).map((own, i) => own + (suspect[i] as number));
      // Control 2 gives the suspect's own answers.
      return [reference, suspect, suspect, ...Array.from({ length: 5 }, () => gaussianVector(8, random))];
    });
    const line = rankAmongControls(
      measuredFromVectors({
        labs: vectors[0]?.map((_, m) => `lab ${m}`) ?? [],
        panel: [2, 3, 4, 5, 6, 7],
        vectors,
      }),
      1,
      0,
    );
    expect(line.effect).toBeCloseTo(5 / 6, 12);
    expect(line.statistic).toBeCloseTo(2 / 7, 12);
    const tied = line.table.find(({ control }) => control === "model-2");
    expect(tied).toMatchObject({ difference: 0, pValue: 1 });
    expect(line.pValue).toBe(1);
  });

  it("does not apply without a control, and says why", () => {
    const random = seededRandom(73);
    const vectors = Array.from({ length: 5 }, () => [0, 1, 2].map(() => gaussianVector(4, random)));
    const line = rankAmongControls(measuredFromVectors({ labs: ["r", "s", "r"], panel: [2], vectors }), 1, 0);
    expect(line).toMatchObject({ statistic: null, effect: null, pValue: null, n: 0 });
    expect(line.reason).toMatch(/no control/);
  });
});
