import fc from "fast-check";
import { expect, test } from "vitest";
import { firstDifference, shortJson } from "../../src/bundle/first-difference.ts";

test("numbers are one result to 1e-9 relative and 1e-12 absolute, counts only where they are equal", () => {
  expect(firstDifference({ p: 1.5e-15 }, { p: 9.5e-13 })).toBeNull();
  expect(firstDifference([0.123456789], [0.123456789 * (1 + 9e-10)])).toBeNull();
  expect(firstDifference([0.123456789], [0.123456789 * (1 + 3e-9)])).toMatchObject({ path: "$[0]" });
  expect(firstDifference({ n: 2_000_000_000 }, { n: 2_000_000_001 })).toMatchObject({ path: "$.n" });
  expect(firstDifference(0, 1e-11)).not.toBeNull();
  expect(firstDifference(1, 1 - 1e-16)).toBeNull();
  expect(firstDifference(-0.5, 0.5)).not.toBeNull();
});

test("the first difference is told by its JSON path, in the order of the first value's keys", () => {
  const bundled = { b: [{ "odd name": null }, 1], a: { x: "text" } };
  expect(firstDifference(bundled, { a: { x: "other" }, b: [{ "odd name": 0 }, 2] })).toEqual({
    path: '$.b[0]["odd name"]',
    expected: null,
    got: 0,
  });
  expect(firstDifference(bundled, { a: { x: "text" }, b: [{ "odd name": null }] })).toEqual({
    path: "$.b[1]",
    expected: 1,
    got: undefined,
  });
  expect(firstDifference(bundled, { ...bundled, c: true })).toEqual({
    path: "$.c",
    expected: undefined,
    got: true,
  });
  // Neither a list for an object, nor what every object inherits.
  expect(firstDifference({ a: {} }, { a: [] })).toMatchObject({ path: "$.a" });
  expect(firstDifference({ constructor: null }, {})).toMatchObject({ path: "$.constructor", got: undefined });
  expect(firstDifference({}, JSON.parse('{"__proto__":1}'))).toMatchObject({ path: "$.__proto__", got: 1 });
});

test("a value differs from itself nowhere, and from what one number was changed in exactly there", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, two) => {
      expect(firstDifference(one, structuredClone(one))).toBeNull();
      const place = firstDifference({ one: [two, 1.25] }, { one: [two, 1.26] });
      expect(place).toEqual({ path: "$.one[1]", expected: 1.25, got: 1.26 });
    }),
    { seed: 6, numRuns: 200 },
  );
});

test("a value is told on one short line, and nothing as nothing", () => {
  expect(shortJson(undefined)).toBe("nothing");
  expect(shortJson({ a: "x\ny" })).toBe('{"a":"x\\ny"}');
  expect(shortJson("x".repeat(500))).toMatch(/^"x{119}\.\.\. \(502 characters\)$/);
});
