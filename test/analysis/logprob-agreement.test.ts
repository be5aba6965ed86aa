import { describe, expect, it } from "vitest";
import { logprobAgreement } from "../../src/analysis/logprob-agreement.ts";
import { createNextTokenCollector, type NextTokens } from "../../src/analysis/next-tokens.ts";
import { evidenceSchema } from "../../src/schema/analysis.ts";
import { type Random, seededRandom } from "../../src/schema/random.ts";
import { labsOf, observedModels } from "./observed-models.ts";

type Distribution = Readonly<Record<string, number>>;
interface Place {
  readonly token: string;
  readonly distribution: Distribution;
}

/** A chat response whose endpoint lists the `top` most probable tokens at each place. */
const body = (places: readonly Place[], top = 5) =>
  JSON.stringify({
    choices: [
      {
        logprobs: {
          content: places.map(({ token, distribution }) => ({
            token,
            logprob: Math.log(distribution[token] ?? 1e-9),
            top_logprobs: Object.entries(distribution)
              .sort((a, b) => b[1] - a[1])
              .slice(0, top)
              .map(([name, probability]) => ({ token: name, logprob: Math.log(probability) })),
          })),
        },
      },
    ],
  });

/** @param probes - each probe's bodies by model index */
function collect(models: number, probes: readonly Readonly<Record<number, readonly string[]>>[]): NextTokens {
  const names = Array.from({ length: models }, (_, index) => `model-${index}`);
  const collector = createNextTokenCollector(names, 1);
  probes.forEach((bodies, p) => {
    collector.add({
      probe: `probe-${p}`,
      family: "f",
      prompt: "",
      answers: new Map(),
      logprobBodies: new Map(Object.entries(bodies).map(([model, list]) => [`model-${model}`, list])),
    });
  });
  return collector.finish();
}

/** Random probabilities over a few words, most of them small. */
function drawDistribution(random: Random, words: number): Distribution {
  const weights = Array.from({ length: words }, () => (-Math.log(1 - random())) ** 3);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Object.fromEntries(weights.map((weight, word) => [`w${word}`, weight / total]));
}
const mixed = (first: Distribution, second: Distribution, share: number): Distribution =>
  Object.fromEntries(
    Object.keys(first).map((word) => [word, (1 - share) * (first[word] ?? 0) + share * (second[word] ?? 0)]),
  );
const drawFrom = (distribution: Distribution, random: Random): string => {
  let left = random();
  for (const [word, probability] of Object.entries(distribution)) {
    left -= probability;
    if (left < 0) return word;
  }
  return "w0";
};

/** First tokens of every model; each lab has a distribution of its own near a common one, the suspect a share of the reference's. */
function drawProbes(labs: readonly string[], options: { probes: number; share: number; random: Random }) {
  const { probes, share, random } = options;
  return Array.from({ length: probes }, () => {
    const common = drawDistribution(random, 12);
    const own = new Map(
      [...new Set(labs)].map((lab) => [lab, mixed(common, drawDistribution(random, 12), 0.5)]),
    );
    return Object.fromEntries(
      labs.map((lab, model) => {
        const ofLab = own.get(lab) as Distribution;
        const ofReference = own.get(labs[1] as string) as Distribution;
        const distribution = model === 0 ? mixed(ofLab, ofReference, share) : ofLab;
        const samples = Array.from({ length: 1 + (model % 3) }, () =>
          body([{ token: drawFrom(distribution, random), distribution }]),
        );
        return [model, samples];
      }),
    );
  });
}

describe("agreement in next-token probabilities", () => {
  it("is the mean Jensen-Shannon divergence of the places that both wrote", async () => {
    const labs = labsOf([1, 1]);
    const measured = await observedModels(labs, 2);
    const first = { a: 0.5, b: 0.5 };
    const skewed = { a: 1 };
    const after = { x: 0.5, y: 0.5 };
    const same = (places: Place[]) => [body(places)];
    const tokens = collect(4, [
      {
        0: same([
          { token: "a", distribution: first },
          { token: "x", distribution: after },
        ]),
        1: same([
          { token: "a", distribution: first },
          { token: "y", distribution: after },
        ]),
        2: same([
          { token: "a", distribution: skewed },
          { token: "x", distribution: after },
        ]),
        // Another first token: what follows is not compared.
        3: same([
          { token: "b", distribution: first },
          { token: "x", distribution: { z: 1 } },
        ]),
      },
      {
        0: same([{ token: "a", distribution: skewed }]),
        1: same([{ token: "b", distribution: { b: 1 } }]),
        2: same([{ token: "a", distribution: first }]),
        3: same([{ token: "b", distribution: { b: 1 } }]),
      },
    ]);
    const line = logprobAgreement(measured, 0, 1, tokens);
    // SciPy: jensenshannon([.5, .5], [1, 0]) ** 2
    const halfToOne = 0.2157615543388357;
    expect(line.statistic).toBeCloseTo(Math.LN2 / 2, 12);
    const rows = Object.fromEntries(line.table.map(({ model, divergence }) => [model, divergence]));
    expect(rows["model-2"]).toBeCloseTo((halfToOne / 2 + halfToOne) / 2, 9);
    expect(rows["model-3"]).toBeCloseTo(0, 12);
    expect(line.pValue).toBeCloseTo(1, 12);
    expect(line.table[0]).toMatchObject({
      model: "model-0",
      role: "suspect",
      probes: 2,
      placesPerProbe: 1.5,
    });
    expect(evidenceSchema.safeParse(line).success).toBe(true);
  });

  it("holds its level over independent labs of unequal sizes, and finds a suspect near the reference", async () => {
    const labs = labsOf([1, 4, ...new Array<number>(17).fill(1)]);
    const measured = await observedModels(labs, 12);
    const random = seededRandom(51);
    const rejected = (trials: number, share: number) => {
      let count = 0;
      for (let trial = 0; trial < trials; trial++) {
        const tokens = collect(labs.length, drawProbes(labs, { probes: 12, share, random }));
        const { pValue, interval } = logprobAgreement(measured, 0, 1, tokens);
        if ((pValue ?? 1) <= 0.05 && (interval?.[0] ?? 0) > 0) count++;
      }
      return count / trials;
    };
    expect(rejected(150, 0)).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt((0.05 * 0.95) / 150));
    expect(rejected(15, 0.6)).toBeGreaterThan(0.8);
  });

  it("cuts all lists of a probe to the shortest and bounds what they leave out", async () => {
    const labs = labsOf([1, 1]);
    const measured = await observedModels(labs, 2);
    const flat = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`w${i}`, (60 - i) / 1620]));
    const place = [{ token: "w0", distribution: flat }];
    const probe = { 0: [body(place, 5)], 1: [body(place, 20)], 2: [body(place, 20)], 3: [body(place, 20)] };
    const line = logprobAgreement(measured, 0, 1, collect(4, [probe, probe]));
    expect(line.statistic).toBeCloseTo(0, 12);
    for (const { divergence, atLeast, atMost } of line.table) {
      expect([divergence, atLeast]).toEqual([expect.closeTo(0, 12), expect.closeTo(0, 12)]);
      expect(atMost).toBeCloseTo((1 - (60 + 59 + 58 + 57 + 56) / 1620) * Math.LN2, 9);
    }
    expect(line.caveats.map(({ code }) => code)).toContain("truncated-logprobs");
  });

  it("leaves out models that cut text into other tokens", async () => {
    const labs = labsOf([1, 1, 1]);
    const measured = await observedModels(labs, 12);
    const sure = (token: string): Place => ({ token, distribution: { [token]: 1 } });
    const words = (tokens: string[]) => [body(["It", ...tokens].map(sure))];
    const probes = (other: number) =>
      Array.from({ length: 12 }, (_, p) =>
        Object.fromEntries(
          labs.map((_, model) => [
            model,
            words(model === other ? [" pad", `dle${p}`, " now"] : [` paddle${p}`, " now"]),
          ]),
        ),
      );
    expect(collect(5, probes(3)).otherTokens).toEqual(new Set([3]));
    const line = logprobAgreement(measured, 0, 1, collect(5, probes(3)));
    expect(line.table.map(({ model }) => model)).toEqual(["model-0", "model-2", "model-4"]);
    expect(logprobAgreement(measured, 0, 1, collect(5, probes(0))).reason).toMatch(/different tokens/);
  });

  it("does not apply without log-probabilities or controls with them, with reasons", async () => {
    const measured = await observedModels(labsOf([1, 1, 1]), 3);
    const given = [body([{ token: "a", distribution: { a: 1 } }])];
    const reason = (...probes: Record<number, string[]>[]) =>
      logprobAgreement(measured, 0, 1, collect(5, probes)).reason;
    expect(reason()).toMatch(/model-1 hold no token log-probabilities/);
    expect(reason({ 1: given, 2: given, 3: given })).toMatch(/model-0 hold no/);
    expect(reason({ 0: given, 1: given, 2: given })).toMatch(/fewer than two controls/);
    expect(reason({ 0: given, 1: given, 2: given, 3: given })).toMatch(/only 1 probes/);
    expect(logprobAgreement(measured, 0, 1, collect(5, []))).toMatchObject({ pValue: null, n: 0, table: [] });
  });
});
