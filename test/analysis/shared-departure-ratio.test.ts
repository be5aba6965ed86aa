import { describe, expect, it } from "vitest";
import { measureAnswers } from "../../src/analysis/measure-answers.ts";
import { sharedDepartureRatio } from "../../src/analysis/shared-departure-ratio.ts";
import type { ProbeAnswers } from "../../src/schema/corpus.ts";
import { type Random, seededRandom } from "../../src/schema/random.ts";

const names = ["reference", "suspect", "base", "c1", "c2", "c3", "c4"];

/** Eight words of the model's own at this probe, each one of three. */
const answer = (model: string, probe: number, random: Random) =>
  Array.from({ length: 8 }, (_, i) => `${model}${probe}w${i}v${Math.floor(random() * 3)}`).join(" ");

/** The suspect answers from the reference with probability `fraction`, else from its base, which also answers so. */
async function measuredMixture(
  fraction: number,
  options: {
    seed: number;
    samples?: (model: string, probe: number) => number;
    baseFraction?: number;
    panel?: readonly number[];
  },
) {
  const random = seededRandom(options.seed);
  const { samples = () => 12, baseFraction = 0, panel = [3, 4, 5, 6] } = options;
  const shares = new Map([
    ["suspect", fraction],
    ["base", baseFraction],
  ]);
  const probes = Array.from(
    { length: 24 },
    (_, p): ProbeAnswers => ({
      probe: `probe-${p}`,
      family: `family-${p % 12}`,
      prompt: "",
      answers: new Map(
        names.flatMap((name) => {
          const own = name === "suspect" ? "base" : name;
          const texts = Array.from({ length: samples(name, p) }, () => {
            // What the base has of the reference, the suspect has too.
            const share = (shares.get(name) ?? 0) + (name === "suspect" ? (1 - fraction) * baseFraction : 0);
            return answer(random() < share ? "reference" : own, p, random);
          });
          return texts.length > 0 ? [[name, texts] as const] : [];
        }),
      ),
    }),
  );
  return measureAnswers(probes, {
    models: names.map((name) => ({ name, lab: name })),
    panel,
    // Of the controls, whoever else is listed.
    documentFrequency: { voteOf: [0, 0, 0, 1, 1, 1, 1], added: 2, minVotes: 0 },
  });
}

describe("shared-departure ratio", () => {
  it.each([0, 0.25, 0.5, 0.75, 1])(
    "reads about the share of answers that are the reference's: %f",
    async (fraction) => {
      const ratio = sharedDepartureRatio(await measuredMixture(fraction, { seed: 81 }), 1, 0, null);
      expect(ratio.reason).toBeNull();
      expect(Math.abs((ratio.estimate as number) - fraction)).toBeLessThan(0.1);
      const [low, high] = ratio.interval ?? [1, 0];
      expect(low).toBeLessThanOrEqual(ratio.estimate as number);
      expect(high).toBeGreaterThanOrEqual(ratio.estimate as number);
      expect(ratio.level).toBe(0.9);
    },
  );

  it("with a baseline, reads what the suspect has beyond it", async () => {
    const measured = await measuredMixture(0.5, { seed: 82, baseFraction: 0.4 });
    const plain = sharedDepartureRatio(measured, 1, 0, null).estimate as number;
    const beyond = sharedDepartureRatio(measured, 1, 0, 2).estimate as number;
    expect(Math.abs(plain - 0.7)).toBeLessThan(0.1);
    expect(Math.abs(beyond - 0.5)).toBeLessThan(0.15);
  });

  it("is not pulled down by probes that have a single answer of the reference", async () => {
    const samples = (model: string, probe: number) => (model === "reference" && probe % 3 === 0 ? 1 : 12);
    const ratio = sharedDepartureRatio(await measuredMixture(1, { seed: 83, samples }), 1, 0, null);
    expect(Math.abs((ratio.estimate as number) - 1)).toBeLessThan(0.1);
  });

  it("does not ask whether suspect and baseline are listed as panel models, whose sums leave them out", async () => {
    const samples = (model: string, probe: number) => {
      if (model === "reference") return probe % 3 === 0 ? 1 : 6;
      return (model === "suspect" && probe % 4 === 0) || (model === "base" && probe % 5 === 1) ? 0 : 6;
    };
    const of = async (baseline: number | null, panel: readonly number[]) =>
      sharedDepartureRatio(
        await measuredMixture(0.5, { seed: 87, samples, baseFraction: 0.4, panel }),
        1,
        0,
        baseline,
      );
    for (const [baseline, listed] of [
      [null, [1, 3, 4, 5, 6]],
      [2, [1, 2, 3, 4, 5, 6]],
      [2, [0, 1, 2, 3, 4, 5, 6]],
    ] as const) {
      const expected = await of(baseline, [3, 4, 5, 6]);
      const got = await of(baseline, listed);
      expect(got.estimate).toBeCloseTo(expected.estimate as number, 9);
      expect(got.standardError).toBeCloseTo(expected.standardError as number, 9);
    }
  });

  it("takes all sums over the probes that suspect, reference and baseline share", async () => {
    const samples = (model: string, probe: number) =>
      (model === "suspect" && probe % 4 === 0) || (model === "base" && probe % 4 === 1) ? 0 : 12;
    const measured = await measuredMixture(0.5, { seed: 84, samples, baseFraction: 0.4 });
    const ratio = sharedDepartureRatio(measured, 1, 0, 2);
    expect(Math.abs((ratio.estimate as number) - 0.5)).toBeLessThan(0.2);
  });

  it.each([
    ["one sample a probe", () => 1, /two or more samples/],
    ["no answer of the reference", (model: string) => (model === "reference" ? 0 : 3), /two or more samples/],
    ["no answer of the suspect", (model: string) => (model === "suspect" ? 0 : 3), /two families/],
  ])("is null with a reason: %s", async (_, samples, why) => {
    const ratio = sharedDepartureRatio(await measuredMixture(0.5, { seed: 85, samples }), 1, 0, null);
    expect(ratio).toMatchObject({ estimate: null, standardError: null, interval: null });
    expect(ratio.reason).toMatch(why);
  });

  it("is null, not a wild quotient, where the baseline is the reference itself", async () => {
    const measured = await measuredMixture(0.5, { seed: 86, baseFraction: 1 });
    const ratio = sharedDepartureRatio(measured, 1, 0, 2);
    if (ratio.estimate === null) expect(ratio.reason).toMatch(/beyond the baseline/);
    else expect((ratio.interval?.[1] ?? 0) - (ratio.interval?.[0] ?? 0)).toBeGreaterThan(1);
  });
});
