import { expect, it } from "vitest";
import { addSparseRows, createRowTerms, type SparseRows } from "../../src/analysis/row-sums.ts";
import { seededRandom } from "../../src/schema/random.ts";

const entriesOf = ({ features, starts, models, sums }: SparseRows) =>
  [...features].flatMap((feature, row) =>
    [...models.subarray(starts[row], starts[row + 1])].map((model, i) => [
      `${feature} ${model}`,
      sums[(starts[row] as number) + i] as number,
    ]),
  );

/** Terms in eighths, whose sums are exact in any order; some go to lists of columns. */
function drawn(count: number, featureCount: number, width: number) {
  const random = seededRandom(3);
  const below = (limit: number) => Math.floor(limit * random());
  return Array.from({ length: count }, () => ({
    feature: below(featureCount),
    columns:
      random() < 0.1 ? [below(width), width - 1].filter((at, i, all) => all.indexOf(at) === i) : below(width),
    value: below(64) / 8,
  }));
}

it.each([
  [200, 40, 7],
  // More than are held before they are added up.
  [1_200_000, 50, 70],
])("sums %i terms of %i features in %i columns", (count, featureCount, width) => {
  const wanted = new Map<string, number>();
  const terms = createRowTerms(featureCount, width);
  for (const { feature, columns, value } of drawn(count, featureCount, width)) {
    for (const column of [columns].flat())
      wanted.set(`${feature} ${column}`, (wanted.get(`${feature} ${column}`) ?? 0) + value);
    terms.reserve(1);
    if (typeof columns === "number") terms.add(feature, columns, value);
    else terms.addToAll(feature, terms.columns(columns), value);
  }
  const rows = terms.take();
  expect(new Map(entriesOf(rows) as [string, number][])).toEqual(wanted);
  expect([...rows.features]).toEqual([...rows.features].sort((a, b) => a - b));
  rows.features.forEach((_, row) => {
    const models = [...rows.models.subarray(rows.starts[row], rows.starts[row + 1])];
    expect(models).toEqual([...new Set(models)].sort((a, b) => a - b));
  });
});

it("is empty once the sums are taken, and before any term", () => {
  const terms = createRowTerms(5, 3);
  expect(entriesOf(terms.take())).toEqual([]);
  terms.reserve(1);
  terms.add(4, 2, 1.5);
  expect(entriesOf(terms.take())).toEqual([["4 2", 1.5]]);
  expect(entriesOf(terms.take())).toEqual([]);
});

it("adds the sums of two parts", () => {
  const part = (terms: readonly (readonly [number, number, number])[]) => {
    const of = createRowTerms(9, 4);
    of.reserve(terms.length);
    for (const [feature, column, value] of terms) of.add(feature, column, value);
    return of.take();
  };
  const sum = addSparseRows(
    part([
      [1, 0, 2],
      [7, 3, 1],
    ]),
    part([
      [1, 0, 0.5],
      [1, 2, 4],
      [8, 1, 3],
    ]),
  );
  expect(entriesOf(sum)).toEqual([
    ["1 0", 2.5],
    ["1 2", 4],
    ["7 3", 1],
    ["8 1", 3],
  ]);
});
