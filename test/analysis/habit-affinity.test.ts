import { describe, expect, it } from "vitest";
import { controlsOf } from "../../src/analysis/content-score.ts";
import { habitAffinity } from "../../src/analysis/habit-affinity.ts";
import { seededRandom } from "../../src/schema/random.ts";
import { denseMeasure } from "./dense-measure.ts";
import { measure, type SmallCorpus, smallCorpus } from "./small-corpus.ts";

const labs = ["reference", "suspect", "one", "two", "two", "three", null, "suspect"];
const panel = [2, 3, 4, 5, 6];
const corpora: [string, SmallCorpus][] = [
  ["one sample a probe", smallCorpus({ seed: 11, labs, panel, probes: 12 })],
  [
    "unequal samples and missing answers",
    smallCorpus({ seed: 12, labs, panel, probes: 14, samples: [1, 3], missing: 0.25, families: 11 }),
  ],
];

const everyPair = labs.flatMap((_, a) => Array.from({ length: a }, (_, b) => [a, b] as const));

describe("habit affinity", () => {
  it.each(corpora)("agrees with explicit loops over all probes p != q: %s", async (_, corpus) => {
    const measured = await measure(corpus);
    const dense = denseMeasure(corpus);
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
  });

  it.each(corpora)("without a block equals the same without its probes' terms: %s", async (_, corpus) => {
    const measured = await measure(corpus, { habitJackknife: true });
    const dense = denseMeasure(corpus);
    const { blockOf, blockCount } = measured.blocks;
    expect(blockCount).toBeGreaterThan(9);
    let compared = 0;
    for (const block of [0, 3, blockCount - 1]) {
      const omitted = corpus.probes.flatMap((_, p) => (blockOf[p] === block ? [p] : []));
      for (const [a, b] of [
        [1, 0],
        [6, 0],
        [4, 2],
      ] as const) {
        const got = habitAffinity(measured, a, b, controlsOf(measured, a, b), block);
        if (got === null) continue;
        expect(got).toBeCloseTo(dense.habitAffinity(a, b, omitted), 9);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(4);
  });

  it("is symmetric and 1 for a model with itself under another name", async () => {
    const corpus = smallCorpus({ seed: 13, labs, panel, probes: 12 });
    const probes = corpus.probes.map((probe) => ({
      ...probe,
      answers: new Map(probe.answers).set("model-1", probe.answers.get("model-0") ?? []),
    }));
    const measured = await measure({ ...corpus, probes });
    const controls = controlsOf(measured, 1, 0);
    expect(habitAffinity(measured, 1, 0, controls)).toBeCloseTo(1, 9);
    expect(habitAffinity(measured, 0, 1, controls)).toBe(habitAffinity(measured, 1, 0, controls));
  });

  it("sees a habit that two models share whatever the prompt, and not their agreement on each prompt", async () => {
    const filler = (p: number, m: number) =>
      `entry${p} note${p * 7 + m} line${p}x${m} item${m}y${p} piece${p}`;
    const models = ["reference", "habitual", "knowing", "c1", "c2", "c3", "c4"];
    const probes = Array.from({ length: 24 }, (_, p) => ({
      probe: `probe-${p}`,
      family: `family-${p % 12}`,
      prompt: "",
      answers: new Map(
        models.map((name, m) => {
          const habit =
            name === "reference" || name === "habitual" ? "well then indeed ;" : "so now plainly .";
          const fact = name === "reference" || name === "knowing" ? `answer${p} of${p}` : `guess${p}x${m}`;
          // Each model has something of its own besides, so that self terms are not zero.
          return [name, [`${habit} ${fact} ${filler(p, m)} own${m} own${m}`]];
        }),
      ),
    }));
    const measured = await measure({
      models: models.map((name) => ({ name, lab: name })),
      panel: [3, 4, 5, 6],
      probes,
    });
    const habitual = habitAffinity(measured, 1, 0, [3, 4, 5, 6]) as number;
    const knowing = habitAffinity(measured, 2, 0, [3, 4, 5, 6]) as number;
    expect(habitual).toBeGreaterThan(0.3);
    expect(knowing).toBeLessThan(habitual - 0.25);
  });

  it.each([21, 22, 23, 24, 25, 26])(
    "is not drowned by a view in which no model has habits: seed %i",
    async (seed) => {
      // Content words of one shape only: in the style view all models are alike but for chance.
      const random = seededRandom(seed);
      const names = ["reference", "stranger", "ca", "cb", "cc", "cd", "ce", "cf"];
      const probes = Array.from({ length: 40 }, (_, p) => ({
        probe: `probe-${p}`,
        family: `family-${p % 12}`,
        prompt: "",
        answers: new Map(
          names.map((name) => {
            const words = Array.from({ length: 40 }, (_, i) => {
              const draw = random();
              if (draw < 0.25) return `${name}habit${Math.floor(random() * 8)}`;
              if (draw < 0.5) return `${name}p${p}w${Math.floor(random() * 6)}`;
              return draw < 0.7 ? `the${i % 3 === 0 ? "," : ""}` : `common${Math.floor(random() * 60)}`;
            });
            return [name, [words.join(" ")]];
          }),
        ),
      }));
      const measured = await measure({
        models: names.map((name) => ({ name, lab: name })),
        panel: [2, 3, 4, 5, 6, 7],
        probes,
      });
      for (const other of [1, 2, 3, 4, 5, 6, 7]) {
        const value = habitAffinity(measured, other, 0, controlsOf(measured, other, 0));
        expect(Math.abs(value ?? Number.NaN)).toBeLessThan(0.2);
      }
    },
  );

  it("is not moved by a control without answers, and is null for a model with answers to one probe", async () => {
    const corpus = smallCorpus({ seed: 14, labs, panel: [2, 3, 5, 6], probes: 12 });
    const measured = await measure(corpus);
    const dead = await measure({
      ...corpus,
      models: [...corpus.models, { name: "dead", lab: "dead" }],
      panel: [2, 3, 5, 6, 8],
    });
    expect(controlsOf(dead, 1, 0)).toEqual([2, 3, 5, 6]);
    // The views' relative scales are means over the listed panel: they move by a trifle.
    expect(habitAffinity(dead, 1, 0, [2, 3, 5, 6, 8])).toBeCloseTo(
      habitAffinity(measured, 1, 0, [2, 3, 5, 6]) as number,
      3,
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
