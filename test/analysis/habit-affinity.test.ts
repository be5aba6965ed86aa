import { describe, expect, it } from "vitest";
import { type Background, backgroundOf, controlsOf, habitScore } from "../../src/analysis/content-score.ts";
import { habitAffinity } from "../../src/analysis/habit-affinity.ts";
import { packed } from "../../src/analysis/sparse-gram.ts";
import { seededRandom } from "../../src/schema/random.ts";
import { readFixture } from "../stats/read-fixture.ts";
import { denseMeasure } from "./dense-measure.ts";
import { type HabitVectors, measuredFromHabits } from "./habit-vectors.ts";
import { measure, type SmallCorpus, smallCorpus } from "./small-corpus.ts";
import { gaussian, gaussianVector } from "./vector-models.ts";

const labs = ["reference", "suspect", "one", "two", "two", "three", null, "suspect"];
const panel = [2, 3, 4, 5, 6];
const corpora: [string, SmallCorpus][] = [
  ["one sample a probe", smallCorpus({ seed: 11, labs, panel, probes: 12 })],
  [
    "unequal samples and missing answers",
    smallCorpus({ seed: 12, labs, panel, probes: 14, samples: [1, 3], missing: 0.25, families: 11 }),
  ],
];

interface Fixture {
  readonly cases: readonly (HabitVectors & {
    readonly sums: readonly (readonly (readonly number[])[])[];
    readonly sumsWithoutBlock1: readonly (readonly (readonly number[])[])[];
    readonly pairs: readonly {
      readonly a: number;
      readonly b: number;
      readonly affinity: number | null;
      readonly withoutBlock1: number | null;
    }[];
  })[];
}

/**
 * Models that draw words by habits of their own from one vocabulary: 0 is the reference, 1 a stranger, 2 a student that
 * takes over half of 0's habits, the others the panel. Unequal numbers of samples, some answers missing.
 */
function habitualCorpus(seed: number): SmallCorpus {
  const random = seededRandom(seed);
  const names = ["reference", "stranger", "student", ..."abcdefghij"].map((name) => name.padEnd(2, "0"));
  const own = names.map(() => Array.from({ length: 12 }, () => Math.floor(random() * 40)));
  const probes = Array.from({ length: 40 }, (_, p) => ({
    probe: `probe-${p}`,
    family: `family-${p % 14}`,
    prompt: "",
    answers: new Map(
      names.flatMap((name, m) => {
        if (random() < 0.15) return [];
        const texts = Array.from({ length: 1 + Math.floor(random() * 3) }, () =>
          Array.from({ length: 40 }, () => {
            const draw = random();
            const habits = own[m === 2 && random() < 0.5 ? 0 : m] as number[];
            if (draw < 0.35) return `habit${habits[Math.floor(random() * 12)]}`;
            if (draw < 0.5) return `${name}p${p}w${Math.floor(random() * 6)}`;
            if (draw < 0.6) return ".";
            return `common${Math.floor(random() * 60)}`;
          }).join(" "),
        );
        return [[name, texts] as const];
      }),
    ),
  }));
  return {
    models: names.map((name) => ({ name, lab: name })),
    panel: names.flatMap((_, m) => (m > 2 ? [m] : [])),
    probes,
  };
}

const everyPair = labs.flatMap((_, a) => Array.from({ length: a }, (_, b) => [a, b] as const));

describe("habit affinity", () => {
  it("is NumPy's from mean vectors: products across blocks, reliable features, views by their spread", () => {
    let compared = 0;
    for (const { sums, sumsWithoutBlock1, pairs, ...vectors } of readFixture<Fixture>("habit-affinity")
      .cases) {
      const measured = measuredFromHabits(vectors);
      measured.habits.forEach(({ total, withoutBlock }, view) => {
        for (const [got, expected] of [
          [total, sums[view]],
          [withoutBlock[1], sumsWithoutBlock1[view]],
        ] as const)
          for (const [a, b] of everyPair.filter(([x]) => x < vectors.labs.length))
            expect(got?.[packed(a, b)], `${view} ${a} ${b}`).toBeCloseTo(expected?.[a]?.[b] ?? Number.NaN, 9);
      });
      for (const { a, b, affinity, withoutBlock1 } of pairs) {
        const controls = controlsOf(measured, a, b);
        for (const [got, expected] of [
          [habitAffinity(measured, a, b, controls), affinity],
          [habitAffinity(measured, a, b, controls, 1), withoutBlock1],
        ] as const) {
          if (expected === null) expect(got).toBeNull();
          else {
            expect(got).toBeCloseTo(expected, 9);
            compared++;
          }
        }
      }
    }
    expect(compared).toBeGreaterThan(9);
  });

  it.each(corpora)(
    "agrees with explicit loops over all probes of different blocks: %s",
    async (_, corpus) => {
      const measured = await measure(corpus);
      const dense = denseMeasure(corpus, measured.blocks.blockOf);
      let compared = 0;
      for (const [a, b] of everyPair) {
        const got = habitAffinity(measured, a, b, controlsOf(measured, a, b));
        const expected = dense.habitAffinity(a, b);
        if (got === null) expect(expected).toBeNaN();
        else {
          expect(got, `${a} ${b}`).toBeCloseTo(expected, 9);
          compared++;
        }
      }
      expect(compared).toBeGreaterThan(15);
    },
  );

  it.each(corpora)("without a block equals the same without its probes' terms: %s", async (_, corpus) => {
    const measured = await measure(corpus, { habitJackknife: true });
    const dense = denseMeasure(corpus, measured.blocks.blockOf);
    const { blockCount } = measured.blocks;
    expect(blockCount).toBeGreaterThan(9);
    let compared = 0;
    for (const block of [0, 3, blockCount - 1]) {
      for (const [a, b] of [
        [1, 0],
        [6, 0],
        [4, 2],
      ] as const) {
        const got = habitAffinity(measured, a, b, controlsOf(measured, a, b), block);
        if (got === null) continue;
        expect(got).toBeCloseTo(dense.habitAffinity(a, b, block), 9);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(4);
  });

  it("is symmetric and, but for the floor, 1 for a model with itself under another name", async () => {
    const corpus = smallCorpus({ seed: 13, labs, panel, probes: 12 });
    const probes = corpus.probes.map((probe) => ({
      ...probe,
      answers: new Map(probe.answers).set("model-1", probe.answers.get("model-0") ?? []),
    }));
    const measured = await measure({ ...corpus, probes });
    const controls = controlsOf(measured, 1, 0);
    expect(habitAffinity(measured, 1, 0, controls)).toBeGreaterThan(0.3);
    expect(habitAffinity(measured, 1, 0, controls)).toBeLessThan(1);
    expect(habitAffinity(measured, 0, 1, controls)).toBe(habitAffinity(measured, 1, 0, controls));
  });

  it("sees a habit that two models share whatever the prompt, and not their agreement on each prompt", async () => {
    const habits = ["well then indeed ;", "so now plainly .", "look here first !"];
    const models = ["reference", "habitual", "knowing", "c1", "c2", "c3", "c4", "c5", "c6"];
    const habitOf = [0, 0, 1, 0, 1, 2, 0, 1, 2];
    const probes = Array.from({ length: 24 }, (_, p) => ({
      probe: `probe-${p}`,
      family: `family-${p % 12}`,
      prompt: "",
      answers: new Map(
        models.map((name, m) => {
          const knows = name === "reference" || name === "knowing";
          const fact = knows ? `answer${p} of${p}` : `guess${p}x${m}`;
          return [name, [`${habits[habitOf[m] as number]} ${fact} entry${p} note${p * 7 + m} item${m}y${p}`]];
        }),
      ),
    }));
    const panel = [3, 4, 5, 6, 7, 8];
    const measured = await measure({ models: models.map((name) => ({ name, lab: name })), panel, probes });
    const habitual = habitAffinity(measured, 1, 0, panel) as number;
    const knowing = habitAffinity(measured, 2, 0, panel) as number;
    expect(habitual).toBeGreaterThan(0.8);
    expect(knowing).toBeLessThan(habitual - 0.5);
  });

  it("finds a student that took over half of its teacher's habits, and is near 0 for others: unequal samples, missing answers", async () => {
    const strangers: number[] = [];
    const students: number[] = [];
    for (const seed of [21, 22, 23, 24, 25, 26]) {
      const measured = await measure(habitualCorpus(seed));
      const score = (suspect: number) =>
        habitScore(
          habitAffinity(measured, suspect, 0, controlsOf(measured, suspect, 0)),
          backgroundOf(measured) as Background,
        ) as number;
      students.push(score(2));
      strangers.push(score(1), ...measured.stack.panel.map(score));
    }
    const average = (values: readonly number[]) =>
      values.reduce((sum, value) => sum + value, 0) / values.length;
    for (const student of students) expect(student).toBeGreaterThan(2);
    // In units of the spread between unrelated models.
    expect(Math.abs(average(strangers))).toBeLessThan(0.3);
    expect(average(strangers.map((value) => value ** 2))).toBeLessThan(2);
    expect(strangers.filter((value) => value > 2.33).length / strangers.length).toBeLessThan(0.05);
  });

  it("gives no weight to a habit that no panel model has, however many others share it", () => {
    const random = seededRandom(27);
    const blockOf = Array.from({ length: 30 }, (_, p) => p % 10);
    const tendency = Array.from({ length: 8 }, () => gaussianVector(5, random));
    const vectors = blockOf.map(() =>
      tendency.map((habit, m) => [
        ...habit.map((value) => value + 0.3 * gaussian(random)),
        m < 2 ? 1 + 0.1 * gaussian(random) : 0,
      ]),
    );
    const options = {
      labs: ["r", "s", "a", "b", "c", "d", "e", "f"],
      panel: [2, 3, 4, 5, 6, 7],
      blockOf,
      present: blockOf.map(() => new Array<number>(8).fill(1)),
    };
    const shared = measuredFromHabits({ ...options, vectors: [vectors] });
    const without = measuredFromHabits({
      ...options,
      vectors: [vectors.map((ofProbe) => ofProbe.map((vector) => vector.slice(0, 5)))],
    });
    expect(habitAffinity(shared, 1, 0, options.panel)).toBeCloseTo(
      habitAffinity(without, 1, 0, options.panel) as number,
      9,
    );
  });

  it("is not moved by a control without answers, and is null for a model with answers to one probe", async () => {
    const corpus = smallCorpus({ seed: 14, labs, panel: [2, 3, 5, 6], probes: 12 });
    const measured = await measure(corpus);
    const dead = await measure({
      ...corpus,
      models: [...corpus.models, { name: "dead", lab: "dead" }],
      panel: [2, 3, 5, 6, 8],
    });
    expect(controlsOf(dead, 1, 0)).toEqual([2, 3, 5, 6]);
    // It neither centres nor weighs features.
    expect(habitAffinity(dead, 1, 0, [2, 3, 5, 6, 8])).toBeCloseTo(
      habitAffinity(measured, 1, 0, [2, 3, 5, 6]) as number,
      12,
    );
    expect(habitAffinity(dead, 1, 0, [2, 3, 5, 6, 8])).toBe(habitAffinity(dead, 1, 0, [2, 3, 5, 6]));
    const once = await measure({
      ...corpus,
      probes: corpus.probes.map((probe, p) => ({
        ...probe,
        answers: new Map([...probe.answers].filter(([name]) => p === 0 || name !== "model-1")),
      })),
    });
    expect(habitAffinity(once, 1, 0, [2, 3, 5, 6])).toBeNull();
    expect(habitAffinity(measured, 1, 0, [2])).toBeNull();
  });
});
