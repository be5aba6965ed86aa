import { mean } from "simple-statistics";
import type { Caveat, Evidence } from "../schema/analysis.ts";
import type { OutcomeCounts, OutcomesByProbe } from "../schema/corpus.ts";
import type { Random } from "../schema/random.ts";
import { outcomeSchema } from "../schema/transcript.ts";

const permutations = 999;
/** Share of samples without an `ok` answer above which similarity of text tells only part of the story. */
const manyMissing = 0.1;

/**
 * Outcomes before any text: how often suspect and reference refuse, run into the token limit, are filtered or say
 * nothing. A difference means that the texts compared are a selection; it is no evidence of lineage.
 *
 * The test swaps suspect and reference within probes at random: the statistic is the mean over probes of the
 * difference of their shares of answers without outcome `ok`.
 *
 * @param outcomes - of every model; models or probes that were not asked are absent
 */
export function outcomeRates(
  outcomes: OutcomesByProbe,
  roles: { readonly suspect: string; readonly reference: string; readonly controls: readonly string[] },
  random: Random,
): Evidence {
  const { suspect, reference, controls } = roles;
  const differences = [...(outcomes.get(suspect) ?? [])].flatMap(([probe, counts]) => {
    const other = outcomes.get(reference)?.get(probe);
    return other && total(counts) > 0 && total(other) > 0 ? [missingShare(counts) - missingShare(other)] : [];
  });
  const n = differences.length;
  const observed = n > 0 ? mean(differences) : null;
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
    method: `sign-flip permutation over probes (${permutations} permutations), two-sided`,
    statistic: observed,
    effect: observed,
    effectName: "difference of the shares of samples without an answer, suspect minus reference",
    interval: null,
    level: null,
    pValue: observed === null ? null : signFlipPValue(differences, observed, random),
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

function signFlipPValue(differences: readonly number[], observed: number, random: Random): number {
  const nonZero = differences.filter((value) => value !== 0);
  const threshold = Math.abs(observed) * differences.length * (1 - 1e-12);
  let atLeast = 0;
  for (let k = 0; k < permutations; k++) {
    let sum = 0;
    for (const value of nonZero) sum += random() < 0.5 ? value : -value;
    if (Math.abs(sum) >= threshold) atLeast++;
  }
  return (atLeast + 1) / (permutations + 1);
}
