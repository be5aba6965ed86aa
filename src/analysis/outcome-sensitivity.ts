import { InsufficientDataError } from "../errors.ts";
import type { Caveat, Evidence } from "../schema/analysis.ts";
import type { Calibration } from "../schema/calibration.ts";
import type { OutcomeCounts, OutcomesByProbe } from "../schema/corpus.ts";
import { backgroundFor } from "./content-score.ts";
import { findingThreshold } from "./finding.ts";
import { type LikelihoodRatio, likelihoodRatio } from "./likelihood-ratio.ts";
import type { MeasuredAnswers } from "./measured-answers.ts";
import type { AnswerSelection, AnswerShape } from "./selected-answers.ts";

/** The answers measured again without some of them. */
export interface OutcomeVariant {
  readonly left: "retried" | "incomplete";
  readonly measured: MeasuredAnswers;
}

const leftOut = {
  retried: "without samples that took more than one attempt",
  incomplete: "without probes at which suspect or reference left a sample without an answer",
} as const;

/**
 * What is to be measured again: the answers without retried samples, and without those of suspects and reference to
 * probes at which they left a sample without an answer; neither where there is none, so that nothing is measured for nothing.
 */
export function outcomeSelections(options: {
  readonly reference: string;
  readonly suspects: readonly string[];
  readonly outcomes: OutcomesByProbe;
  readonly anyRetried: boolean;
}): { readonly left: OutcomeVariant["left"]; readonly selection: AnswerSelection }[] {
  const { outcomes, anyRetried } = options;
  const asked = [options.reference, ...options.suspects];
  // A probe without any usable answer is not compared anyway.
  const incomplete = (model: string, probe: string) => isIncomplete(outcomes.get(model)?.get(probe));
  const anyIncomplete = asked.some((model) =>
    [...(outcomes.get(model)?.keys() ?? [])].some((probe) => incomplete(model, probe)),
  );
  const places = (count: number) => Array.from({ length: count }, (_, place) => place);
  return [
    ...(anyRetried
      ? [
          {
            left: "retried" as const,
            selection: ({ retried }: AnswerShape, model: string, count: number) =>
              places(count).filter((place) => !retried?.get(model)?.has(place)),
          },
        ]
      : []),
    ...(anyIncomplete
      ? [
          {
            left: "incomplete" as const,
            selection: ({ probe }: AnswerShape, model: string, count: number) =>
              asked.includes(model) && incomplete(model, probe) ? [] : places(count),
          },
        ]
      : []),
  ];
}

/** Whether some samples, but not all, hold no usable answer. */
function isIncomplete(counts: OutcomeCounts = {}): boolean {
  const ok = counts.ok ?? 0;
  return ok > 0 && Object.values(counts).reduce((sum, count) => sum + (count ?? 0), 0) > ok;
}

/**
 * Does the likelihood ratio hang on samples that were retried, or on probes that were not always answered? A refusal or a
 * retry may be no accident, so that the answers that remain are a selection; nobody knows what the missing ones would have
 * said, and no bound on them would be narrower than the calibration's own. The line says what the ratio would be
 * without these samples and probes: descriptive, without a test.
 *
 * @param lr - of all answers; null where none is defined
 * @returns the line, with a caveat where the ratio moves across the threshold of a finding
 */
export function outcomeSensitivity(
  lr: LikelihoodRatio | null,
  variants: readonly OutcomeVariant[],
  pair: {
    readonly suspect: number;
    readonly reference: number;
    readonly calibration: Calibration | null;
  },
): Evidence {
  const line = {
    line: "outcome-sensitivity",
    title: "Without retried samples and incomplete probes",
    nullHypothesis: null,
    method:
      "likelihood ratio computed again without samples that took more than one attempt, and without probes at which suspect or reference left a sample without an answer",
    effectName: "largest change of the log10 likelihood ratio",
    level: null,
    pValue: null,
    eValue: null,
    nUnit: "recomputations",
  };
  const { calibration, suspect, reference } = pair;
  const reason =
    lr === null || calibration === null
      ? "there is no likelihood ratio"
      : variants.length === 0
        ? "no sample was retried, and suspect and reference answered every sample of the probes compared"
        : null;
  if (reason !== null || lr === null || calibration === null)
    return {
      ...line,
      ...{ statistic: null, effect: null, interval: null, n: 0, table: [], caveats: [], reason },
      summary: `Not applicable: ${reason}.`,
    };
  const again = variants.map(({ left, measured }) => ({
    left,
    lr: ratioOrNull(measured, suspect, reference, calibration),
    probes: probesOf(measured, suspect, reference),
  }));
  const values = again.flatMap((variant) => variant.lr?.log10LR ?? []);
  const change = Math.max(0, ...values.map((value) => Math.abs(value - lr.log10LR)));
  const row = (samples: string, of: LikelihoodRatio | null, probes: number | null) => ({
    samples,
    log10LR: of?.log10LR ?? null,
    low: of?.interval[0] ?? null,
    high: of?.interval[1] ?? null,
    probes,
  });
  return {
    ...line,
    statistic: lr.log10LR,
    effect: values.length === 0 ? null : change,
    interval: [Math.min(lr.log10LR, ...values), Math.max(lr.log10LR, ...values)],
    n: variants.length,
    reason: null,
    summary: `log10 LR ${lr.log10LR.toFixed(2)} of all samples; ${again.map((variant) => `${variant.lr?.log10LR.toFixed(2) ?? "not defined"} ${leftOut[variant.left]} (${variant.probes} probes left)`).join("; ")}.`,
    table: [
      row("all", lr, null),
      ...again.map((variant) => row(leftOut[variant.left], variant.lr, variant.probes)),
    ],
    caveats: again.flatMap((variant) => moved(lr, variant)),
  };
}

function ratioOrNull(
  measured: MeasuredAnswers,
  suspect: number,
  reference: number,
  calibration: Calibration,
): LikelihoodRatio | null {
  const background = backgroundFor(measured, calibration.background);
  try {
    return likelihoodRatio(measured, suspect, reference, { calibration, background, eachControl: false });
  } catch (error) {
    if (error instanceof InsufficientDataError) return null;
    throw error;
  }
}

function probesOf({ probes, stack }: MeasuredAnswers, suspect: number, reference: number): number {
  const { modelCount, present } = stack;
  const answered = (p: number, model: number) => present[p * modelCount + model] === 1;
  return probes.filter((_, p) => answered(p, suspect) && answered(p, reference)).length;
}

/** On which side of the threshold of a finding an interval lies. */
const side = ([low, high]: readonly [number, number]) =>
  low > findingThreshold ? 1 : high < findingThreshold ? -1 : 0;

function moved(
  lr: LikelihoodRatio,
  { left, lr: without }: { readonly left: OutcomeVariant["left"]; readonly lr: LikelihoodRatio | null },
): Caveat[] {
  if (without !== null && side(without.interval) === side(lr.interval)) return [];
  return [
    {
      code: `sensitive-to-${left}`,
      message: `The likelihood ratio hangs on samples that may be a selection: ${leftOut[left]} it ${without === null ? "is not defined" : `would be ${(10 ** without.log10LR).toPrecision(2)} instead of ${(10 ** lr.log10LR).toPrecision(2)}, and the finding could be another`}.`,
      advice:
        left === "retried"
          ? "Ask again with fewer requests at once, so that none needs a second attempt."
          : "Raise max_tokens where answers are cut, and choose probes that no model refuses.",
    },
  ];
}
