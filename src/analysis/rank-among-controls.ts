import type { Evidence } from "../schema/analysis.ts";
import { deleteBlockJackknife } from "../stats/delete-block-jackknife.ts";
import { studentTUpperTail } from "../stats/student-t-upper-tail.ts";
import { affinityOf, type CentredSums, centredSums } from "./content-affinity.ts";
import { controlsOf, excludedFor } from "./content-score.ts";
import type { MeasuredAnswers } from "./measured-answers.ts";

/**
 * Where the suspect stands among the controls by content affinity to the reference: descriptive, no condition of a
 * finding, for somebody is always nearest and a control may itself be derived.
 *
 * For each control, both affinities are taken with the control and its lab out of the panel, and their difference is
 * tested one-sided by a paired block jackknife. "Closer than all but floor(n / 20) controls" is a partial conjunction
 * of these tests; the model-level rank p is (1 + #{A(C,R) >= A(S,R)}) / (n + 1).
 *
 * @see Benjamini & Heller (2008), doi:10.1111/j.1541-0420.2007.00984.x, for partial conjunctions
 */
export function rankAmongControls(measured: MeasuredAnswers, suspect: number, reference: number): Evidence {
  const controls = controlsOf(measured, suspect, reference);
  const name = (model: number) => measured.models[model]?.name ?? "";
  const rows = controls.flatMap((control) => {
    const excluded = excludedFor(measured, [suspect, reference, control]);
    const ofSuspect = centredSums(measured.stack, suspect, reference, excluded);
    const ofControl = centredSums(measured.stack, control, reference, excluded);
    const suspectAffinity = affinityOf(ofSuspect);
    const controlAffinity = affinityOf(ofControl);
    if (suspectAffinity === null || controlAffinity === null) return [];
    return [{ control, suspectAffinity, controlAffinity, pValue: pairedPValue(ofSuspect, ofControl) }];
  });
  const n = rows.length;
  const spared = Math.floor(n / 20);
  const closer = rows.filter(
    ({ suspectAffinity, controlAffinity }) => controlAffinity >= suspectAffinity,
  ).length;
  const pValues = rows.flatMap(({ pValue }) => pValue ?? []).sort((a, b) => a - b);
  const needed = n - spared;
  // Bonferroni's partial conjunction p for "at least `needed` of n": (n - needed + 1) p_(needed).
  const conjunction =
    n >= 3 && pValues.length === n ? Math.min(1, (spared + 1) * (pValues[needed - 1] ?? 1)) : null;
  const rankP = n > 0 ? (1 + closer) / (n + 1) : null;
  const closest = [...rows].sort((a, b) => b.controlAffinity - a.controlAffinity)[0];
  return {
    line: "rank-among-controls",
    title: "Rank among the controls",
    nullHypothesis: `the suspect is no closer to the reference than at least ${spared + 1} of the ${n} controls`,
    method: `paired one-sided block jackknife a control, partial conjunction over controls (all but ${spared})`,
    statistic: rankP,
    effect: n > 0 ? (n - closer) / n : null,
    effectName: "share of controls farther from the reference than the suspect",
    interval: null,
    level: null,
    pValue: conjunction,
    eValue: null,
    n,
    nUnit: "controls",
    reason: n === 0 ? "no control has an affinity to the reference" : null,
    summary:
      n === 0 || closest === undefined || rankP === null
        ? "Not applicable: no control has an affinity to the reference."
        : `${n - closer} of ${n} controls are farther from the reference than the suspect; the closest control is ${name(closest.control)}. Model-level rank p = ${rankP.toPrecision(2)} (${n} controls).`,
    table: rows
      .map(({ control, suspectAffinity, controlAffinity, pValue }) => ({
        control: name(control),
        lab: measured.models[control]?.lab ?? null,
        suspectAffinity,
        controlAffinity,
        difference: suspectAffinity - controlAffinity,
        pValue,
      }))
      .sort((a, b) => b.controlAffinity - a.controlAffinity),
    caveats: [
      {
        code: "rank-is-descriptive",
        message:
          "The p-value over controls generalises to other probes only: some model is always nearest, and a control that was itself trained on the reference would hide a student.",
        advice: "Read it beside the likelihood ratio, which is calibrated over models.",
      },
    ],
  };
}

/** One-sided p that the suspect is closer than the control, by the jackknife of the difference; null where undefined. */
function pairedPValue(ofSuspect: CentredSums, ofControl: CentredSums): number | null {
  const used = [...ofSuspect.probes.keys()].filter((block) => (ofSuspect.probes[block] ?? 0) > 0);
  if (used.length < 2) return null;
  try {
    const { estimate, standardError, degreesOfFreedom } = deleteBlockJackknife(
      used.map((block) => ofSuspect.probes[block] as number),
      (leftOut) => {
        const block = leftOut === null ? -1 : (used[leftOut] as number);
        return (affinityOf(ofSuspect, block) ?? Number.NaN) - (affinityOf(ofControl, block) ?? Number.NaN);
      },
    );
    if (standardError === 0) return estimate > 0 ? 0.5 : 1;
    return studentTUpperTail(estimate / standardError, degreesOfFreedom);
  } catch {
    return null;
  }
}
