import { expect } from "vitest";
import type { Analysis } from "../../src/schema/analysis.ts";

/**
 * Everything but words: all numbers to 1e-9, all strings but those that stand for a text, all caveats by their codes, but for
 * that which counts names that may be withheld.
 */
export function expectSameNumbers(whole: Analysis, left: Analysis): void {
  const differing: string[] = [];
  let numbers = 0;
  const walk = (one: unknown, other: unknown, path: string): void => {
    if (typeof one === "number" && typeof other === "number") {
      numbers++;
      if (Math.abs(one - other) > 1e-9 * Math.max(Math.abs(one), Math.abs(other)) + 1e-12)
        differing.push(`${path}: ${one} ${other}`);
    } else if (one === null || other === null || typeof one !== "object" || typeof other !== "object") {
      const isKeyed = typeof other === "string" && /^keyed:|^\(withheld\)$/.test(other);
      if (one !== other && !isKeyed) differing.push(`${path}: ${String(one)} | ${String(other)}`);
    } else
      for (const name of new Set([...Object.keys(one), ...Object.keys(other)]))
        walk(Reflect.get(one, name), Reflect.get(other, name), `${path}.${name}`);
  };
  const { exhibits: _exhibits, models, ...rest } = whole.reportData;
  const { exhibits: _none, models: modelsLeft, ...restLeft } = left.reportData;
  const said = ({ suspects }: Analysis) =>
    suspects.map(({ caveats, ...suspect }) => ({
      ...suspect,
      caveats: caveats.map(({ code }) => code).filter((code) => code !== "served-several-models"),
    }));
  walk(said(whole), said(left), "suspects");
  walk(rest, restLeft, "reportData");
  const counted = (all: typeof models) =>
    all.map(({ params: _params, servedModels: _served, ...model }) => model);
  walk(counted(models), counted(modelsLeft), "models");
  expect(differing).toEqual([]);
  expect(numbers).toBeGreaterThan(200);
}
