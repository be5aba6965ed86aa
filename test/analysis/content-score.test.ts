import { describe, expect, it } from "vitest";
import type { CentredSums } from "../../src/analysis/content-affinity.ts";
import { cohortSpread, cohortsOf, contentScore, controlsOf } from "../../src/analysis/content-score.ts";
import { affinityJackknife } from "../../src/analysis/likelihood-ratio.ts";
import { seededRandom } from "../../src/schema/random.ts";
import { measure, smallCorpus } from "./small-corpus.ts";
import { gaussianVector, measuredFromVectors } from "./vector-models.ts";

/** Sums of one probe in one block whose affinity is the given number. */
const withAffinity = (affinity: number): CentredSums => ({
  between: Float64Array.of(affinity),
  first: Float64Array.of(1),
  second: Float64Array.of(1),
  probes: Int32Array.of(1),
});
const cohort = (...affinities: number[]) =>
  new Map(affinities.map((affinity, i) => [i + 2, withAffinity(affinity)] as const));

describe("content score", () => {
  it("equals the shrinkage done by hand", () => {
    // Reference's cohort .1 .2 .3: mean .6/9, variance (.02 + 20 * .01) / 22 = .01, factor sqrt(10/9).
    const first = (0.5 - 0.6 / 9) / (0.1 * Math.sqrt(10 / 9));
    // Suspect's cohort 0 .1: mean .1/8, variance (.005 + .2) / 21, factor sqrt(9/8).
    const second = (0.5 - 0.1 / 8) / (Math.sqrt(0.205 / 21) * Math.sqrt(9 / 8));
    expect(first).toBeCloseTo(4.111, 3);
    expect(second).toBeCloseTo(4.6519, 4);
    const cohorts = {
      pair: withAffinity(0.5),
      withReference: cohort(0.1, 0.2, 0.3),
      withSuspect: cohort(0, 0.1),
    };
    expect(contentScore(cohorts, 0.1)).toBeCloseTo((first + second) / 2, 12);
  });

  it("leaves out the controls named, and is null with fewer than two or without the pair's own affinity", () => {
    const cohorts = {
      pair: withAffinity(0.5),
      withReference: cohort(0.1, 0.2, 0.3),
      withSuspect: cohort(0, 0.1, 9),
    };
    const two = { pair: withAffinity(0.5), withReference: cohort(0.1, 0.2), withSuspect: cohort(0, 0.1) };
    expect(contentScore(cohorts, 0.1, -1, new Set([4]))).toBe(contentScore(two, 0.1));
    expect(contentScore(two, 0.1, -1, new Set([2]))).toBeNull();
    expect(contentScore({ ...two, withSuspect: new Map() }, 0.1)).toBeNull();
    expect(
      contentScore({ ...two, pair: { ...withAffinity(1), first: Float64Array.of(-1) } }, 0.1),
    ).toBeNull();
    // Without the only block nothing is left.
    expect(contentScore(two, 0.1, 0)).toBeNull();
  });

  it("grows with the pair's affinity and is small for a pair like its controls", () => {
    const score = (affinity: number) =>
      contentScore(
        {
          pair: withAffinity(affinity),
          withReference: cohort(-0.1, 0, 0.1),
          withSuspect: cohort(0.05, -0.05),
        },
        0.1,
      ) as number;
    expect(score(0)).toBeCloseTo(0, 12);
    expect(score(0.2)).toBeGreaterThan(score(0.1));
    expect(Math.abs(score(0.1))).toBeLessThan(1.5);
  });

  it("takes a control's whole lab out of the panel of the control's own affinity", async () => {
    const labs = ["reference", "suspect", "one", "one", "two", "three", "four"];
    const corpus = smallCorpus({ seed: 21, labs, panel: [2, 3, 4, 5, 6], probes: 6 });
    const measured = await measure(corpus);
    const withoutSibling = await measure(
      { ...corpus, panel: [2, 4, 5, 6] },
      // The same weights of features: only who centres is at stake.
      { documentFrequency: { voteOf: [0, 0, 0.5, 0.5, 1, 1, 1], added: 2, minVotes: 0 } },
    );
    const of = (answers: typeof measured) => cohortsOf(answers, 1, 0).withReference.get(2)?.between;
    expect(of(measured)).toEqual(of(withoutSibling));
  });

  it("counts no control that did not answer", async () => {
    const labs = ["reference", "suspect", "one", "two", "three", null];
    const corpus = smallCorpus({ seed: 22, labs, panel: [2, 3, 4, 5], probes: 6 });
    const probes = corpus.probes.map((probe, p) => ({
      ...probe,
      answers: new Map(
        [...probe.answers].filter(([name]) => name !== "model-3" && (name !== "model-4" || p === 0)),
      ),
    }));
    expect(controlsOf(await measure(corpus), 1, 0)).toEqual([2, 3, 4, 5]);
    expect(controlsOf(await measure({ ...corpus, probes }), 1, 0)).toEqual([2, 5]);
  });

  it("has a spread over pairs of different labs only, null for a panel of one lab", async () => {
    const labs = ["reference", "suspect", "one", "one", "one"];
    expect(
      cohortSpread(await measure(smallCorpus({ seed: 23, labs, panel: [2, 3, 4], probes: 5 }))),
    ).toBeNull();
  });
});

describe("interval of the content affinity", () => {
  it("covers the population's value at about its level", () => {
    // Mean vectors are drawn anew at each probe, so the affinity of the population is the correlation built in.
    const random = seededRandom(24);
    const [correlation, dimension, trials] = [0.3, 12, 300];
    let covered = 0;
    for (let trial = 0; trial < trials; trial++) {
      const vectors = Array.from({ length: 40 }, () => {
        const all = Array.from({ length: 8 }, () => gaussianVector(dimension, random));
        const reference = all[0] as Float64Array;
        all[1] = (all[1] as Float64Array).map(
          (own, i) => correlation * (reference[i] as number) + Math.sqrt(1 - correlation ** 2) * own,
        );
        return all;
      });
      const measured = measuredFromVectors({
        labs: ["r", "s", "1", "2", "3", "4", "5", "6"],
        panel: [2, 3, 4, 5, 6, 7],
        vectors,
      });
      const [low, high] = affinityJackknife(cohortsOf(measured, 1, 0).pair)?.interval(0.95) ?? [1, -1];
      if (low <= correlation && correlation <= high) covered++;
    }
    expect(covered / trials).toBeGreaterThan(0.91);
    expect(covered / trials).toBeLessThan(0.985);
  });
});
