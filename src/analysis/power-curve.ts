import { mean, sampleStandardDeviation } from "simple-statistics";
import type { Detection, PowerPoint } from "../schema/analysis.ts";
import type { Calibration } from "../schema/calibration.ts";
import { studentTQuantile } from "../stats/student-t-quantile.ts";
import { studentTUpperTail } from "../stats/student-t-upper-tail.ts";
import { findingThreshold } from "./finding.ts";
import { type SimulatedDesign, scoresOf, simulatedFractions } from "./simulate-design.ts";

/** Error rates that a design has to keep. */
export interface ErrorRates {
  /** Probability of detecting the effect, in (0, 1). */
  readonly power: number;
  /** Probability of detecting an independent model, in (0, 1). */
  readonly falseAlarms: number;
}

/** What an analysis states where nobody asked for other rates. */
export const usualErrorRates: ErrorRates = { power: 0.8, falseAlarms: 0.01 };

/** When a suspect counts as detected. */
export type DetectionRule = Pick<Detection, "rule" | "why">;

/**
 * A likelihood ratio above 10 where the calibration speaks for these models, can report one, and calls no more of its own
 * unrelated pairs detected than asked for; else a score that the controls as suspects reach with the probability asked for.
 *
 * @param calibration - null where none is given or applies
 */
export function detectionRule(
  calibration: Calibration | null,
  outOfDomain: boolean,
  { falseAlarms }: ErrorRates,
): DetectionRule {
  const controls = (why: string) => ({ rule: "controls", why }) as const;
  if (calibration === null) return controls("there is no calibration for these answers");
  if (outOfDomain) return controls("the calibration was fitted on another population of models");
  if (calibration.bounds.log10LR[1] <= findingThreshold)
    return controls("the calibration cannot report a likelihood ratio above 10");
  if (calibration.metrics.misleadingUnrelated > falseAlarms)
    return controls(
      `${(100 * calibration.metrics.misleadingUnrelated).toFixed(1)} % of the calibration's unrelated pairs have a likelihood ratio above 10`,
    );
  return { rule: "likelihood-ratio", why: "the calibration can report a likelihood ratio above 10" };
}

/** Power over fractions of one design. */
export interface PowerCurve {
  readonly curve: PowerPoint[];
  /** Smallest fraction with the power asked for, by linear interpolation, rounded up to a hundredth; null where none has it. */
  readonly smallestDetectable: number | null;
  readonly threshold: number;
  readonly expectedFalseAlarms: number;
}

/**
 * Power of a design to detect suspects of each fraction.
 *
 * The scores of the suspects simulated at a fraction differ because the controls that they are mixed from do. That spread
 * is between models and does not shrink with more probes. Power is the probability that a further suspect's score lies
 * above the threshold, by Student's predictive distribution with as many observations as there are labs; by the same
 * distribution of controls as suspects, the threshold of the rule `controls` is exceeded with the false-alarm rate.
 *
 * @param design.size - for a design of another size than the simulated one: its probes, and the gain of the content score
 */
export function powerCurve(
  simulated: SimulatedDesign,
  rule: DetectionRule["rule"],
  rates: ErrorRates,
  size: { readonly probes: number; readonly gain: number } = { probes: simulated.probes, gain: 1 },
): PowerCurve {
  const predicted = simulatedFractions.map((_, at) =>
    predictive(scoresOf(simulated, at, size.gain), simulated.labs),
  );
  const none = predicted[0] as Predictive;
  const threshold = rule === "likelihood-ratio" ? findingThreshold : none.quantile(1 - rates.falseAlarms);
  const curve = simulatedFractions.flatMap((fraction, at) =>
    fraction === 0
      ? []
      : [
          {
            fraction,
            probes: size.probes,
            samples: simulated.samples,
            power: (predicted[at] as Predictive).upperTail(threshold),
          },
        ],
  );
  return {
    curve,
    smallestDetectable: smallestWith(rates.power, [
      { fraction: 0, power: none.upperTail(threshold) },
      ...curve,
    ]),
    threshold,
    expectedFalseAlarms: none.upperTail(threshold),
  };
}

interface Predictive {
  readonly upperTail: (score: number) => number;
  readonly quantile: (probability: number) => number;
}

/** Student's predictive distribution of one more score, from scores of models of `labs` labs. */
function predictive(scores: readonly number[], labs: number): Predictive {
  const centre = mean(scores);
  const scale = sampleStandardDeviation(scores) * Math.sqrt(1 + 1 / labs);
  const degreesOfFreedom = labs - 1;
  return {
    upperTail: (score) =>
      scale > 0 ? studentTUpperTail((score - centre) / scale, degreesOfFreedom) : centre > score ? 1 : 0,
    quantile: (probability) => centre + scale * studentTQuantile(probability, degreesOfFreedom),
  };
}

/** Where the curve first reaches the power for good, so that a later dip is not passed over. */
function smallestWith(
  power: number,
  points: readonly { readonly fraction: number; readonly power: number }[],
): number | null {
  let at = points.length;
  while (at > 0 && (points[at - 1]?.power ?? 0) >= power) at--;
  if (at === points.length) return null;
  const from = points[at - 1];
  const to = points[at] as (typeof points)[number];
  if (from === undefined) return 0;
  const share = (power - from.power) / (to.power - from.power);
  return Math.min(1, Math.ceil(100 * (from.fraction + share * (to.fraction - from.fraction)) - 1e-9) / 100);
}
