import type { CanaryTest } from "../schema/canary.ts";
import type { GreenTest } from "../schema/green-list.ts";
import { holm } from "../stats/holm.ts";

/** Tests of one suspect with `adjustedPValue` set, in the order given. */
export interface CorrectedTests {
  readonly tests: CanaryTest[];
  readonly greenTests: GreenTest[];
}

/**
 * Corrects the tests of one suspect for every secret ever committed: family-wise error, whatever depends on what.
 *
 * Secrets of one list go through Holm together, where each other secret, tested or not, counts as p = 1. A secret with
 * account clusters has one list more for each of them: Holm over its lists, and times the number of secrets. Holm does not
 * step down over such a secret, nor over one that was not tested: who reveals the better of several secrets, however many
 * lists they have, gains nothing.
 *
 * @param secretsCommitted - at least the number of tests
 */
export function correctSecrets(
  tests: readonly CanaryTest[],
  greenTests: readonly GreenTest[],
  secretsCommitted: number,
): CorrectedTests {
  const plain = [...tests.filter(({ clusters }) => clusters === undefined), ...greenTests];
  const others = Math.max(0, secretsCommitted - plain.length);
  const adjusted =
    plain.length === 0
      ? []
      : holm([...plain.map(({ pValue }) => pValue), ...new Array<number>(others).fill(1)]);
  const adjustedOf = (test: CanaryTest | GreenTest) => adjusted[plain.indexOf(test)] ?? 1;
  return {
    tests: tests.map((test) =>
      test.clusters === undefined
        ? { ...test, adjustedPValue: adjustedOf(test) }
        : correctLists(test, test.clusters, secretsCommitted),
    ),
    greenTests: greenTests.map((test) => ({ ...test, adjustedPValue: adjustedOf(test) })),
  };
}

function correctLists(
  test: CanaryTest,
  clusters: NonNullable<CanaryTest["clusters"]>,
  secretsCommitted: number,
): CanaryTest {
  const [common = 1, ...own] = holm([test.pValue, ...clusters.map(({ pValue }) => pValue)]).map((p) =>
    Math.min(1, secretsCommitted * p),
  );
  return {
    ...test,
    adjustedPValue: common,
    clusters: clusters.map((one, index) => ({ ...one, adjustedPValue: own[index] ?? 1 })),
  };
}
