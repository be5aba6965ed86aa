import { describe, expect, it } from "vitest";
import { sparseRows } from "../../../src/access/prompts/sparse-rows.ts";
import { nearestCentres, sphericalKMeans } from "../../../src/access/prompts/spherical-k-means.ts";
import { fitVocabulary, weighWords } from "../../../src/access/prompts/vocabulary.ts";
import { seededRandom } from "../../../src/schema/random.ts";

/** Rows of four directions, each of its own five features. */
function planted(seed: number) {
  const random = seededRandom(seed);
  const truth = Array.from({ length: 200 }, (_, row) => row % 4);
  const rows = truth.map(
    (cluster) =>
      new Map(
        Array.from({ length: 5 }, (_, at) => [5 * cluster + at, 0.5 + random()] as const).filter(
          () => random() < 0.8,
        ),
      ),
  );
  return { truth, rows };
}

describe("sphericalKMeans", () => {
  it("finds planted clusters whatever the seed", () => {
    const { truth, rows } = planted(1);
    const data = sparseRows(rows, 20);
    for (const seed of [1, 2, 3, 4, 5]) {
      const labels = nearestCentres(data, sphericalKMeans(data, { count: 4, random: seededRandom(seed) }));
      const pairs = new Set(
        truth.flatMap((cluster, row) => (rows[row]?.size ? [`${cluster}:${labels[row]}`] : [])),
      );
      // k-means++ may put two centres into one cluster; it then splits it and merges no more than two.
      expect(pairs.size).toBeLessThanOrEqual(6);
      expect(new Set(labels).size).toBeGreaterThanOrEqual(4);
    }
  });

  it("gives the same for the same seed and leaves its input alone", () => {
    const data = sparseRows(planted(2).rows, 20);
    const before = [...data.weights];
    const run = () => [...sphericalKMeans(data, { count: 4, random: seededRandom(7) }).weights];
    expect(run()).toEqual(run());
    expect([...data.weights]).toEqual(before);
  });

  it("has as many centres as there are different rows at most, and none for no rows", () => {
    const same = sparseRows(
      Array.from(
        { length: 9 },
        () =>
          new Map([
            [0, 1],
            [1, 2],
          ]),
      ),
      2,
    );
    expect(sphericalKMeans(same, { count: 4, random: seededRandom(1) }).count).toBe(1);
    const empty = sparseRows([new Map(), new Map()], 3);
    const none = sphericalKMeans(empty, { count: 4, random: seededRandom(1) });
    expect(none.count).toBe(0);
    expect([...nearestCentres(empty, none)]).toEqual([-1, -1]);
  });
});

describe("fitVocabulary", () => {
  const letters = "abcdefghijklmnopqrst";
  const subjects = ["glaciers", "violins", "tariffs", "beetles"];
  const prompts = Array.from({ length: 400 }, (_, at) => ({
    text: `Write a worked example at expert level about ${subjects[at % 4]} item${letters[at % 20]}${letters[Math.floor(at / 20) % 2]}, then solve it step by step`,
    account: at % 20,
  }));

  it("keeps the subject of a template and drops its wording", () => {
    const vocabulary = fitVocabulary(prompts);
    const words = [...weighWords(vocabulary, prompts[0]?.text ?? "").keys()].map(
      (number) => vocabulary.words[number],
    );
    for (const wording of ["worked", "expert", "step", "solve"]) expect(words).not.toContain(wording);
    expect(vocabulary.words.some((word) => word.startsWith("item"))).toBe(true);
  });

  it("shows no word in a topic's name that few accounts use", () => {
    const vocabulary = fitVocabulary([
      ...prompts,
      ...Array.from({ length: 6 }, (_, at) => ({ text: `ask Wilhelmina of ${at}`, account: 99 })),
    ]);
    expect(vocabulary.shown[vocabulary.numberOf.get("wilhelmina") ?? -1]).toBe(false);
  });
});
