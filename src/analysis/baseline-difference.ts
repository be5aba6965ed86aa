import { mean } from "simple-statistics";
import type { Evidence } from "../schema/analysis.ts";
import { centredByProbe } from "./centred-by-probe.ts";
import { controlsOf, excludedFor } from "./content-score.ts";
import { contiguousRuns, type JackknifeBlocks } from "./jackknife-blocks.ts";
import { aboveZero, largerJackknife } from "./larger-jackknife.ts";
import { intervalLevel } from "./likelihood-ratio.ts";
import type { MeasuredAnswers } from "./measured-answers.ts";

/** Level of the test that a model departs from the panel at all. */
const departureLevel = 0.05;

const line = {
  line: "baseline-difference",
  title: "Difference to a baseline",
  nullHypothesis: "the suspect moved towards the reference no more than towards the control references",
  method:
    "difference in differences; one-sided, the larger p of block-jackknife t and rank among control references",
  effectName:
    "movement from the baseline towards the reference beyond that towards control references, in units of the reference's own departure",
  eValue: null,
  nUnit: "control references",
};

/**
 * Difference to a baseline (difference in differences): did the suspect S move from its baseline B towards the reference
 * R more than towards control references?
 *
 * A movement is D(X) = sum_p (c_p(S,X) - c_p(B,X)) / sum_p c_p(X,X), in units of X's own departure from the panel, over
 * the probes that S, B and X answered. For each control C as a reference, D(R) and D(C) are taken with the labs of S, R,
 * B and C out of the panel on both sides; the effect is the mean of D(R) - D(C). No control of the baseline's own lab
 * counts: a baseline is near its siblings, and the suspect would seem to move away from them. Nor does one that does not
 * measurably depart from the panel, which has no direction to move in.
 *
 * Null: the suspect moved towards the reference no more than towards the control references. Two one-sided tests must
 * both reject: block-jackknife t of the effect (generalises to other probes) and the rank (1 + #{D(C) >= D(R)}) / (n + 1)
 * (to other models). The p-value is the larger of the two; with n controls it is never below 1 / (n + 1).
 *
 * @param baseline - index of the suspect's ancestor or sibling base, or null
 * @see Patterson et al. (2012), doi:10.1534/genetics.112.145037, for differences of f4 statistics;
 *   Berger (1982), doi:10.1080/00401706.1982.10487790, for the larger p
 */
export function baselineDifference(
  measured: MeasuredAnswers,
  suspect: number,
  reference: number,
  baseline: number | null,
): Evidence {
  if (baseline === null) return notApplicable("no baseline of the suspect was given");
  const ofBaselinesLab = excludedFor(measured, [baseline]);
  const controls = controlsOf(measured, suspect, reference).filter(
    (model) => !ofBaselinesLab.includes(model),
  );
  const cuts = [measured.blocks, contiguousRuns(measured.probes.length)];
  const compared = controls.flatMap((control) => {
    const excluded = excludedFor(measured, [suspect, reference, baseline, control]);
    const movements = [reference, control].map((towards) =>
      movement(measured, { suspect, baseline, towards, excluded }, cuts),
    );
    const [toReference = Number.NaN, toControl = Number.NaN] = movements.map(({ without }) => without(0, -1));
    return movements.every(({ departs }) => departs) ? [{ control, toReference, toControl, movements }] : [];
  });
  const n = compared.length;
  if (n === 0)
    return notApplicable(
      "reference and controls of other labs than the baseline's have no measurable departure on the probes that suspect and baseline answered",
    );
  const jackknife = largerJackknife(
    cuts.map((_, cut) => ({
      probes: compared[0]?.movements[0]?.probes[cut] ?? [],
      statistic: (leftOut) =>
        mean(
          compared.map(({ movements: [first, second] }) =>
            first && second ? first.without(cut, leftOut) - second.without(cut, leftOut) : Number.NaN,
          ),
        ),
    })),
  );
  const overProbes = aboveZero(jackknife);
  if (jackknife === null || overProbes === null)
    return notApplicable("the movements are not defined without some block of probes");
  const overModels = (1 + compared.filter((one) => one.toControl >= one.toReference).length) / (n + 1);
  const average = (of: "toReference" | "toControl") => mean(compared.map((one) => one[of])).toFixed(3);
  return {
    ...line,
    n,
    statistic: jackknife.standardError > 0 ? jackknife.estimate / jackknife.standardError : null,
    effect: jackknife.estimate,
    interval: [...jackknife.interval(intervalLevel)],
    level: intervalLevel,
    pValue: Math.max(overProbes, overModels),
    reason: null,
    summary: `From ${measured.models[baseline]?.name} the suspect moved by ${average("toReference")} towards the reference and by ${average("toControl")} on average towards control references. Over probes p = ${overProbes.toPrecision(2)} (t, ${jackknife.blocks} blocks), over models rank p = ${overModels.toPrecision(2)} (${n} control references).`,
    table: compared
      .map(({ control, toReference, toControl }) => ({
        control: measured.models[control]?.name ?? "",
        lab: measured.models[control]?.lab ?? null,
        towardsControl: toControl,
        towardsReference: toReference,
        difference: toReference - toControl,
      }))
      .sort((a, b) => b.towardsControl - a.towardsControl),
    caveats: [
      {
        code: "baseline-removes-the-base-only",
        message:
          "The difference removes what the suspect shares with its baseline (base model, its text and tuning) and any movement towards all models alike. It does not remove a common teacher of suspect and reference, nor public text that the suspect saw and the baseline did not.",
        advice:
          "Use the suspect's direct ancestor as the baseline, and compare with likely common teachers as references, too.",
      },
    ],
  };
}

function notApplicable(reason: string): Evidence {
  return {
    ...line,
    n: 0,
    statistic: null,
    effect: null,
    interval: null,
    level: null,
    pValue: null,
    reason,
    summary: `Not applicable: ${reason}.`,
    table: [],
    caveats: [],
  };
}

/**
 * D(X) by way of cutting the probes and block left out (-1 for none). Where X's own departure is not above 0 by a
 * one-sided block-jackknife t test, X `departs` not: there is no direction to move in, and the quotient means nothing.
 */
function movement(
  measured: MeasuredAnswers,
  who: { suspect: number; baseline: number; towards: number; excluded: readonly number[] },
  cuts: readonly JackknifeBlocks[],
): { probes: number[][]; departs: boolean; without: (cut: number, leftOut: number) => number } {
  const ofSuspect = centredByProbe(measured, who.suspect, who.towards, who.excluded);
  const ofBaseline = centredByProbe(measured, who.baseline, who.towards, who.excluded);
  const byCut = cuts.map(({ blockOf, blockCount }) => {
    const sums = Array.from({ length: blockCount }, () => ({ moved: 0, own: 0, probes: 0 }));
    ofSuspect.probes.forEach((counts, p) => {
      const block = sums[blockOf[p] as number];
      if (block === undefined || counts === 0 || ofBaseline.probes[p] === 0) return;
      block.moved += (ofSuspect.between[p] ?? 0) - (ofBaseline.between[p] ?? 0);
      block.own += ofSuspect.second[p] ?? 0;
      block.probes++;
    });
    return sums;
  });
  const total = (of: "moved" | "own" | "probes", cut: number, leftOut: number) =>
    (byCut[cut] ?? []).reduce((sum, block, index) => (index === leftOut ? sum : sum + block[of]), 0);
  const quotient = (of: "moved" | "own", over: "own" | "probes") => (cut: number, leftOut: number) => {
    const below = total(over, cut, leftOut);
    return below > 0 ? total(of, cut, leftOut) / below : Number.NaN;
  };
  const probes = byCut.map((sums) => sums.map((block) => block.probes));
  const departure = quotient("own", "probes");
  const own = largerJackknife(
    cuts.map((_, cut) => ({ probes: probes[cut] ?? [], statistic: (leftOut) => departure(cut, leftOut) })),
  );
  return { probes, departs: (aboveZero(own) ?? 1) <= departureLevel, without: quotient("moved", "own") };
}
