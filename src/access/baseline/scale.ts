import type { IndicatorColumn } from "../step.ts";

/** Scale on which ordinary accounts are compared. */
export type Scale = IndicatorColumn["scale"];

/** Keeps 0 and 1 finite under the logit: half a per cent from either end, whatever the value rests on. */
const offset = 0.005;

/**
 * A value on its variance-stabilising scale: ln(1 + x) of counts, asin(sqrt(x)) of shares (Anscombe 1948,
 * doi:10.1093/biomet/35.3-4.246), ln((x + 0.005) / (1 - x + 0.005)) of shares by their odds, or the value itself.
 * Rising; counts below 0 and shares outside [0, 1] are taken for the nearest possible; NaN stays NaN.
 */
export function toScale(scale: Scale, value: number): number {
  switch (scale) {
    case "identity":
      return value;
    case "log":
      return Math.log1p(Math.max(0, value));
    case "logit": {
      const share = Math.min(1, Math.max(0, value));
      return Math.log((share + offset) / (1 - share + offset));
    }
    case "arcsine":
      return Math.asin(Math.sqrt(Math.min(1, Math.max(0, value))));
  }
}

/** The value that stands at a place of the scale: the inverse of `toScale`, within the values that are possible. */
export function fromScale(scale: Scale, place: number): number {
  switch (scale) {
    case "identity":
      return place;
    case "log":
      return Math.max(0, Math.expm1(place));
    case "logit": {
      const odds = Math.exp(place);
      return Math.min(1, Math.max(0, (odds * (1 + offset) - offset) / (1 + odds)));
    }
    case "arcsine":
      return Math.sin(Math.min(Math.PI / 2, Math.max(0, place))) ** 2;
  }
}
