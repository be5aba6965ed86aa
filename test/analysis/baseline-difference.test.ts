import { describe, expect, it } from "vitest";
import { baselineDifference } from "../../src/analysis/baseline-difference.ts";
import { createKernelStack } from "../../src/analysis/kernel-stack.ts";
import { evidenceSchema } from "../../src/schema/analysis.ts";
import { type Random, seededRandom } from "../../src/schema/random.ts";
import { centredNaively } from "./centred-naively.ts";
import { gaussianVector, measuredFromVectors } from "./vector-models.ts";

const dimension = 16;
const [reference, suspect, baseline] = [0, 1, 2];

interface World {
  readonly random: Random;
  readonly controls?: number;
  readonly probes?: number;
  /** How much of the reference's own departure the suspect takes up after the baseline. */
  readonly share?: number;
  /** How much of the baseline is in the reference, too. */
  readonly base?: number;
  /** A teacher of suspect and reference that is not in the run. */
  readonly common?: number;
  readonly labs?: Readonly<Record<number, string>>;
}

/** The suspect is its baseline, with a change of its own and `share` of the reference. */
function world({ random, controls = 8, probes = 40, share = 0, base = 0, common = 0, labs = {} }: World) {
  const draw = () => gaussianVector(dimension, random);
  const vectors = Array.from({ length: probes }, () => {
    const [ofBase, ofReference, ofSuspect, teacher] = [draw(), draw(), draw(), draw()];
    const at = (vector: Float64Array | undefined, i: number) => vector?.[i] ?? 0;
    const r = draw().map((_, i) => at(ofReference, i) + base * at(ofBase, i) + common * at(teacher, i));
    const s = draw().map(
      (_, i) => at(ofBase, i) + 0.5 * at(ofSuspect, i) + share * at(ofReference, i) + common * at(teacher, i),
    );
    return [r, s, ofBase ?? draw(), ...Array.from({ length: controls }, draw)];
  });
  const measured = measuredFromVectors({
    labs: Array.from({ length: controls + 3 }, (_, m) => labs[m] ?? `lab ${m}`),
    panel: Array.from({ length: controls }, (_, i) => i + 3),
    vectors,
  });
  return { measured, vectors };
}

const lineOf = (options: World, ofBaseline: number | null = baseline) =>
  baselineDifference(world(options).measured, suspect, reference, ofBaseline);

const trials = 200;
const tolerated = (rate: number) => rate + 2 * Math.sqrt((rate * (1 - rate)) / trials);

describe("difference to a baseline", () => {
  it("is the difference in differences that explicit loops give", () => {
    const { measured, vectors } = world({
      random: seededRandom(1),
      controls: 5,
      probes: 8,
      share: 0.4,
      base: 0.3,
    });
    const line = baselineDifference(measured, suspect, reference, baseline);
    const towards = (model: number, control: number) => {
      const panel = measured.stack.panel.filter((one) => one !== control);
      const sum = (a: number, b: number) =>
        vectors.reduce((total, ofProbe) => total + centredNaively(ofProbe, a, b, panel), 0);
      return (sum(suspect, model) - sum(baseline, model)) / sum(model, model);
    };
    const controls = measured.stack.panel;
    const differences = controls.map((control) => towards(reference, control) - towards(control, control));
    expect(line.effect).toBeCloseTo(differences.reduce((sum, value) => sum + value, 0) / 5, 5);
    const rank = (1 + differences.filter((value) => value <= 0).length) / 6;
    expect(line.pValue).toBeGreaterThanOrEqual(rank);
    expect(line.summary).toContain(`over models rank p = ${rank.toPrecision(2)} (5 control references)`);
    for (const control of controls)
      expect(line.table.find((row) => row.control === `model-${control}`)?.towardsControl).toBeCloseTo(
        towards(control, control),
        5,
      );
    expect(evidenceSchema.safeParse(line).success).toBe(true);
  });

  it.each([4, 9, 19])(
    "is false at most at its level, and the rank p nearly uniform: %i controls",
    (controls) => {
      const random = seededRandom(20 + controls);
      const pValues = Array.from(
        { length: trials },
        () => lineOf({ random, controls, probes: 24 }).pValue ?? 1,
      );
      for (const level of [0.05, 0.2])
        expect(pValues.filter((p) => p <= level).length / trials).toBeLessThanOrEqual(tolerated(level));
      expect(Math.min(...pValues)).toBeGreaterThanOrEqual(1 / (controls + 1) - 1e-12);
      expect(pValues.filter((p) => p <= 0.5).length / trials).toBeGreaterThan(0.3);
    },
  );

  it("removes a base that the suspect shares with the reference, and finds what it took up beyond", () => {
    const shared = lineOf({ random: seededRandom(2), base: 0.8, controls: 19 });
    expect(shared.pValue).toBeGreaterThan(0.05);
    expect(Math.abs(shared.effect as number)).toBeLessThan(0.1);
    const beyond = lineOf({ random: seededRandom(2), base: 0.8, share: 0.4, controls: 19, probes: 80 });
    expect(beyond.pValue).toBeCloseTo(1 / 20, 12);
    expect(beyond.statistic).toBeGreaterThan(5);
    expect(beyond.interval?.[0]).toBeGreaterThan(0.1);
    const only = lineOf({ random: seededRandom(2), share: 0.4, controls: 19, probes: 80 });
    expect(Math.abs((only.effect as number) - 0.4)).toBeLessThan(0.06);
  });

  it("does not remove a common teacher, and says so", () => {
    const line = lineOf({ random: seededRandom(3), common: 0.8, controls: 19, probes: 80 });
    expect(line.pValue).toBeCloseTo(1 / 20, 12);
    expect(line.caveats[0]?.message).toMatch(/does not remove a common teacher/);
  });

  it("is not small by rank alone where few probes leave the movement uncertain", () => {
    const random = seededRandom(4);
    const uncertain = Array.from({ length: 40 }, () =>
      lineOf({ random, controls: 12, probes: 4, share: 0.15 }),
    );
    const ranks = uncertain.map(({ summary }) => Number(/rank p = ([\d.]+)/.exec(summary)?.[1]));
    expect(uncertain.some(({ pValue }, i) => (ranks[i] ?? 1) < 0.1 && (pValue ?? 0) > 0.1)).toBe(true);
  });

  it("leaves out control references of the baseline's own lab, and a baseline in the panel", () => {
    const labs = { [baseline]: "base lab", 3: "base lab", 4: "base lab" };
    const { measured } = world({ random: seededRandom(5), labs, share: 0.5 });
    const line = baselineDifference(measured, suspect, reference, baseline);
    expect(line.n).toBe(6);
    expect(line.table.map(({ control }) => control)).not.toContain("model-3");
    const withControl = baselineDifference(measured, suspect, reference, 5);
    expect(withControl.n).toBe(7);
    expect(withControl.table.map(({ control }) => control)).not.toContain("model-5");
  });

  it("leaves out a control reference that hardly departs from the panel, whose quotient would be anything", () => {
    const { measured, vectors } = world({ random: seededRandom(9), share: 0.4, probes: 80 });
    const panel = measured.stack.panel;
    // Control 3 says what the others say on average, and a trace of its own.
    const bland = (ofProbe: readonly Float64Array[], own: Float64Array) =>
      own.map(
        (value, i) =>
          0.01 * value +
          panel.slice(1).reduce((sum, m) => sum + (ofProbe[m]?.[i] ?? 0), 0) / (panel.length - 1),
      );
    const withBland = measuredFromVectors({
      labs: measured.models.map(({ lab }) => lab),
      panel,
      vectors: vectors.map((ofProbe) =>
        ofProbe.map((vector, m) => (m === 3 ? bland(ofProbe, vector) : vector)),
      ),
    });
    const line = baselineDifference(withBland, suspect, reference, baseline);
    expect(line.table.map(({ control }) => control)).not.toContain("model-3");
    expect(Math.abs((line.effect as number) - 0.4)).toBeLessThan(0.1);
  });

  it("does not apply without what it needs, and says why", () => {
    const { measured } = world({ random: seededRandom(6) });
    expect(baselineDifference(measured, suspect, reference, null).reason).toMatch(/no baseline/);
    const without = (model: number, from: number) => {
      const present = measured.stack.present.slice();
      for (let p = from; p < measured.probes.length; p++) present[p * measured.models.length + model] = 0;
      return { ...measured, stack: createKernelStack({ ...measured.stack, present }) };
    };
    expect(baselineDifference(without(baseline, 0), suspect, reference, baseline)).toMatchObject({
      statistic: null,
      effect: null,
      pValue: null,
      reason: expect.stringMatching(/no measurable departure/),
    });
    expect(baselineDifference(without(reference, 1), suspect, reference, baseline).reason).toMatch(
      /no measurable departure/,
    );
    const all = Object.fromEntries(
      [2, ...Array.from({ length: 8 }, (_, i) => i + 3)].map((m) => [m, "one lab"]),
    );
    expect(lineOf({ random: seededRandom(6), labs: all }).reason).toMatch(/other labs than the baseline's/);
  });

  it("says nothing moved where the suspect is its baseline, and repeats itself", () => {
    const { measured, vectors } = world({ random: seededRandom(7) });
    const same = measuredFromVectors({
      labs: measured.models.map(({ lab }) => lab),
      panel: measured.stack.panel,
      vectors: vectors.map((ofProbe) =>
        ofProbe.map((vector, m) => (m === suspect ? (ofProbe[baseline] ?? vector) : vector)),
      ),
    });
    const line = baselineDifference(same, suspect, reference, baseline);
    expect(line).toMatchObject({ effect: 0, statistic: null, pValue: 1 });
    expect(baselineDifference(same, suspect, reference, baseline)).toEqual(line);
  });
});
