import type { Evidence } from "../schema/analysis.ts";

/** What stands where a number cannot be given; the reason is printed beside it. */
export const notAvailable = "n/a";

/** Decimal number with a true minus sign; `n/a` for null. `digits` after the point, default 2. */
export function formatNumber(value: number | null, digits = 2): string {
  if (value === null) return notAvailable;
  const text = Math.abs(value).toFixed(digits);
  const isZero = Number(text) === 0;
  return value < 0 && !isZero ? `−${text}` : text;
}

/** Interval as `0.12 to 0.34`: a dash between two signed numbers is misread. */
export function formatInterval(interval: readonly [number, number] | null, digits = 2): string {
  if (interval === null) return notAvailable;
  return `${formatNumber(interval[0], digits)} to ${formatNumber(interval[1], digits)}`;
}

/** Share in percent, without digits that the count behind it does not carry. */
export function formatPercent(share: number, digits = 0): string {
  return `${formatNumber(100 * share, digits)} %`;
}

/** Whole number with a narrow group sign that is not a comma: `47 466`. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, "\u202F");
}

/** Likelihood ratio from its logarithm, with two significant digits: `12`, `0.083`, `1.2 × 10⁶`. */
export function formatRatio(log10: number): string {
  if (Math.abs(log10) >= 5) {
    const exponent = Math.floor(log10 + 1e-9);
    const mantissa = (10 ** (log10 - exponent)).toFixed(1);
    return `${mantissa === "1.0" ? "" : `${mantissa} × `}10${superscript(exponent)}`;
  }
  const ratio = Number((10 ** log10).toPrecision(2));
  return ratio >= 1000 ? formatCount(ratio) : String(ratio);
}

function superscript(exponent: number): string {
  return [...String(exponent)].map((sign) => (sign === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(sign)])).join("");
}

/** Which hypothesis the answers are more probable under, and how much: "12 times more probable if derived". */
export function formatWeight(log10: number): string {
  const times = formatRatio(Math.abs(log10));
  if (times === "1") return "as probable under either hypothesis";
  return `${times} times more probable if ${log10 > 0 ? "derived" : "independent"}`;
}

/** p-value with two significant digits: `0.048`, `0.00018`, `1.8 × 10⁻⁷`. Never 0: a p-value of 0 is not a p-value. */
export function formatP(pValue: number): string {
  if (pValue >= 1e-4) return String(Number(pValue.toPrecision(2)));
  const [mantissa, exponent] = pValue.toExponential(1).split("e");
  return `${mantissa} × 10${superscript(Number(exponent))}`;
}

/** p-value (or e-value) as it may be printed: with its n and what n counts. Empty where the line has neither; foreign text (the unit) is in it. */
export function formatTest(evidence: Evidence): string {
  const size = `n = ${formatCount(evidence.n)} ${evidence.nUnit}`;
  if (evidence.pValue !== null) return `p = ${formatP(evidence.pValue)} (${size})`;
  if (evidence.eValue !== null) return `e = ${formatNumber(evidence.eValue)} (${size})`;
  return "";
}
