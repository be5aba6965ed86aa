import { InsufficientDataError } from "../errors.ts";
import { requireCount } from "./check-values.ts";
import { chiSquaredUpperTail } from "./chi-squared-upper-tail.ts";

export interface GTestResult {
  /** G = 2 sum O log(O / E), in nats, at least 0. */
  readonly statistic: number;
  readonly degreesOfFreedom: number;
  readonly pValue: number;
  /** Least expected count: under 5 the p-value is rough, use `rateHomogeneityTest` or `fisherExact`. */
  readonly leastExpected: number;
  readonly n: number;
}

/**
 * G-test of independence of a table of counts (likelihood-ratio test).
 *
 * Null: rows have one distribution over the columns. Rows and columns of only zeros are left out.
 *
 * @param table - r rows of c counts each, whole numbers of at least 0; not modified
 * @returns statistic 0 and p = 1 when every row has the same shares
 * @throws InsufficientDataError when fewer than two rows or two columns have a count
 * @throws RangeError when rows differ in length or a count is not a whole number of at least 0
 * @see Sokal & Rohlf (2012), "Biometry", section 17.4
 */
export function gTest(table: readonly (readonly number[])[]): GTestResult {
  const width = table[0]?.length ?? 0;
  const columns = new Array<number>(width).fill(0);
  const rows = table.map((row) => {
    if (row.length !== width)
      throw new RangeError(`Every row must have ${width} counts, got one with ${row.length}.`);
    return row.reduce((sum, count, column) => {
      requireCount(count, "A count of the table");
      columns[column] = (columns[column] as number) + count;
      return sum + count;
    }, 0);
  });
  const used = (sums: number[]) => sums.filter((sum) => sum > 0);
  const degreesOfFreedom = (used(rows).length - 1) * (used(columns).length - 1);
  if (degreesOfFreedom <= 0 || used(rows).length < 2)
    throw new InsufficientDataError(
      "stats.one-row-or-column",
      `The G-test needs two rows and two columns with counts, got ${used(rows).length} and ${used(columns).length}.`,
    );
  const n = rows.reduce((sum, row) => sum + row, 0);
  let statistic = 0;
  table.forEach((row, index) => {
    row.forEach((count, column) => {
      const expected = ((rows[index] as number) * (columns[column] as number)) / n;
      if (count > 0) statistic += 2 * count * Math.log(count / expected);
    });
  });
  statistic = Math.max(0, statistic);
  return {
    statistic,
    degreesOfFreedom,
    pValue: chiSquaredUpperTail(statistic, degreesOfFreedom),
    leastExpected: (Math.min(...used(rows)) * Math.min(...used(columns))) / n,
    n,
  };
}
