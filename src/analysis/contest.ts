import type { JackknifeResult } from "../stats/delete-block-jackknife.ts";
import type { DepartureGrams } from "./departure-grams.ts";
import { type Explanation, explainDeparture } from "./explain-departure.ts";
import { aboveZero, largerJackknife } from "./larger-jackknife.ts";
import { packed } from "./sparse-gram.ts";

/** One regression of the suspect (row 0) on candidates, with and without every block of probes. */
export interface Contest {
  readonly whole: Explanation;
  /** Null where the statistic is not defined without some block. */
  readonly jackknife: (statistic: (fit: Explanation) => number) => JackknifeResult | null;
}

/** What the reference (row 1) alone explains, less what a rival alone explains. */
export interface Lead {
  readonly rows: readonly number[];
  /** In shares of the suspect's departure. */
  readonly lead: number;
  /** One-sided p of the null that the lead is at most 0; null where there is no jackknife. */
  readonly pValue: number | null;
}

/**
 * Fits the regression once, and once without each block of each way of cutting the probes.
 * @param rows - candidates that take part
 */
export function contest(grams: readonly DepartureGrams[], rows: readonly number[]): Contest {
  const whole = explainDeparture(grams[0]?.meansWithout(-1) ?? [], rows);
  const likely = rows.filter((row) => (whole.weights[row] ?? 0) > 0);
  const cuts = grams.map((gram) => {
    const fits = new Map<number, Explanation | null>([[-1, whole]]);
    const fitWithout = (leftOut: number) => {
      if (!fits.has(leftOut)) {
        const means = gram.meansWithout(leftOut);
        const defined = [0, ...rows].every((i) => [0, ...rows].every((j) => !Number.isNaN(means[i]?.[j])));
        fits.set(leftOut, defined ? explainDeparture(means, rows, likely) : null);
      }
      return fits.get(leftOut) ?? null;
    };
    return { probes: gram.blocks.map((block) => block.probes[packed(1, 0)] ?? 0), fitWithout };
  });
  return {
    whole,
    jackknife: (statistic) =>
      largerJackknife(
        cuts.map(({ probes, fitWithout }) => ({
          probes,
          statistic: (leftOut) => {
            const fit = fitWithout(leftOut);
            return fit === null ? Number.NaN : statistic(fit);
          },
        })),
      ),
  };
}

/**
 * The reference against rivals one after the other, nearest first. All leads are above 0 with the largest of the
 * p-values (intersection-union test: no correction for multiplicity).
 *
 * @param rivals - rows that are left out together, for each rival
 * @see Berger (1982), doi:10.1080/00401706.1982.10487790
 */
export function leadsOver(one: Contest, rivals: readonly (readonly number[])[]): Lead[] {
  return rivals
    .map((rows) => {
      const lead = (fit: Explanation) => fit.lossWithout([1]) - fit.lossWithout(rows);
      return { rows, lead: lead(one.whole), pValue: aboveZero(one.jackknife(lead)) };
    })
    .sort((a, b) => a.lead - b.lead || (b.pValue ?? 1) - (a.pValue ?? 1));
}

/** The largest of the p-values; null where one is missing or there is none. */
export function largestP(leads: readonly Lead[]): number | null {
  const pValues = leads.flatMap(({ pValue }) => pValue ?? []);
  return leads.length > 0 && pValues.length === leads.length ? Math.max(...pValues) : null;
}
