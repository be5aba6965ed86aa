import { describe, expect, it } from "vitest";
import { truncatedJensenShannon } from "../../src/stats/truncated-jensen-shannon.ts";
import { readFixture } from "./read-fixture.ts";

const reference = readFixture<{
  cases: { first: number[]; second: number[]; divergence: number }[];
}>("truncated-jensen-shannon");

/** The `size` most probable outcomes of a distribution. */
const top = (values: readonly number[], size: number) =>
  new Map(
    values
      .map((value, i) => [String(i), value] as const)
      .sort((a, b) => b[1] - a[1])
      .slice(0, size),
  );

describe("Jensen-Shannon divergence of truncated distributions", () => {
  it("agrees with SciPy on whole distributions, where the bounds meet", () => {
    for (const { first, second, divergence } of reference.cases) {
      const result = truncatedJensenShannon(top(first, 40), top(second, 40));
      expect(result.estimate).toBeCloseTo(divergence, 9);
      expect(result.low).toBeCloseTo(divergence, 6);
      expect(result.high).toBeCloseTo(divergence, 6);
    }
  });

  it.each([1, 2, 5, 20])("encloses the whole divergence when only %i outcomes are listed", (size) => {
    for (const { first, second, divergence } of reference.cases) {
      const { low, estimate, high } = truncatedJensenShannon(top(first, size), top(second, size));
      expect(low).toBeLessThanOrEqual(divergence + 1e-9);
      expect(high).toBeGreaterThanOrEqual(divergence - 1e-9);
      expect(low).toBeLessThanOrEqual(estimate + 1e-12);
      expect(estimate).toBeLessThanOrEqual(high + 1e-12);
    }
  });

  it("is symmetric, 0 for equal lists, ln 2 for whole lists without a common outcome", () => {
    const a = new Map([
      ["x", 0.6],
      ["y", 0.4],
    ]);
    const b = new Map([["z", 1]]);
    expect(truncatedJensenShannon(a, a)).toEqual({ estimate: 0, low: 0, high: 0 });
    for (const value of Object.values(truncatedJensenShannon(a, b))) expect(value).toBeCloseTo(Math.LN2, 12);
    expect(truncatedJensenShannon(b, a)).toEqual(truncatedJensenShannon(a, b));
  });

  it("says nothing sure of equal lists that leave much out", () => {
    const half = new Map([["x", 0.5]]);
    expect(truncatedJensenShannon(half, half)).toEqual({ estimate: 0, low: 0, high: 0.5 * Math.LN2 });
  });

  it("takes rounding, and refuses lists that are no part of a distribution", () => {
    expect(truncatedJensenShannon(new Map([["x", 1.0005]]), new Map([["x", 1]])).estimate).toBeLessThan(1e-6);
    for (const bad of [
      new Map(),
      new Map([["x", -0.1]]),
      new Map([["x", Number.NaN]]),
      new Map([["x", 1.2]]),
    ])
      expect(() => truncatedJensenShannon(bad, new Map([["x", 1]]))).toThrow(RangeError);
  });
});
