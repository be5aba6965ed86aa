import { studentTUpperTail } from "../../stats/student-t-upper-tail.ts";

/** X = centre + spread (exp(skew T) - 1) / skew, where T has Student's t distribution; skew 0: centre + spread T. */
export interface SkewedT {
  readonly centre: number;
  /** Above 0. */
  readonly spread: number;
  /** At least 0: a tail above the median that is as long as the one below, or longer. */
  readonly skew: number;
  /** A whole number of at least 1. */
  readonly degreesOfFreedom: number;
}

/**
 * Upper tail P(X > x) of Tukey's g distribution on Student's t: at skew 0 a t distribution, at many degrees of freedom
 * a shifted log-normal one.
 *
 * @param x - any number
 * @returns in [0, 1]; 1 below the support
 * @see Hoaglin (1985), Summarizing shape numerically: the g-and-h distributions, doi:10.1002/9781118150702.ch11
 */
export function skewedTUpperTail({ centre, spread, skew, degreesOfFreedom }: SkewedT, x: number): number {
  const place = (x - centre) / spread;
  if (skew === 0) return wholeTUpperTail(place, degreesOfFreedom);
  if (skew * place <= -1) return 1;
  return wholeTUpperTail(Math.log1p(skew * place) / skew, degreesOfFreedom);
}

/** Below this the closed form has lost its digits: 1 - A(t) is known to some 1e-16. */
const closedFormEnds = 1e-8;

/**
 * Upper tail of Student's t by the closed form for whole degrees of freedom: some fifty times as fast as the incomplete
 * beta function, which takes over in the far tail.
 * @see Abramowitz & Stegun (1972), 26.7.3 and 26.7.4
 */
function wholeTUpperTail(t: number, degreesOfFreedom: number): number {
  const angle = Math.atan(Math.abs(t) / Math.sqrt(degreesOfFreedom));
  const sine = Math.sin(angle);
  const squaredCosine = Math.cos(angle) ** 2;
  const odd = degreesOfFreedom % 2 === 1;
  let term = odd ? Math.cos(angle) : 1;
  let sum = degreesOfFreedom === 1 ? 0 : term;
  for (let step = odd ? 3 : 2; step <= degreesOfFreedom - 2; step += 2) {
    term *= (squaredCosine * (step - 1)) / step;
    sum += term;
  }
  const within = odd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
  const tail = (1 - within) / 2;
  if (t < 0) return 1 - tail;
  return tail > closedFormEnds ? tail : studentTUpperTail(t, degreesOfFreedom);
}
