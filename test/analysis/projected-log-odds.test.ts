import { mean } from "simple-statistics";
import { expect, test } from "vitest";
import { backgroundFor, backgroundOf } from "../../src/analysis/content-score.ts";
import { freezeContributions, mostContribution } from "../../src/analysis/frozen-contributions.ts";
import { likelihoodRatio } from "../../src/analysis/likelihood-ratio.ts";
import { projectedBackground, projectedLogOdds } from "../../src/analysis/projected-log-odds.ts";
import { remainderInterval } from "../../src/analysis/remainder-interval.ts";
import { InsufficientDataError } from "../../src/errors.ts";
import type { Calibration } from "../../src/schema/calibration.ts";
import type { ProbeAnswers } from "../../src/schema/corpus.ts";
import { seededRandom } from "../../src/schema/random.ts";
import { studentTQuantile } from "../../src/stats/student-t-quantile.ts";
import { calibrationOf, corpusOf, labs, panel, shuffled, withStudent } from "./followed-corpus.ts";
import { measure, smallCorpus } from "./small-corpus.ts";

test("measured on all probes, the projection is the score that compare has, and nothing is left open", async () => {
  const calibration = calibrationOf();
  for (const [seed, missing] of [
    [1, 0],
    [2, 0],
    [3, 0.15],
  ] as const) {
    const corpus = smallCorpus({ seed, labs, panel, probes: 40, samples: [1, 1], missing, families: 12 });
    const measured = await measure(corpus, { habitJackknife: true });
    const known = backgroundFor(measured, calibration.background);
    const score = likelihoodRatio(measured, 0, 1, { calibration, background: known })?.score ?? Number.NaN;
    const background = projectedBackground(measured, 40, calibration.background);
    const projected = projectedLogOdds(measured, 0, 1, { calibration, background });
    expect(projected.estimate).toBeCloseTo(score, 9);
    const { slope, pilot } = freezeContributions(measured, 0, 1, { calibration, background });
    const { blockOf } = measured.stack;
    const { interval } = remainderInterval(projected, pilot, { slope, blockOf, probes: 40, level: 0.99 });
    for (const end of interval) expect(end + slope * mean([...pilot])).toBeCloseTo(score, 9);
  }
});

test("from few probes the spread of unrelated agreements is projected to that on all of them", async () => {
  const random = seededRandom(31);
  const corpus = corpusOf(31, 60);
  const whole = backgroundOf(await measure(corpus))?.contentStandardDeviation ?? Number.NaN;
  const ratios: [number, number][] = [];
  for (let trial = 0; trial < 12; trial++) {
    const some = { ...corpus, probes: shuffled(corpus.probes, random).slice(0, 12) };
    const measured = await measure(some, { habitJackknife: true });
    const background = projectedBackground(measured, 60, { ...calibrationOf().background, contentStandardDeviation: 0 });
    const here = background.without(-1).contentStandardDeviation / whole;
    ratios.push([here, here / background.contentGain]);
    // Habits are noisier on few probes, never less so.
    expect(background.habitGain).toBeGreaterThanOrEqual(1);
  }
  const here = mean(ratios.map(([ratio]) => ratio));
  const projected = mean(ratios.map(([, ratio]) => ratio));
  expect(here).toBeGreaterThan(1.15);
  expect(Math.abs(projected - 1)).toBeLessThan((here - 1) / 2);
});

test("the remainder's interval is the jackknife's, less what was already seen", () => {
  const blockOf = [0, 0, 1, 1, 2, 2, 3, 3];
  const blocks = [1, 2, 3, 4].map((without, block) => ({ block, size: 2, without }));
  const about = { slope: 0, blockOf, probes: 32, level: 0.9 };
  const { estimate, interval } = remainderInterval({ estimate: 2.5, blocks }, new Array(8).fill(0.1), about);
  // Delete-one-block jackknife: (g - 1) / g times the sum of squares about the mean, which is 5.
  const reach = studentTQuantile(0.95, 3) * Math.sqrt((3 / 4) * 5) * Math.sqrt(1 - 8 / 32);
  expect(estimate).toBe(2.5);
  expect(interval[0]).toBeCloseTo(2.5 - reach, 9);
  expect(interval[1]).toBeCloseTo(2.5 + reach, 9);

  // What is linear in the contributions is no part of it.
  const contributions = [0, 0.3, 0.1, 0.1, 0, 0, 0.2, 0.1];
  const linear = {
    estimate: 10 * mean(contributions),
    blocks: blocks.map(({ block }) => ({
      block,
      size: 2,
      without: 10 * mean(contributions.filter((_, p) => blockOf[p] !== block)),
    })),
  };
  const nothing = remainderInterval(linear, contributions, { ...about, slope: 10 });
  for (const value of [nothing.estimate, ...nothing.interval]) expect(value).toBeCloseTo(0, 9);
  const one = { estimate: 1, blocks: blocks.slice(0, 1) };
  expect(() => remainderInterval(one, contributions, about)).toThrow(InsufficientDataError);
});

test("a probe's contribution is bounded and depends on its own answers and the pilot alone", async () => {
  const corpus = corpusOf(4, 30);
  const pilot = await measure({ ...corpus, probes: corpus.probes.slice(0, 15) }, { habitJackknife: true });
  const calibration = calibrationOf();
  const background = projectedBackground(pilot, 30, calibration.background);
  const frozen = freezeContributions(pilot, 0, 1, { calibration, background });
  const taught = frozen.of(await measure(withStudent(corpus, 0.3, seededRandom(4))));
  for (const value of taught) {
    expect(value).toBeGreaterThanOrEqual(0);
    expect(value).toBeLessThanOrEqual(mostContribution);
  }
  expect(taught.filter((value) => value === mostContribution).length).toBeGreaterThan(3);

  const whole = frozen.of(await measure(corpus));
  for (const p of [0, 15, 29]) {
    const alone = await measure({ ...corpus, probes: corpus.probes.slice(p, p + 1) });
    expect(frozen.of(alone)[0]).toBeCloseTo(whole[p] ?? Number.NaN, 9);
  }
  const silent = corpus.probes[20] as ProbeAnswers;
  const without = new Map(silent.answers);
  without.delete("model-0");
  const unanswered = await measure({ ...corpus, probes: [{ ...silent, answers: without }] });
  expect(frozen.of(unanswered)).toEqual([null]);

  const freeze = (changes: Partial<Calibration>) =>
    freezeContributions(pilot, 0, 1, { calibration: calibrationOf(changes), background });
  expect(() => freeze({ features: ["contentScore", "another"] })).toThrow(InsufficientDataError);
  expect(() => freeze({ weights: [-1, 0] })).toThrow(InsufficientDataError);
});
