import { describe, expect, it } from "vitest";
import { outcomeRates } from "../../src/analysis/outcome-rates.ts";
import { evidenceSchema } from "../../src/schema/analysis.ts";
import type { OutcomeCounts, OutcomesByProbe } from "../../src/schema/corpus.ts";
import { type Random, seededRandom } from "../../src/schema/random.ts";

/** Outcomes of one model: `samples` a probe, each refused with the probability given for the probe. */
function outcomesOf(samples: number, rates: readonly number[], random: Random): Map<string, OutcomeCounts> {
  return new Map(
    rates.map((rate, p) => {
      const refused = Array.from({ length: samples }, () => random() < rate).filter(Boolean).length;
      return [`probe-${p}`, { ok: samples - refused, refused }] as const;
    }),
  );
}
const roles = { suspect: "suspect", reference: "reference", controls: ["control"] };
const rejections = (trials: number, level: number, draw: () => OutcomesByProbe, random: Random) => {
  let rejected = 0;
  for (let trial = 0; trial < trials; trial++)
    if ((outcomeRates(draw(), roles, random).pValue ?? 1) <= level) rejected++;
  return rejected / trials;
};

describe("outcome rates", () => {
  it.each([
    ["equal numbers of samples", 4, 4, () => 0.2],
    ["unequal numbers of samples", 2, 10, () => 0.2],
    ["rare refusals at unequal numbers", 1, 10, () => 0.05],
    ["probes that differ much", 3, 6, (p: number) => (p % 4 === 0 ? 0.8 : 0.05)],
  ])("rejects one distribution at most about at its level: %s", (_, suspect, reference, rate) => {
    const random = seededRandom(91);
    const rates = Array.from({ length: 40 }, (__, p) => rate(p));
    const trials = 300;
    const found = rejections(
      trials,
      0.05,
      () =>
        new Map([
          ["suspect", outcomesOf(suspect, rates, random)],
          ["reference", outcomesOf(reference, rates, random)],
        ]),
      random,
    );
    expect(found).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt((0.05 * 0.95) / trials));
  });

  it("finds a suspect that refuses much more often", () => {
    const random = seededRandom(92);
    const found = rejections(
      40,
      0.05,
      () =>
        new Map([
          ["suspect", outcomesOf(5, new Array<number>(30).fill(0.3), random)],
          ["reference", outcomesOf(5, new Array<number>(30).fill(0.05), random)],
        ]),
      random,
    );
    expect(found).toBeGreaterThan(0.9);
  });

  it("reports shares, a row for each model and a caveat for many missing answers", () => {
    const line = outcomeRates(
      new Map<string, ReadonlyMap<string, OutcomeCounts>>([
        [
          "suspect",
          new Map([
            ["a", { ok: 1, refused: 3 }],
            ["b", { ok: 4 }],
          ]),
        ],
        [
          "reference",
          new Map([
            ["a", { ok: 4 }],
            ["b", { ok: 4 }],
            ["c", { ok: 1, truncated: 1 }],
          ]),
        ],
      ]),
      roles,
      seededRandom(93),
    );
    expect(line.effect).toBeCloseTo(0.375, 12);
    expect(line.n).toBe(2);
    expect(line.table.map(({ model }) => model)).toEqual(["suspect", "reference", "control"]);
    expect(line.table[0]).toMatchObject({ samples: 8, ok: 5, refused: 3 });
    expect(line.table[2]).toMatchObject({ samples: 0 });
    expect(line.caveats.map(({ message }) => message).join()).toMatch(/38 % of the samples of suspect/);
    expect(evidenceSchema.safeParse(line).success).toBe(true);
  });

  it("does not apply where no probe was put to both, and p is 1 without any difference", () => {
    const none = outcomeRates(new Map([["suspect", new Map([["a", { ok: 1 }]])]]), roles, seededRandom(94));
    expect(none).toMatchObject({ pValue: null, statistic: null, n: 0 });
    expect(none.reason).toMatch(/no probe/);
    const same = new Map([
      ["a", { ok: 2 }],
      ["b", { ok: 2 }],
    ]);
    const line = outcomeRates(
      new Map([
        ["suspect", same],
        ["reference", same],
      ]),
      roles,
      seededRandom(95),
    );
    expect(line.pValue).toBe(1);
  });
});
