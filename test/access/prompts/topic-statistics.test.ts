import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { chaoShenEntropy } from "../../../src/access/prompts/chao-shen-entropy.ts";
import { evenTopics, expectedTopics } from "../../../src/access/prompts/expected-topics.ts";
import { topicReturns } from "../../../src/access/prompts/topic-returns.ts";
import { seededRandom } from "../../../src/schema/random.ts";

interface Case {
  readonly counts: number[];
  readonly draws: number;
  readonly expectedTopics: number;
  readonly chaoShen: number;
}
const { cases } = JSON.parse(
  readFileSync(new URL("../../fixtures/access-prompts/reference.json", import.meta.url), "utf8"),
) as { cases: Case[] };

describe("expectedTopics and chaoShenEntropy", () => {
  it.each(cases)("agree with the reference for $counts in $draws draws", (entry) => {
    const counts = [...entry.counts];
    expect(expectedTopics(counts, entry.draws)).toBeCloseTo(entry.expectedTopics, 10);
    expect(chaoShenEntropy(counts)).toBeCloseTo(entry.chaoShen, 10);
    expect(counts).toEqual(entry.counts);
  });

  it("do not grow with volume, and grow with every topic that is taken up", () => {
    const counts = [30, 20, 10];
    const tenfold = counts.map((count) => 10 * count);
    expect(expectedTopics(tenfold, 50)).toBeLessThan(expectedTopics(counts, 50) + 0.05);
    let before = { expected: 0, entropy: -1 };
    for (let topics = 1; topics <= 60; topics++) {
      // 60 requests: one to each of the topics but the first, which has the rest.
      const spread = [61 - topics, ...Array.from({ length: topics - 1 }, () => 1)];
      const expected = expectedTopics(spread, 50);
      expect(expected).toBeGreaterThan(before.expected);
      before = { expected, entropy: 0 };
    }
  });

  it("cannot be said of fewer requests than draws, nor of none", () => {
    expect(expectedTopics([10, 5], 50)).toBeNaN();
    expect(chaoShenEntropy([])).toBeNaN();
    expect(chaoShenEntropy([7])).toBe(0);
  });

  it("even draws are what independent draws over equal topics give", () => {
    const random = seededRandom(4);
    let different = 0;
    for (let trial = 0; trial < 4000; trial++)
      different += new Set(Array.from({ length: 50 }, () => Math.floor(random() * 40))).size;
    expect(different / 4000).toBeCloseTo(evenTopics(40, 50), 0);
  });

  it("Chao and Shen's correction comes nearer to the truth than the plug-in for unequal topics", () => {
    const random = seededRandom(9);
    const shares = Array.from({ length: 100 }, (_, topic) => 1 / (topic + 1));
    const total = shares.reduce((sum, share) => sum + share, 0);
    const truth = -shares.reduce((sum, share) => sum + (share / total) * Math.log(share / total), 0);
    let [corrected, plugIn] = [0, 0];
    for (let trial = 0; trial < 200; trial++) {
      const counts = new Array<number>(100).fill(0);
      for (let draw = 0; draw < 80; draw++) {
        let left = random() * total;
        let topic = 0;
        while (topic < 99 && left >= (shares[topic] as number)) left -= shares[topic++] as number;
        counts[topic] = (counts[topic] as number) + 1;
      }
      corrected += chaoShenEntropy(counts) / 200;
      plugIn -=
        counts.reduce((sum, count) => sum + (count ? (count / 80) * Math.log(count / 80) : 0), 0) / 200;
    }
    expect(Math.abs(corrected - truth)).toBeLessThan(0.15);
    expect(Math.abs(plugIn - truth)).toBeGreaterThan(0.3);
  });
});

describe("topicReturns", () => {
  const sequence = (n: number, topics: number, random: () => number) =>
    Array.from({ length: n }, () => Math.floor(random() ** 2 * topics));

  it("rejects independent requests no more often than the level, at unequal lengths", () => {
    for (const [n, seed] of [
      [40, 1],
      [150, 2],
    ] as const) {
      const random = seededRandom(seed);
      let rejected = 0;
      for (let trial = 0; trial < 400; trial++)
        if (topicReturns(sequence(n, 20, random)).pValue <= 0.05) rejected++;
      expect(rejected / 400).toBeLessThan(0.05 + 3 * Math.sqrt((0.05 * 0.95) / 400));
    }
  });

  it("finds a walk over 40 topics in 160 requests, and says that nothing came back", () => {
    const walk = Array.from({ length: 160 }, (_, at) => (at * 7) % 40);
    const { avoidance, pValue, expected } = topicReturns(walk);
    expect(avoidance).toBe(1);
    expect(expected).toBeGreaterThan(10);
    expect(pValue).toBe(1 / 2000);
  });

  it("is never low for talk that stays with a topic", () => {
    const talk = Array.from({ length: 160 }, (_, at) => Math.floor(at / 5) % 20);
    expect(topicReturns(talk).pValue).toBeGreaterThan(0.9);
    expect(topicReturns(talk).avoidance).toBeLessThan(0);
  });

  it("says nothing of too few requests or of topics met once", () => {
    expect(topicReturns([])).toEqual({ avoidance: Number.NaN, pValue: 1, expected: 0 });
    expect(topicReturns([1, 2, 3]).pValue).toBe(1);
    expect(topicReturns([5, 5, 5]).avoidance).toBe(0);
  });
});
