import { describe, expect, it } from "vitest";
import { InsufficientDataError } from "../../src/errors.ts";
import { seededRandom } from "../../src/schema/random.ts";
import { type CapaItem, capa } from "../../src/stats/capa.ts";
import { readFixture } from "./read-fixture.ts";

interface Case {
  readonly items: CapaItem[];
  readonly estimate: number;
  readonly observed: number;
  readonly expected: number;
}

describe("CAPA", () => {
  it("agrees with its definition in NumPy", () => {
    for (const { items, ...expected } of readFixture<{ cases: Case[] }>("capa").cases) {
      items.forEach(Object.freeze);
      const result = capa(Object.freeze(items));
      expect(result.estimate).toBeCloseTo(expected.estimate, 12);
      expect(result.observed).toBeCloseTo(expected.observed, 12);
      expect(result.expected).toBeCloseTo(expected.expected, 12);
    }
  });

  it("is 0 for independent models however able, and finds copied errors", () => {
    const random = seededRandom(6);
    const option = () => String(Math.floor(4 * random()));
    const choose = (accuracy: number) => (random() < accuracy ? "0" : String(1 + Math.floor(3 * random())));
    const study = (copied: number) => {
      const estimates = Array.from({ length: 100 }, () => {
        const items = Array.from({ length: 150 }, () => {
          const shift = Number(option());
          const name = (choice: string) => String((Number(choice) + shift) % 4);
          const first = choose(0.8);
          const second = random() < copied ? first : choose(0.7);
          return { first: name(first), second: name(second), correct: name("0"), options: 4 };
        });
        return capa(items).estimate;
      });
      const mean = estimates.reduce((sum, value) => sum + value, 0) / 100;
      const spread = Math.sqrt(estimates.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 99);
      return { mean, spread };
    };
    const none = study(0);
    expect(Math.abs(none.mean)).toBeLessThan((4 * none.spread) / 10 + 0.01);
    expect(study(0.4).mean).toBeGreaterThan(4 * none.spread);
  });

  it("is 1 for one model twice, and refuses what says nothing", () => {
    const item = { first: "a", second: "a", correct: "b", options: 3 };
    expect(capa([item]).estimate).toBe(1);
    expect(() => capa([])).toThrow(InsufficientDataError);
    expect(() => capa([{ ...item, correct: "a" }])).toThrow(InsufficientDataError);
    expect(() => capa([{ ...item, options: 1 }])).toThrow(RangeError);
  });
});
