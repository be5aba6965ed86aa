import { describe, expect, it } from "vitest";
import { departureGrams } from "../../src/analysis/departure-grams.ts";
import { contiguousRuns } from "../../src/analysis/jackknife-blocks.ts";
import { createKernelStack } from "../../src/analysis/kernel-stack.ts";
import { severalReferences } from "../../src/analysis/several-references.ts";
import { evidenceSchema } from "../../src/schema/analysis.ts";
import { type Random, seededRandom } from "../../src/schema/random.ts";
import { centredNaively } from "./centred-naively.ts";
import { gaussianVector, measuredFromVectors } from "./vector-models.ts";

type Vectors = readonly Float64Array[];
/** What a model answers at a probe, from what the models before it answer there. */
type Recipe = (before: Vectors, own: Float64Array) => Float64Array;

const dimension = 16;
const own: Recipe = (_, vector) => vector;
/** So much of each earlier model, the rest its own. */
const mix =
  (shares: Readonly<Record<number, number>>, rest: number): Recipe =>
  (before, vector) =>
    vector.map((value, i) =>
      Object.entries(shares).reduce(
        (sum, [model, share]) => sum + share * (before[Number(model)]?.[i] ?? 0),
        rest * value,
      ),
    );

/** Models by recipe, in order; every model also says what anybody says at the probe. */
function models(recipes: readonly Recipe[], options: { random: Random; probes?: number }): Vectors[] {
  const { random, probes = 60 } = options;
  return Array.from({ length: probes }, () => {
    const anybody = gaussianVector(dimension, random);
    const departures: Float64Array[] = [];
    for (const recipe of recipes) departures.push(recipe(departures, gaussianVector(dimension, random)));
    return departures.map((vector) => vector.map((value, i) => value + (anybody[i] ?? 0)));
  });
}

const many = (count: number): Recipe[] => new Array<Recipe>(count).fill(own);

/** Order of models: reference 0, then `others`, suspect, then controls. Labs are the models' own unless named. */
function line(
  suspect: Recipe,
  options: {
    random: Random;
    others?: readonly { recipe: Recipe; lab?: string; control?: boolean }[];
    controls?: number;
    probes?: number;
    baseline?: number;
  },
) {
  const { others = [], controls = 8 } = options;
  const at = 1 + others.length;
  const recipes = [own, ...others.map(({ recipe }) => recipe), suspect, ...many(controls)];
  const measured = measuredFromVectors({
    labs: recipes.map((_, m) => others[m - 1]?.lab ?? `lab ${m}`),
    panel: recipes.flatMap((_, m) => (m > at || (m > 0 && others[m - 1]?.control) ? [m] : [])),
    vectors: models(recipes, options),
  });
  return { at, measured, evidence: severalReferences(measured, at, 0, options.baseline ?? null) };
}

const rowOf = (evidence: ReturnType<typeof severalReferences>, model: number, question = "teacher") =>
  evidence.table.find((row) => row.model === `model-${model}` && row.question === question);

const trials = 100;
const tolerated = (rate: number) => rate + 2 * Math.sqrt((rate * (1 - rate)) / trials);
const rejections = (evidence: () => ReturnType<typeof severalReferences>) =>
  Array.from({ length: trials }, () => evidence().pValue ?? 1).filter((p) => p <= 0.05).length / trials;

describe("several references", () => {
  it("centres every entry without the labs of its two models, as explicit loops do", () => {
    const labs = ["r", "s", "a", "a", "b", "c", "d", "e"];
    const vectors = models(many(8), { random: seededRandom(1), probes: 7 });
    const panel = [2, 3, 4, 5, 6, 7];
    const measured = measuredFromVectors({ labs, panel, vectors });
    const members = [1, 0, 2, 5, 7];
    const [gram] = departureGrams(measured, members, [4], [contiguousRuns(7)]);
    for (const leftOut of [-1, 3]) {
      const means = gram?.meansWithout(leftOut) ?? [];
      members.forEach((a, i) => {
        members.forEach((b, j) => {
          const kept = panel.filter((m) => m !== 4 && ![labs[a], labs[b]].includes(labs[m]));
          const values = vectors.flatMap((ofProbe, p) =>
            p === leftOut ? [] : [centredNaively(ofProbe, a, b, kept)],
          );
          expect(means[i]?.[j]).toBeCloseTo(values.reduce((sum, value) => sum + value, 0) / values.length, 5);
        });
      });
    }
  });

  it.each([0, 0.25, 0.5, 0.75])(
    "reads the share of the reference's departure that the suspect has: %f",
    (share) => {
      const { evidence } = line(mix({ 0: share }, 1 - share), { random: seededRandom(2), probes: 200 });
      expect(evidenceSchema.safeParse(evidence).success).toBe(true);
      const row = rowOf(evidence, 0);
      expect(Math.abs((row?.weight as number) - share)).toBeLessThan(0.06);
      // A weight that no block moves off its bound has no interval: it would look sure.
      for (const { weight, low, high } of evidence.table)
        if (low === null) expect([weight, high]).toEqual([0, null]);
        else expect(high as number).toBeGreaterThan(low as number);
      if (share > 0) expect(evidence.pValue).toBeLessThan(0.001);
      else expect(evidence.pValue).toBeGreaterThan(0.05);
    },
  );

  it("shares out two teachers, and does not call the lesser one separable", () => {
    const others = [{ recipe: own, control: true }];
    const { evidence } = line(mix({ 0: 0.3, 1: 0.5 }, 0.4), { random: seededRandom(3), others, probes: 200 });
    expect(Math.abs((rowOf(evidence, 0)?.weight as number) - 0.3)).toBeLessThan(0.08);
    expect(Math.abs((rowOf(evidence, 1)?.weight as number) - 0.5)).toBeLessThan(0.08);
    expect(evidence.table[0]).toMatchObject({ model: "model-1", role: "control" });
    expect(evidence.statistic).toBeLessThan(0);
    expect(evidence.pValue).toBeGreaterThan(0.5);
    expect(evidence.summary).toMatch(/not separable: model-1 alone explains as much/);
  });

  it.each([4, 12])(
    "is false at most at its level where the suspect is nobody's student: %i controls",
    (controls) => {
      const random = seededRandom(10 + controls);
      expect(rejections(() => line(own, { random, controls, probes: 30 }).evidence)).toBeLessThanOrEqual(
        tolerated(0.05),
      );
    },
  );

  it.each([
    ["two teachers of equal share", mix({ 0: 0.4, 1: 0.4 }, 0.6), [{ recipe: own, control: true }]],
    // The reference (0) and a control (2) are equally near copies of the teacher (1), which is not in the run's roles:
    // one of them takes nearly all the weight, by a hair.
    [
      "two near copies of the teacher",
      mix({ 1: 0.5 }, 0.5),
      [{ recipe: mix({ 0: 1 }, 0.3) }, { recipe: mix({ 1: 1 }, 0.3), control: true }],
    ],
  ])("is false at most at its level where the null is tight: %s", (_, suspect, others) => {
    const random = seededRandom(30);
    const rate = rejections(() => line(suspect, { random, others, probes: 30 }).evidence);
    expect(rate).toBeLessThanOrEqual(tolerated(0.05));
  });

  it("covers the reference's weight at about its level", () => {
    const random = seededRandom(31);
    const covered = Array.from({ length: trials }, () => {
      const row = rowOf(line(mix({ 0: 0.5 }, 0.5), { random, probes: 30 }).evidence, 0);
      return (row?.low as number) <= 0.5 && (row?.high as number) >= 0.5;
    }).filter(Boolean).length;
    // Two points off the nominal 95 % for the ridge and the bound at 0.
    expect(covered / trials).toBeGreaterThan(0.93 - 2 * Math.sqrt((0.93 * 0.07) / trials));
  });

  it("gives copies equal weight, and does not separate them", () => {
    const others = [{ recipe: mix({ 0: 1 }, 0), control: true }];
    const { evidence } = line(mix({ 0: 0.6 }, 0.5), { random: seededRandom(4), others });
    const [reference, copy] = [rowOf(evidence, 0), rowOf(evidence, 1)];
    expect(copy?.weight as number).toBeGreaterThan(0.2);
    expect(reference?.weight as number).toBeCloseTo(copy?.weight as number, 4);
    expect(evidence.pValue).toBeGreaterThan(0.05);
  });

  it("tells versions of a lab apart, without letting them compete with the reference for the lab", () => {
    const version = { recipe: mix({ 0: 0.8 }, 0.6), lab: "lab 0" };
    const options = () => ({ random: seededRandom(5), others: [version], probes: 200 });
    const ofReference = line(mix({ 0: 0.5 }, 0.7), options()).evidence;
    expect(ofReference.summary).toMatch(/Among 2 versions of its lab it is separable/);
    expect(rowOf(ofReference, 1)).toBeUndefined();
    const ofVersion = line(mix({ 1: 0.5 }, 0.7), options()).evidence;
    expect(ofVersion.pValue).toBeLessThan(0.001);
    expect(ofVersion.summary).toMatch(
      /Among 2 versions of its lab it is not separable; the nearest is model-1/,
    );
    expect(
      (rowOf(ofVersion, 1, "version")?.weight as number) - (rowOf(ofVersion, 0, "version")?.weight as number),
    ).toBeGreaterThan(0.2);
    const ofNobody = line(own, options()).evidence;
    expect(ofNobody.summary).toMatch(/Which version of its lab is not asked/);
  });

  it("is not moved by versions of the reference's lab that are in the run", () => {
    const suspect = (first: number) => mix({ 0: 0.4 }, first);
    const recipes = [own, suspect(0.6), ...many(7), mix({ 0: 0.9 }, 0.3)];
    const vectors = models(recipes, { random: seededRandom(6) });
    const evidence = (count: number) =>
      severalReferences(
        measuredFromVectors({
          labs: recipes.slice(0, count).map((_, m) => (m === 9 ? "lab 0" : `lab ${m}`)),
          panel: [2, 3, 4, 5, 6, 7, 8],
          vectors: vectors.map((ofProbe) => ofProbe.slice(0, count)),
        }),
        1,
        0,
        null,
      );
    const [without, withVersion] = [evidence(9), evidence(10)];
    expect(withVersion.table.length).toBe(without.table.length + 2);
    expect(withVersion.statistic).toBeCloseTo(without.statistic as number, 10);
    expect(withVersion.pValue).toBeCloseTo(without.pValue as number, 10);
  });

  it("lets a baseline take its part, as nobody's rival", () => {
    const others = [{ recipe: own }];
    const options = () => ({ random: seededRandom(7), others, probes: 200 });
    const { evidence } = line(mix({ 0: 0.3, 1: 0.6 }, 0.3), { ...options(), baseline: 1 });
    expect(rowOf(evidence, 1)).toMatchObject({ role: "baseline", lead: null, pValue: null });
    expect(Math.abs((rowOf(evidence, 1)?.weight as number) - 0.6)).toBeLessThan(0.08);
    expect(evidence.pValue).toBeLessThan(0.001);
  });

  it("leaves out candidates that answered too little, and does not apply without enough, saying why", () => {
    const { at, measured } = line(mix({ 0: 0.5 }, 0.5), { random: seededRandom(8), controls: 6 });
    const silence = (model: number, from: number) => {
      const present = measured.stack.present.slice();
      for (let p = from; p < measured.probes.length; p++) present[p * measured.models.length + model] = 0;
      return { ...measured, stack: createKernelStack({ ...measured.stack, present }) };
    };
    const silentSuspect = severalReferences(silence(at, 0), at, 0, null);
    expect(silentSuspect).toMatchObject({ statistic: null, pValue: null, table: [] });
    expect(silentSuspect.reason).toMatch(/share no probe/);
    const few = line(mix({ 0: 0.5 }, 0.5), { random: seededRandom(8), controls: 2 }).evidence;
    expect(few.reason).toMatch(/too few control labs/);
    expect(line(own, { random: seededRandom(8), controls: 0 }).evidence.reason).toMatch(/share no probe/);
    expect(severalReferences(measured, at, 0, null).caveats.map(({ code }) => code)).toEqual([
      "rivals-are-those-named",
      "weights-of-single-samples",
    ]);
    const again = severalReferences(measured, at, 0, null);
    expect(severalReferences(measured, at, 0, null)).toEqual(again);
  });
});
