import { expect, it } from "vitest";
import { robustCentre } from "../../../src/access/baseline/robust-spread.ts";
import { fromScale, toScale } from "../../../src/access/baseline/scale.ts";

it("goes there and back, rising, on every scale", () => {
  for (const scale of ["identity", "log", "logit", "arcsine"] as const) {
    const values = [0, 0.001, 0.2, 0.5, 0.9, 1];
    const places = values.map((value) => toScale(scale, value));
    expect(places.every(Number.isFinite)).toBe(true);
    expect(places.toSorted((a, b) => a - b)).toEqual(places);
    places.forEach((place, index) => {
      expect(fromScale(scale, place)).toBeCloseTo(values[index] as number, 9);
    });
    expect(toScale(scale, Number.NaN)).toBeNaN();
  }
  expect(toScale("log", -3)).toBe(0);
  expect(toScale("arcsine", 1.2)).toBe(toScale("arcsine", 1));
});

it("takes the spread of what differs where most are equal", () => {
  expect(robustCentre(Float64Array.of(1, 2, 3, 4, 100))).toEqual({ median: 3, spread: 1.4826 });
  expect(robustCentre(Float64Array.of(0, 0, 0, 2, 4))).toEqual({ median: 0, spread: 3 * 1.4826 });
  expect(robustCentre(Float64Array.of(7, 7))).toEqual({ median: 7, spread: 0 });
});
