import { type SkewedT, skewedTUpperTail } from "./skewed-t.ts";

const skews = [0, 0.15, 0.3, 0.5, 0.75, 1, 1.4] as const;
const freedoms = [2, 3, 4, 6, 10, 30] as const;
/** Most bins that values are counted into. */
const mostBins = 50;
/** A family of shapes is never quite true: beyond so many values, more of them do not make one shape surer. */
const mostTrusted = 10_000;
/** Price of skewness in nats: the scale was chosen to take it away, so that the data must ask for it. */
const priceOfSkew = 8;

/**
 * Skewed t distributions that fit the lower part of a sample, with their weights.
 *
 * Values above the share are not used: the likelihood is that of values truncated there, counted in bins of equal
 * content. For each of 42 shapes (skewness, degrees of freedom) centre and spread maximise it (Nelder and Mead); its
 * weight is proportional to the likelihood, tempered to that of at most 10,000 values, times exp(-8 skew). Shapes below
 * a ten-thousandth of the best one's weight are dropped. Takes some 10 ms, whatever the number of values.
 *
 * @param sorted - rising, finite, at least 20; not modified
 * @param share - in (0, 1]; 1 uses all of them
 */
export function fitSkewedT(
  sorted: Float64Array,
  share: number,
): readonly (SkewedT & { readonly weight: number })[] {
  const bins = binned(sorted, share);
  const start = startingPlace(sorted, share);
  const tempered = Math.min(1, mostTrusted / bins.total);
  const fits = freedoms.flatMap((degreesOfFreedom) =>
    skews.map((skew) => {
      const shape = climb(bins, { ...start, skew, degreesOfFreedom });
      return { shape, logLikelihood: tempered * logLikelihood(bins, shape) - priceOfSkew * skew };
    }),
  );
  const best = Math.max(...fits.map((fit) => fit.logLikelihood));
  const likely = fits.filter((fit) => fit.logLikelihood > best - Math.log(1e4));
  const sum = likely.reduce((total, fit) => total + Math.exp(fit.logLikelihood - best), 0);
  return likely.map((fit) => ({ ...fit.shape, weight: Math.exp(fit.logLikelihood - best) / sum }));
}

interface Bins {
  /** Upper ends of the bins, rising; the last is where the sample is truncated. */
  readonly ends: readonly number[];
  readonly counts: readonly number[];
  readonly total: number;
}

/** Ends lie half-way between neighbouring values, so that ties stay together. */
function binned(sorted: Float64Array, share: number): Bins {
  const used = Math.max(1, Math.ceil(share * sorted.length));
  const wanted = Math.min(mostBins, Math.max(8, Math.floor(used / 5)));
  const ends: number[] = [];
  const counts: number[] = [];
  let from = 0;
  for (let bin = 1; bin <= wanted; bin++) {
    let to = Math.round((bin * used) / wanted);
    while (to > 0 && to < sorted.length && sorted[to] === sorted[to - 1]) to++;
    if (to <= from) continue;
    const end =
      to < sorted.length
        ? ((sorted[to - 1] as number) + (sorted[to] as number)) / 2
        : Number.POSITIVE_INFINITY;
    ends.push(end);
    counts.push(to - from);
    from = to;
  }
  return { ends, counts, total: from };
}

function startingPlace(sorted: Float64Array, share: number): { centre: number; spread: number } {
  const at = (probability: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(probability * share * sorted.length))] as number;
  const centre = at(0.5);
  const range = (at(0.75) - at(0.25)) / 1.35;
  const whole = (at(1) - at(0)) / 4;
  return { centre, spread: range > 0 ? range : whole > 0 ? whole : 1e-3 + Math.abs(centre) * 1e-3 };
}

function logLikelihood({ ends, counts, total }: Bins, shape: SkewedT): number {
  let sum = 0;
  let before = 0;
  for (let bin = 0; bin < ends.length; bin++) {
    const upTo = 1 - skewedTUpperTail(shape, ends[bin] as number);
    // A bin that the shape holds impossible costs much, not everything: one odd account is no veto.
    sum += (counts[bin] as number) * Math.log(Math.max(1e-12, upTo - before));
    before = upTo;
  }
  return sum - total * Math.log(Math.max(1e-12, before));
}

/** Nelder and Mead's simplex in (centre, ln spread) from a start that is a robust guess: settles within a few dozen steps. */
function climb(bins: Bins, start: SkewedT): SkewedT {
  const shapeAt = ([centre, logSpread]: Point): SkewedT => ({
    ...start,
    centre,
    spread: Math.exp(Math.min(logSpread, logLimit)),
  });
  // A spread that runs away (a heavy tail cut off) is stopped at fifty times the guess.
  const logLimit = Math.log(start.spread) + Math.log(50);
  const vertex = (point: Point): Vertex => ({ point, value: logLikelihood(bins, shapeAt(point)) });
  const origin: Point = [start.centre, Math.log(start.spread)];
  const simplex = [
    vertex(origin),
    vertex([origin[0] + start.spread / 2, origin[1]]),
    vertex([origin[0], origin[1] + 0.4]),
  ];
  for (let step = 0; step < 60; step++) {
    simplex.sort((first, second) => second.value - first.value);
    const [best, good, worst] = simplex as [Vertex, Vertex, Vertex];
    if (best.value - worst.value < 1e-3) break;
    const along = (amount: number) =>
      vertex([
        (best.point[0] + good.point[0]) / 2 + amount * ((best.point[0] + good.point[0]) / 2 - worst.point[0]),
        (best.point[1] + good.point[1]) / 2 + amount * ((best.point[1] + good.point[1]) / 2 - worst.point[1]),
      ]);
    const reflected = along(1);
    if (reflected.value > best.value) {
      const further = along(2);
      simplex[2] = further.value > reflected.value ? further : reflected;
    } else if (reflected.value > good.value) simplex[2] = reflected;
    else {
      const inner = along(reflected.value > worst.value ? 0.5 : -0.5);
      if (inner.value > worst.value) simplex[2] = inner;
      else {
        const towards = ({ point }: Vertex) =>
          vertex([(point[0] + best.point[0]) / 2, (point[1] + best.point[1]) / 2]);
        simplex[1] = towards(good);
        simplex[2] = towards(worst);
      }
    }
  }
  simplex.sort((first, second) => second.value - first.value);
  return shapeAt((simplex[0] as Vertex).point);
}

type Point = readonly [number, number];
interface Vertex {
  readonly point: Point;
  readonly value: number;
}
