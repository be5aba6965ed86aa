import type { OutcomeCounts } from "../../schema/corpus.ts";
import type { ChangeTest } from "../../schema/history.ts";
import { outcomeSchema } from "../../schema/transcript.ts";
import { rateHomogeneityTest } from "../../stats/rate-homogeneity-test.ts";
import { smallestP, type TestDesign } from "./answer-change.ts";

/** Outcomes of one probe and wording in both runs. */
export interface SharedOutcomes {
  readonly earlier: OutcomeCounts;
  readonly later: OutcomeCounts;
}

const enough = 100;
const total = (counts: OutcomeCounts) => Object.values(counts).reduce((sum, count) => sum + (count ?? 0), 0);

/**
 * Whether there is anything to test: some probe that both runs asked had two different outcomes. Depends on the pooled
 * outcomes alone, so that leaving the test out otherwise does not bend the others' error.
 */
export function outcomesDiffer(strata: readonly SharedOutcomes[]): boolean {
  return used(strata).some(
    ({ earlier, later }) =>
      outcomeSchema.options.filter((outcome) => (earlier[outcome] ?? 0) + (later[outcome] ?? 0) > 0).length >
      1,
  );
}

const used = (strata: readonly SharedOutcomes[]) =>
  strata.filter(({ earlier, later }) => total(earlier) > 0 && total(later) > 0);

/**
 * Whether refusals, truncations and other outcomes are as frequent as in the earlier run: generalised
 * Cochran-Mantel-Haenszel statistic, labels permuted within each probe.
 * @param strata - one a probe and wording; at least one for which `outcomesDiffer`
 */
export function testOutcomes(strata: readonly SharedOutcomes[], design: TestDesign): ChangeTest {
  const { permutations, random } = design;
  const rows = used(strata);
  const occurring = outcomeSchema.options.filter((outcome) =>
    rows.some(({ earlier, later }) => (earlier[outcome] ?? 0) + (later[outcome] ?? 0) > 0),
  );
  const counts = (of: OutcomeCounts) => occurring.map((outcome) => of[outcome] ?? 0);
  const tested = rateHomogeneityTest(
    rows.map(({ earlier, later }) => ({ first: counts(later), second: counts(earlier) })),
    { permutations, random, enough },
  );
  const [later, earlier] = tested.sampleSizes;
  const okAt = occurring.indexOf("ok");
  const effect = okAt === -1 ? null : -(tested.rateDifferences[okAt] as number);
  return {
    test: "outcomes",
    nullHypothesis:
      "at each probe, refusals, truncations and other outcomes are as probable as in the earlier run",
    method: `${tested.method}; stopped at ${enough} relabellings as large (Besag & Clifford 1991)`,
    statistic: tested.statistic,
    statisticName: "generalised Cochran-Mantel-Haenszel statistic",
    effect,
    effectName: "share of samples without a usable answer, later less earlier",
    interval: null,
    intervalLevel: null,
    pValue: tested.pValue,
    adjustedP: null,
    alarm: false,
    permutations: tested.permutations,
    smallestP: smallestP(
      rows.map((row) => [total(row.earlier), total(row.later)]),
      permutations,
    ),
    detectable: null,
    n: tested.strata,
    nUnit: "probes and wordings",
    samples: { earlier, later },
    reason: null,
  };
}
