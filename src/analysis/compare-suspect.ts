import { mean, sampleStandardDeviation } from "simple-statistics";
import { InsufficientDataError } from "../errors.ts";
import type { Affinity, Detection, Estimate, ReportData, SuspectAnalysis } from "../schema/analysis.ts";
import type { Calibration } from "../schema/calibration.ts";
import type { OutcomesByProbe } from "../schema/corpus.ts";
import type { Random } from "../schema/random.ts";
import { deleteBlockJackknife } from "../stats/delete-block-jackknife.ts";
import { normalUpperTail } from "../stats/normal-upper-tail.ts";
import { quantile } from "../stats/quantile.ts";
import { baselineDifference } from "./baseline-difference.ts";
import { caveatsOf } from "./caveats.ts";
import { affinityOf, centredSums } from "./content-affinity.ts";
import { type Background, cohortsOf, contentScore, controlsOf, excludedFor } from "./content-score.ts";
import { detectableEffect } from "./detectable-effect.ts";
import { decideFinding, type FindingInput, type FindingResult, findingThreshold } from "./finding.ts";
import { habitAffinity } from "./habit-affinity.ts";
import { verbalStep } from "./ladder.ts";
import { leaveOneFamilyOut } from "./leave-one-family-out.ts";
import {
  affinityJackknife,
  intervalLevel,
  type LikelihoodRatio,
  likelihoodRatio,
  runsOverBlocks,
} from "./likelihood-ratio.ts";
import type { MeasuredAnswers } from "./measured-answers.ts";
import { type ObservedAnswers, observedLines } from "./observed-answers.ts";
import { outcomeRates } from "./outcome-rates.ts";
import { type OutcomeVariant, outcomeSensitivity } from "./outcome-sensitivity.ts";
import { rankAmongControls } from "./rank-among-controls.ts";
import { sameModel } from "./same-model.ts";
import { severalReferences } from "./several-references.ts";
import { sharedDepartureRatio } from "./shared-departure-ratio.ts";

export interface SuspectInput {
  /** All samples. */
  readonly measured: MeasuredAnswers;
  /** What the likelihood ratio is computed from: all samples, or the first of each probe. */
  readonly forRatio: MeasuredAnswers;
  readonly suspect: number;
  readonly reference: number;
  readonly baseline: number | null;
  /** Inner products of the suspect's and the reference's responses, a probe. */
  readonly grams: readonly Float64Array[];
  readonly outcomes: OutcomesByProbe;
  readonly observed: ObservedAnswers;
  /** The answers measured without retried samples, and without incomplete probes, where there are any. */
  readonly calibration: Calibration | null;
  readonly calibrationReason: string | null;
  readonly outOfDomain: boolean;
  /** How unrelated models score in `forRatio`. */
  readonly background: Background | null;
  readonly prior: number | null;
  readonly random: Random;
  /** See `CompareInput`. */
  readonly pause?: () => Promise<unknown>;
}

/** Everything about one suspect, and its LR without each control. */
export interface SuspectResult {
  readonly analysis: SuspectAnalysis;
  readonly leaveOneControlOut: { name: string; log10LR: number | null }[];
  readonly leaveOneFamilyOut: NonNullable<ReportData["leaveOneFamilyOut"]>[string];
}

/**
 * All lines, the likelihood ratio and the finding of one suspect and one reference.
 * @returns what is left to do once the answers have been measured without some of them: a pure function
 */
export async function compareSuspect(
  input: SuspectInput,
): Promise<(variants: readonly OutcomeVariant[]) => SuspectResult> {
  const { measured, forRatio, suspect, reference, calibration, random } = input;
  const name = (model: number) => measured.models[model]?.name ?? "";
  const controls = controlsOf(measured, suspect, reference);
  const labs = new Set(controls.map((control) => measured.models[control]?.lab ?? `unknown ${control}`));
  const same = sameModel(measured, suspect, reference, { grams: input.grams, random });
  const rank = rankAmongControls(measured, suspect, reference);
  const departure = sharedDepartureRatio(measured, suspect, reference, input.baseline);
  const outcomes = outcomeRates(
    input.outcomes,
    { suspect: name(suspect), reference: name(reference), controls: controls.map(name) },
    random,
  );
  const content = contentEstimate(measured, suspect, reference);
  const habit = habitEstimate(measured, suspect, reference);
  await input.pause?.();
  const ratio = ratioOf(input, controls.length);
  await input.pause?.();
  const score = scoreEstimate(forRatio, suspect, reference, input.background);
  const lr = ratio.lr;
  await input.pause?.();
  const detectable = detectableEffect({
    measured,
    forRatio,
    reference,
    besides: [suspect],
    calibration,
    outOfDomain: input.outOfDomain,
  });
  const power = { ...powerOf(lr, calibration), ...detectable };
  await input.pause?.();

  const findingInput: FindingInput = {
    suspect: name(suspect),
    reference: name(reference),
    sameModel: same.claim,
    log10LR: lr?.log10LR ?? null,
    interval: lr?.interval ?? null,
    atUpperBound: lr?.atUpperBound ?? false,
    missing: ratio.missing,
    controlLabs: labs.size,
    calibration,
    outOfDomain: input.outOfDomain,
    power,
  };
  const finding = decideFinding(findingInput);
  const linesBefore = [
    same.line,
    rank,
    outcomes,
    baselineDifference(measured, suspect, reference, input.baseline),
    severalReferences(measured, suspect, reference, input.baseline),
  ];
  const linesAfter = observedLines(measured, suspect, reference, input.observed);
  const caveats = [
    ...caveatsOf({
      controlLabs: labs.size,
      blocks: content.blocks,
      blockKind: measured.blocks.kind,
      calibration,
      outOfDomain: input.outOfDomain,
      firstSamplesOnly: measured !== forRatio,
      unknownLabs: controls.filter((control) => measured.models[control]?.lab === null).map(name),
      contentDeviation: deviation(content),
      habitDeviation: deviation(habit),
    }),
    ...outcomes.caveats,
  ];
  const prior = input.prior;
  const analysis: Omit<SuspectAnalysis, "evidence" | "caveats"> = {
    name: name(suspect),
    lab: measured.models[suspect]?.lab ?? null,
    panel: controls.map(name),
    baseline: input.baseline === null ? null : name(input.baseline),
    finding: finding.finding,
    reason: finding.reason,
    sentence: withDetectable(finding, lr, detectable.detection),
    notExcluded: finding.notExcluded,
    log10LR: lr?.log10LR ?? null,
    log10LRInterval: lr === null ? null : [...lr.interval],
    log10LRBound: calibration === null ? null : calibration.bounds.log10LR,
    log10LRReason: ratio.missing?.clause ?? null,
    atUpperBound: lr?.atUpperBound ?? false,
    verbal: lr === null ? null : verbalStep(lr.log10LR),
    posterior: prior === null || lr === null ? null : { prior, posterior: posteriorOf(prior, lr.log10LR) },
    score: lr?.score ?? null,
    contentScore: score,
    contentAffinity: content,
    habitAffinity: habit,
    rankAmongControls: rank,
    sharedDepartureRatio: departure,
    sameModel: same.line,
    power,
  };
  const families = leaveOneFamilyOut(forRatio, lr);
  return (variants) => {
    const sensitivity = outcomeSensitivity(lr, variants, { suspect, reference, calibration });
    return {
      analysis: {
        ...analysis,
        evidence: [...linesBefore, sensitivity, ...linesAfter],
        caveats: [...caveats, ...sensitivity.caveats],
      },
      leaveOneControlOut: (lr?.withoutControl ?? []).map(({ control, log10LR }) => ({
        name: name(control),
        log10LR,
      })),
      leaveOneFamilyOut: families,
    };
  };
}

/** Where nothing was found, what would have been. */
function withDetectable(
  { finding, sentence }: FindingResult,
  lr: LikelihoodRatio | null,
  detection: Detection | undefined,
): string {
  const found = finding === "same-model" || (lr?.log10LR ?? 0) > findingThreshold;
  return found || detection === undefined ? sentence : `${sentence} ${detection.statement}`;
}

function posteriorOf(prior: number, log10LR: number): number {
  const favourable = prior * 10 ** log10LR;
  return favourable / (favourable + 1 - prior);
}

/** The LR, or a code and a clause that say why there is none. */
function ratioOf(
  input: SuspectInput,
  controls: number,
): { lr: LikelihoodRatio | null; missing: { code: string; clause: string } | null } {
  const { forRatio, suspect, reference, calibration, background } = input;
  const none = (code: string, clause: string) => ({ lr: null, missing: { code, clause } });
  const { modelCount, present } = forRatio.stack;
  const answered = (model: number) =>
    forRatio.probes.filter((_, p) => present[p * modelCount + model] === 1).length;
  for (const model of [suspect, reference]) {
    if (answered(model) === 0)
      return none("no-answers", `${forRatio.models[model]?.name ?? ""} has no usable answer`);
  }
  if (controls < 3)
    return none("too-few-controls", `only ${controls} controls have answers, and 3 are needed`);
  if (calibration === null)
    return none("no-calibration", input.calibrationReason ?? "no calibration was given");
  try {
    const lr =
      background === null ? null : likelihoodRatio(forRatio, suspect, reference, { calibration, background });
    return lr === null
      ? none(
          "too-few-probes",
          "there are too few probes with answers of suspect, reference and controls for the affinities to be defined",
        )
      : { lr, missing: null };
  } catch (error) {
    if (error instanceof InsufficientDataError)
      return none(
        "too-few-probes",
        `the affinities are not defined on so few probes (${error.message.replace(/\.$/, "")})`,
      );
    throw error;
  }
}

const unknown = (reason: string): Estimate => ({
  estimate: null,
  standardError: null,
  interval: null,
  level: intervalLevel,
  reason,
});
const tooFew = "too few probes with answers of suspect, reference and controls";

function contentEstimate(measured: MeasuredAnswers, suspect: number, reference: number): Affinity {
  const sums = centredSums(measured.stack, suspect, reference, excludedFor(measured, [suspect, reference]));
  const jackknife = affinityJackknife(sums);
  const estimate = affinityOf(sums);
  const probes = sums.probes.reduce((sum, count) => sum + count, 0);
  const cohorts = cohortsOf(measured, suspect, reference);
  // The larger standard error: families may hide that neighbouring probes depend on each other.
  const widened = runsOverBlocks(measured, suspect, reference, cohorts);
  return {
    ...(estimate === null ? unknown(tooFew) : { ...unknown(tooFew), estimate, reason: null }),
    ...(jackknife === null || estimate === null
      ? {}
      : {
          standardError: widened * jackknife.standardError,
          interval: jackknife.interval(intervalLevel).map((end) => estimate + widened * (end - estimate)) as [
            number,
            number,
          ],
        }),
    controls: [...cohorts.withReference].map(([control, ofControl]) => ({
      ...label(measured, control),
      estimate: affinityOf(ofControl),
    })),
    blocks: sums.probes.filter((count) => count > 0).length,
    probes,
  };
}

function habitEstimate(measured: MeasuredAnswers, suspect: number, reference: number): Affinity {
  const controls = controlsOf(measured, suspect, reference);
  const estimate = habitAffinity(measured, suspect, reference, controls);
  const { modelCount, present, blockOf, blockCount } = measured.stack;
  const sizes = new Array<number>(blockCount).fill(0);
  measured.probes.forEach((_, p) => {
    if (present[p * modelCount + suspect] === 1 && present[p * modelCount + reference] === 1)
      sizes[blockOf[p] as number] = (sizes[blockOf[p] as number] ?? 0) + 1;
  });
  const used = [...sizes.keys()].filter((block) => (sizes[block] ?? 0) > 0);
  const others = (control: number) => {
    const lab = measured.models[control]?.lab ?? null;
    return controls.filter(
      (other) => other !== control && (lab === null || measured.models[other]?.lab !== lab),
    );
  };
  let spread = {};
  if (estimate !== null && used.length >= 2) {
    try {
      const jackknife = deleteBlockJackknife(
        used.map((block) => sizes[block] as number),
        (leftOut) =>
          habitAffinity(
            measured,
            suspect,
            reference,
            controls,
            leftOut === null ? -1 : (used[leftOut] as number),
          ) ?? Number.NaN,
      );
      spread = {
        standardError: jackknife.standardError,
        interval: [...jackknife.interval(intervalLevel)] as [number, number],
      };
    } catch (error) {
      if (!(error instanceof InsufficientDataError)) throw error;
    }
  }
  return {
    ...(estimate === null
      ? unknown("a model's own habits are not measurable on so few probes")
      : { ...unknown(tooFew), estimate, reason: null }),
    ...spread,
    controls: controls.map((control) => ({
      ...label(measured, control),
      estimate: habitAffinity(measured, control, reference, others(control)),
    })),
    blocks: used.length,
    probes: sizes.reduce((sum, size) => sum + size, 0),
  };
}

function scoreEstimate(
  measured: MeasuredAnswers,
  suspect: number,
  reference: number,
  background: Background | null,
): Estimate {
  const cohorts = cohortsOf(measured, suspect, reference);
  const estimate = background === null ? null : contentScore(cohorts, background);
  return estimate === null ? unknown(tooFew) : { ...unknown(tooFew), estimate, reason: null };
}

const label = (measured: MeasuredAnswers, model: number) => ({
  name: measured.models[model]?.name ?? "",
  lab: measured.models[model]?.lab ?? null,
});

/** How many standard deviations of the controls' affinities the suspect's lies above their mean. */
function deviation(affinity: Affinity): number | null {
  const values = affinity.controls.flatMap(({ estimate }) => estimate ?? []);
  if (affinity.estimate === null || values.length < 3) return null;
  const deviationOfControls = sampleStandardDeviation(values);
  return deviationOfControls > 0 ? (affinity.estimate - mean(values)) / deviationOfControls : null;
}

/**
 * Probability that a student like the middle one of the calibration's distilled sources, measured with this run's
 * error, would have got a likelihood ratio above 10.
 */
function powerOf(lr: LikelihoodRatio | null, calibration: Calibration | null): SuspectAnalysis["power"] {
  if (lr === null || calibration === null)
    return {
      power: null,
      effect: "a student like the calibration's middle one",
      reason: "no likelihood ratio",
    };
  // A calibration whose bound is below 10 could not find any student.
  if (calibration.bounds.log10LR[1] <= 1)
    return { power: 0, effect: "any student (the calibration's bound is below 10)", reason: null };
  const middle = quantile(calibration.distilledLog10LR, 0.5);
  const error = Math.hypot(lr.standardErrors.probes, lr.standardErrors.panel) / Math.LN10;
  return {
    power: error > 0 ? normalUpperTail((1 - middle) / error) : middle > 1 ? 1 : 0,
    effect: `a student like the middle one of the calibration's ${calibration.sources.distilledClusters} distilled sources`,
    reason: null,
  };
}
