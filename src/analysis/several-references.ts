import type { Caveat, Evidence } from "../schema/analysis.ts";
import type { JackknifeResult } from "../stats/delete-block-jackknife.ts";
import { excludedFor } from "./content-score.ts";
import { type Contest, contest, type Lead, largestP, leadsOver } from "./contest.ts";
import { departureGrams } from "./departure-grams.ts";
import type { Explanation } from "./explain-departure.ts";
import { contiguousRuns } from "./jackknife-blocks.ts";
import { createKernelStack } from "./kernel-stack.ts";
import { intervalLevel } from "./likelihood-ratio.ts";
import type { MeasuredAnswers } from "./measured-answers.ts";
import { type Candidate, rivalTeachers } from "./rival-teachers.ts";
import { samplesPerProbe } from "./score-corpus.ts";

const alpha = 0.05;
/** Kernels are kept in single precision: a mean self term this small is what rounding leaves of 0. */
const negligible = 1e-6;

/**
 * Several references at once: non-negative regression of the suspect's departure from the panel on those of the
 * reference, of every control as a rival teacher, and of the baseline where one is given. Which teacher, which version,
 * or not separable?
 *
 * Works on inner products only (`departureGrams`, `explainDeparture`). The population that departures are taken from is
 * the reference and the controls, and neither a candidate nor its lab is in the mean that centres it: reference and
 * controls are treated alike. (With the reference outside the population, a control that is its copy would pull the
 * centre towards the reference but not towards itself, and take all the weight.) All controls are rivals, for a choice
 * of the nearest would depend on the answers.
 *
 * Null: the reference alone explains no more of the suspect's departure than some control lab alone, where "alone" is
 * what is lost by leaving it out and refitting. The p-value is the largest, over the labs, of one-sided block-jackknife
 * t tests. The loss is tested and not the weight, because weights at their bound 0 have no jackknife: of two near copies
 * one may take all the weight by a hair, and keep it whichever block is left out.
 *
 * The reference competes alone, however many versions of its lab are in the run. These enter a second regression, which
 * asks in the same way which version it is; its verdict is given only where the first found the reference separable (a
 * fixed sequence, so that neither test needs a correction).
 *
 * @param baseline - index of the suspect's ancestor or sibling base, or null; it takes part, but is nobody's rival
 * @see Patterson et al. (2012), doi:10.1534/genetics.112.145037, for mixtures from such inner products
 */
export function severalReferences(
  measured: MeasuredAnswers,
  suspect: number,
  reference: number,
  baseline: number | null,
): Evidence {
  const { candidates, tooFew } = rivalTeachers(measured, suspect, reference, baseline);
  const { stack } = measured;
  const population = [...new Set([...stack.panel, reference])];
  const withReference = { ...measured, stack: createKernelStack({ ...stack, panel: population }) };
  const named = [suspect, reference, ...(baseline === null ? [] : [baseline])];
  const grams = departureGrams(
    withReference,
    [suspect, ...candidates.map(({ model }) => model)],
    excludedFor(withReference, named).filter((model) => model !== reference),
    [measured.blocks, contiguousRuns(measured.probes.length)],
  );
  // Row 0 of the inner products is the suspect, row 1 the reference.
  const rowsOf = (...roles: readonly Candidate["role"][]) =>
    candidates.flatMap(({ role }, i) => (roles.includes(role) ? [i + 1] : []));
  const controls = rowsOf("control");
  const line = {
    line: "several-references",
    title: "Several references",
    nullHypothesis:
      "the reference alone explains no more of the suspect's departure from the panel than some control lab alone",
    method:
      "non-negative ridge regression on reference and controls; loss without each, largest p over control labs of one-sided block-jackknife t tests",
    effectName: "share of the reference in the weights of reference and controls",
    eValue: null,
    n: grams[0]?.blocks.reduce((sum, block) => sum + (block.probes[1] ?? 0), 0) ?? 0,
    nUnit: "probes",
  };
  const reason = whyNot(grams[0]?.meansWithout(-1) ?? [], controls.length);
  if (reason !== null) return { ...line, ...nothing, reason, summary: `Not applicable: ${reason}.` };

  const labs = [...new Set(controls.map((row) => candidates[row - 1]?.group))];
  const teachers = contest(grams, rowsOf("reference", "control", "baseline"));
  const leads = leadsOver(
    teachers,
    labs.map((lab) => controls.filter((row) => candidates[row - 1]?.group === lab)),
  );
  const versions = rowsOf("version");
  const inner =
    versions.length === 0
      ? null
      : contest(
          grams,
          candidates.map((_, i) => i + 1),
        );
  const innerLeads =
    inner === null
      ? []
      : leadsOver(
          inner,
          versions.map((row) => [row]),
        );

  const share = (fit: Explanation) => {
    const total = [1, ...controls].reduce((sum, row) => sum + (fit.weights[row] ?? 0), 0);
    return total > 0 ? (fit.weights[1] ?? 0) / total : 0;
  };
  const pValue = largestP(leads);
  const label = (row: number) => {
    const { model, role } = candidates[row - 1] as Candidate;
    return { model: measured.models[model]?.name ?? "", lab: measured.models[model]?.lab ?? null, role };
  };
  const nearest = (of: readonly Lead[]) => (of[0]?.rows ?? []).map((row) => label(row).model).join(" and ");
  const percent = Math.round(100 * share(teachers.whole));
  const separable = pValue !== null && pValue <= alpha;
  return {
    ...line,
    statistic: leads[0]?.lead ?? null,
    effect: share(teachers.whole),
    interval: boundedInterval(teachers.jackknife(share), 1),
    level: intervalLevel,
    pValue,
    reason: null,
    summary: [
      `The reference has ${percent} % of the weights of reference and ${controls.length} controls. ${verdict(separable, leads, nearest(leads))}`,
      ...(innerLeads.length > 0 ? [versionVerdict(separable, innerLeads, nearest(innerLeads))] : []),
    ].join(" "),
    table: [
      ...rowsOfTable("teacher", teachers, leads, [1, ...controls, ...rowsOf("baseline")], label),
      ...(inner === null ? [] : rowsOfTable("version", inner, innerLeads, [1, ...versions], label)),
    ],
    caveats: caveatsFor(measured, tooFew),
  };
}

const nothing = {
  statistic: null,
  effect: null,
  interval: null,
  level: null,
  pValue: null,
  table: [],
  caveats: [],
};

function whyNot(means: readonly (readonly number[])[], controls: number): string | null {
  if (!Number.isFinite(means[1]?.[0]))
    return "suspect and reference share no probe that at least two controls answered";
  if (controls === 0) return "no control answered half of the probes that suspect and reference share";
  if (means.flat().some(Number.isNaN))
    return "there are too few control labs: two of them leave fewer than two other models to centre them";
  return Math.min(means[0]?.[0] ?? 0, means[1]?.[1] ?? 0) <= negligible
    ? "suspect or reference does not measurably depart from the panel"
    : null;
}

function verdict(separable: boolean, leads: readonly Lead[], nearest: string): string {
  if (separable) return `It is separable from each of them; the nearest rival is ${nearest}.`;
  return (leads[0]?.lead ?? 0) > 0
    ? `It is not separable from the nearest rival, ${nearest}.`
    : `It is not separable: ${nearest} alone explains as much of the suspect as the reference does, or more.`;
}

function versionVerdict(labSeparable: boolean, leads: readonly Lead[], nearest: string): string {
  if (!labSeparable) return "Which version of its lab is not asked, because the reference is not separable.";
  const pValue = largestP(leads);
  return `Among ${leads.length + 1} versions of its lab it is ${pValue !== null && pValue <= alpha ? "" : "not "}separable; the nearest is ${nearest}${pValue === null ? "" : ` (p = ${pValue.toPrecision(2)})`}.`;
}

/** Rows of one regression by weight, each with the lead of the reference over it. */
function rowsOfTable(
  question: "teacher" | "version",
  one: Contest,
  leads: readonly Lead[],
  rows: readonly number[],
  label: (row: number) => { model: string; lab: string | null; role: string },
): Evidence["table"] {
  return rows
    .map((row) => {
      const jackknife = one.jackknife((fit) => fit.weights[row] ?? 0);
      const [low, high] = boundedInterval(jackknife, Number.MAX_VALUE) ?? [null, null];
      const lead = leads.find(({ rows: rivals }) => rivals.includes(row));
      return {
        question,
        ...label(row),
        weight: one.whole.weights[row] ?? 0,
        low,
        high,
        standardError: jackknife === null || low === null ? null : jackknife.standardError,
        lead: lead?.lead ?? null,
        pValue: lead?.pValue ?? null,
      };
    })
    .sort((a, b) => b.weight - a.weight);
}

/** Interval cut to [0, most]; null where there is none, and where no block moves a weight off its bound. */
function boundedInterval(jackknife: JackknifeResult | null, most: number): [number, number] | null {
  if (jackknife === null || jackknife.standardError === 0) return null;
  const [low, high] = jackknife.interval(intervalLevel);
  return [Math.min(most, Math.max(0, low)), Math.min(most, Math.max(0, high))];
}

function caveatsFor(measured: MeasuredAnswers, tooFew: readonly number[]): Caveat[] {
  const caveats: Caveat[] = [
    {
      code: "rivals-are-those-named",
      message:
        "The regression knows only the candidates in the run, and its p-value generalises to other probes only: some candidate always has the largest weight, and a control that was itself taught by the reference, or by a common teacher, takes weight from it.",
      advice: "Add other plausible teachers as controls, and read it beside the likelihood ratio.",
    },
  ];
  if (samplesPerProbe(measured) === "one")
    caveats.push({
      code: "weights-of-single-samples",
      message:
        "With one sample a probe a model's own departure cannot be told from chance: the weights are far too small and rank candidates much as affinities do.",
      advice: "Two or more samples a probe give weights on the scale of answer shares.",
    });
  if (tooFew.length > 0)
    caveats.push({
      code: "candidates-left-out",
      message: `${tooFew
        .map((model) => measured.models[model]?.name)
        .slice(0, 5)
        .join(
          ", ",
        )} answered fewer than half of the probes that suspect and reference share and took no part in the regression.`,
      advice: "Ask them the rest of the probes.",
    });
  return caveats;
}
