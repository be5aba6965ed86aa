import type { Random } from "../schema/random.ts";
import { probeBlocks } from "./centred-by-probe.ts";
import { type AgreementSums, centredOn, centredSums } from "./content-affinity.ts";
import {
  type AgreementCohorts,
  type Background,
  contentScore,
  controlsOf,
  excludedFor,
  habitScore,
} from "./content-score.ts";
import { centredHabits, overViews } from "./habit-affinity.ts";
import type { MeasuredAnswers } from "./measured-answers.ts";
import { reducedPanel } from "./reduced-panel.ts";

/** How often each control is mixed with the reference anew. */
const draws = 4;

/** Content score, and habit score or null where it is not defined (models without measurable habits). */
export type MixtureFeatures = readonly [content: number, habit: number | null];

/** Simulated suspects that one control stands behind. */
export interface MixtureScores {
  readonly control: number;
  /** By fraction, in the order asked for: the features of each draw whose content score is defined. */
  readonly features: readonly (readonly MixtureFeatures[])[];
}

export interface MixtureOptions {
  /** Models whose labs leave the panel besides the reference's and the control's: the suspect under test, if there is one. */
  readonly besides: readonly number[];
  /** Shares of the probes, in [0, 1], to which the simulated suspect answers as the reference does. */
  readonly fractions: readonly number[];
  /** How unrelated models score, see `contentScore`. */
  readonly background: Background;
  /** What the reference's self term is worth where it has one answer: the share of its departure that another answer repeats. */
  readonly repeatability: number;
  readonly random: Random;
}

/**
 * Scores of suspects of a known kind: probe by probe, with probability `fraction`, the suspect has other answers of the
 * reference, else those of an honest control, whose lab leaves the panel as a suspect's does. At fraction 0 it is the
 * control as a suspect.
 *
 * Nothing is measured anew: document frequencies depend on the panel alone, and the kernel of a mixture is at each probe
 * the reference's or the control's (a probe counts where both have answers). Of the reference with its other answers it is the reference's self term, which runs
 * over distinct answers, so no answer is compared with itself; with a single answer to the probe it is scaled by
 * `repeatability`. The habit affinity is that of the expected mixture, for its kernel is bilinear.
 *
 * Approximations: the reference's other answers have its kernels with third models (the noise of a second draw of
 * answers is left out), and a student may answer half like its teacher to every probe rather than wholly to half of them
 * (docs/method.md compares with students that were really trained).
 *
 * @returns one entry a control
 */
export function mixtureScores(
  measured: MeasuredAnswers,
  reference: number,
  options: MixtureOptions,
): MixtureScores[] {
  const { fractions, background, random } = options;
  return mixableControls(measured, reference, options.besides).map((control) => {
    const parts = partsOf(measured, reference, control, options);
    const habits = habitsOf(measured, reference, control, options.besides);
    // The same draws at every fraction, so that a curve over fractions is smooth.
    const places = Array.from({ length: draws }, () =>
      Float64Array.from({ length: measured.probes.length }, () => random()),
    );
    return {
      control,
      features: fractions.map((fraction) => {
        const habit = habitScore(habits(fraction), background);
        // Without anything of the reference every draw is the same.
        return places.slice(0, fraction === 0 ? 1 : draws).flatMap((place) => {
          const content = contentScore(mixedCohorts(parts, choices(fraction, place)), background);
          return content === null ? [] : [[content, habit] as const];
        });
      }),
    };
  });
}

/** Controls that can be mixed with the reference: those of a comparison with the suspects' labs left out. */
export function mixableControls(
  measured: MeasuredAnswers,
  reference: number,
  besides: readonly number[],
): number[] {
  return besides.reduce<number[]>(
    (left, model) => {
      const controls = controlsOf(measured, model, reference);
      return left.filter((control) => controls.includes(control));
    },
    controlsOf(measured, reference, reference),
  );
}

/**
 * Agreement terms by probe of an affinity: first as they are where the suspect is the control, then as they are where it is
 * the reference. 0 at a probe that does not count for both.
 */
interface Parts {
  readonly agreement: Float64Array;
  readonly firstNorm: Float64Array;
  /** The same for both: it is of the other model. */
  readonly secondNorm: Float64Array;
  readonly probes: number;
}

interface AllParts {
  readonly pair: Parts;
  /** Affinities of the other controls with the reference; they do not depend on the suspect's answers. */
  readonly withReference: ReadonlyMap<number, AgreementSums>;
  readonly withSuspect: ReadonlyMap<number, Parts>;
}

function partsOf(
  measured: MeasuredAnswers,
  reference: number,
  control: number,
  { besides, repeatability }: MixtureOptions,
): AllParts {
  const stack = probeBlocks(measured.stack);
  const labs = [control, reference, ...besides];
  const excluded = excludedFor(measured, labs);
  const asControl = centredSums(stack, control, reference, excluded);
  const again = asControl.second.map(
    (self, p) =>
      ((measured.sampleCounts[p * stack.modelCount + reference] ?? 0) > 1 ? 1 : repeatability) * self,
  );
  const asReference = {
    ...asControl,
    agreement: again.map((shared) => Math.max(0, shared)),
    firstNorm: asControl.secondNorm,
  };
  const others = mixableControls(measured, reference, besides).filter((other) => !excluded.includes(other));
  const withReference = new Map<number, AgreementSums>();
  const withSuspect = new Map<number, Parts>();
  for (const other of others) {
    const panel = reducedPanel(stack, excludedFor(measured, [...labs, other]));
    const ofReference = centredOn(panel, reference, other);
    const whole = partsWhereBoth(ofReference, ofReference);
    withReference.set(other, mixed(whole, Int32Array.from(measured.probes.keys())));
    withSuspect.set(other, partsWhereBoth(centredOn(panel, control, other), ofReference));
  }
  return { pair: partsWhereBoth(asControl, asReference), withReference, withSuspect };
}

function partsWhereBoth(asControl: AgreementSums, asReference: AgreementSums): Parts {
  const counts = asControl.probes.map((one, p) => one * (asReference.probes[p] as number));
  const where = (terms: Float64Array) => terms.map((term, p) => (counts[p] === 1 ? term : 0));
  const both = (first: Float64Array, second: Float64Array) => {
    const terms = new Float64Array(2 * counts.length);
    terms.set(where(first));
    terms.set(where(second), counts.length);
    return terms;
  };
  return {
    agreement: both(asControl.agreement, asReference.agreement),
    firstNorm: both(asControl.firstNorm, asReference.firstNorm),
    secondNorm: where(asControl.secondNorm),
    probes: counts.reduce((sum, one) => sum + one, 0),
  };
}

/** By probe: the place in `Parts` of what the suspect answers, the reference's where its draw lies below the fraction. */
const choices = (fraction: number, place: Float64Array): Int32Array =>
  Int32Array.from(place, (draw, p) => (draw < fraction ? place.length + p : p));

/** Sums over the probes, each taken from the part that was chosen. */
function mixed({ agreement, firstNorm, secondNorm, probes }: Parts, chosen: Int32Array): AgreementSums {
  let shared = 0;
  let first = 0;
  let second = 0;
  for (let p = 0; p < chosen.length; p++) {
    const at = chosen[p] as number;
    shared += agreement[at] as number;
    first += firstNorm[at] as number;
    second += secondNorm[p] as number;
  }
  return {
    agreement: Float64Array.of(shared),
    firstNorm: Float64Array.of(first),
    secondNorm: Float64Array.of(second),
    probes: Int32Array.of(probes),
  };
}

function mixedCohorts(parts: AllParts, chosen: Int32Array): AgreementCohorts {
  return {
    pair: mixed(parts.pair, chosen),
    withReference: parts.withReference,
    withSuspect: new Map([...parts.withSuspect].map(([other, both]) => [other, mixed(both, chosen)])),
  };
}

/** Habit affinity of the expected mixture with the reference, by fraction. */
function habitsOf(
  measured: MeasuredAnswers,
  reference: number,
  control: number,
  besides: readonly number[],
): (fraction: number) => number | null {
  const excluded = excludedFor(measured, [control, reference, ...besides]);
  const panel = mixableControls(measured, reference, besides).filter((other) => !excluded.includes(other));
  const byView = measured.habits.map((_, view) =>
    centredHabits(measured, { view, a: control, b: reference, panel, leftOut: -1 }),
  );
  return (fraction) =>
    overViews(measured, (view) => {
      const sums = byView[view] ?? null;
      if (sums === null) return null;
      const { between, first, second } = sums;
      const own = 1 - fraction;
      return {
        between: fraction * second + own * between,
        first: fraction ** 2 * second + 2 * fraction * own * between + own ** 2 * first,
        second,
      };
    });
}
