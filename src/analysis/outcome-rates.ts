import { mean } from "simple-statistics";
import type { Caveat, Evidence } from "../schema/analysis.ts";
import type { OutcomeCounts, OutcomesByProbe } from "../schema/corpus.ts";
import type { Random } from "../schema/random.ts";
import { outcomeSchema } from "../schema/transcript.ts";
import { rateHomogeneityTest } from "../stats/rate-homogeneity-test.ts";

const permutations = 999;
/** Share of samples without an `ok` answer above which similarity of text tells only part of the story. */
const manyMissing = 0.1;

/**
 * Outcomes before any text: how often suspect and reference refuse, run into the token limit, are filtered or say
 * nothing. A difference means that the texts compared are a selection; it is no evidence of lineage.
 *
 * The test relabels samples within probes at random, so it is exact however many samples each model gave and however
 * rare a refusal is. The effect is the mean over probes of the difference of their shares of samples without outcome `ok`.
 *
 * @param outcomes - of every model; models or probes that were not asked are absent
 */
export function outcomeRates(
  outcomes: OutcomesByProbe,
  roles: { readonly suspect: string; readonly reference: string; readonly controls: readonly string[] },
  random: Random,
): Evidence {
  const { suspect, reference, controls } = roles;
  const strata = [...(outcomes.get(suspect) ?? [])].flatMap(([probe, counts]) => {
    const other = outcomes.get(reference)?.get(probe);
    return other && total(counts) > 0 && total(other) > 0 ? [{ counts, other }] : [];
  });
  const n = strata.length;
  const observed =
    n > 0 ? mean(strata.map(({ counts, other }) => missingShare(counts) - missingShare(other))) : null;
  const test =
    n > 0
      ? rateHomogeneityTest(
          strata.map(({ counts, other }) => ({ first: okAndMissing(counts), second: okAndMissing(other) })),
          { permutations, random },
        )
      : null;
  const models = [suspect, reference, ...controls];
  const pooled = new Map(models.map((model) => [model, pool(outcomes.get(model))]));
  const shareOf = (model: string) => missingShare(pooled.get(model) ?? {});
  const missing = [suspect, reference].filter((model) => shareOf(model) > manyMissing);
  const caveats: Caveat[] = missing.map((model) => ({
    code: "missing-answers",
    message: `${Math.round(100 * shareOf(model))} % of the samples of ${model} hold no usable answer; only usable ones are compared.`,
    advice:
      "Look at the outcome table; raise max_tokens where answers are truncated, and choose probes that are not refused.",
  }));
  return {
    line: "outcome-rates",
    title: "Outcomes before any text",
    nullHypothesis: "suspect and reference leave the same share of samples without an answer, probe by probe",
    method: `within-probe permutation test of the Cochran-Mantel-Haenszel statistic (${permutations} permutations), two-sided`,
    statistic: test?.statistic ?? null,
    effect: observed,
    effectName: "difference of the shares of samples without an answer, suspect minus reference",
    interval: null,
    level: null,
    pValue: test?.pValue ?? null,
    eValue: null,
    n,
    nUnit: "probes",
    reason: observed === null ? "no probe was put to both" : null,
    summary:
      observed === null
        ? "Not applicable: no probe was put to both."
        : `Samples without an answer: ${percent(shareOf(suspect))} of the suspect's, ${percent(shareOf(reference))} of the reference's (${n} probes).`,
    table: models.map((model) => ({ model, ...outcomeRow(pooled.get(model) ?? {}) })),
    caveats,
  };
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const total = (counts: OutcomeCounts) => Object.values(counts).reduce((sum, count) => sum + (count ?? 0), 0);

const okAndMissing = (counts: OutcomeCounts) => [counts.ok ?? 0, total(counts) - (counts.ok ?? 0)];

/** Share of samples whose outcome is not `ok`, 0 without samples. */
function missingShare(counts: OutcomeCounts): number {
  const all = total(counts);
  return all === 0 ? 0 : 1 - (counts.ok ?? 0) / all;
}

function pool(byProbe: ReadonlyMap<string, OutcomeCounts> | undefined): OutcomeCounts {
  const sum: Partial<Record<keyof OutcomeCounts, number>> = {};
  for (const counts of byProbe?.values() ?? [])
    for (const outcome of outcomeSchema.options) sum[outcome] = (sum[outcome] ?? 0) + (counts[outcome] ?? 0);
  return sum;
}

const outcomeRow = (counts: OutcomeCounts): Record<string, number> => ({
  samples: total(counts),
  ...Object.fromEntries(outcomeSchema.options.map((outcome) => [outcome, counts[outcome] ?? 0])),
});
