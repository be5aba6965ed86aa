import { expect, it } from "vitest";
import {
  formatCount,
  formatInterval,
  formatNumber,
  formatP,
  formatPercent,
  formatRatio,
  formatWeight,
} from "../../src/report/numbers.ts";

it.each([
  [formatNumber(-0.1234), "−0.12"],
  [formatNumber(-0.001), "0.00"],
  [formatNumber(null), "n/a"],
  [formatInterval([-0.5, 1]), "−0.50 to 1.00"],
  [formatInterval(null), "n/a"],
  [formatPercent(0.1234, 1), "12.3 %"],
  [formatCount(1234567), "1\u202F234\u202F567"],
  [formatCount(999), "999"],
  [formatRatio(1.18), "15"],
  [formatRatio(-1.1), "0.079"],
  [formatRatio(3), "1\u202F000"],
  [formatRatio(6), "10⁶"],
  [formatRatio(6.3), "2.0 × 10⁶"],
  [formatRatio(-7.7), "2.0 × 10⁻⁸"],
  [formatWeight(1), "10 times more probable if derived"],
  [formatWeight(-0.52), "3.3 times more probable if independent"],
  [formatWeight(0.001), "as probable under either hypothesis"],
  [formatP(0.0476), "0.048"],
  [formatP(0.00018), "0.00018"],
  [formatP(4.02e-9), "4.0 × 10⁻⁹"],
  [formatP(1), "1"],
])("%s", (got, expected) => {
  expect(got).toBe(expected);
});
