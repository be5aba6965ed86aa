import type { Caveat } from "../schema/analysis.ts";
import type { Calibration } from "../schema/calibration.ts";
import type { Manifest } from "../schema/manifest.ts";
import { decideFinding, findingThreshold } from "./finding.ts";

/**
 * Why no answers whatever could lead to the finding `derived`, in a sentence; null where some could. Sampling that waits
 * for a decision should know it at once.
 */
export function whyNeverDerived(about: {
  readonly calibration: Calibration;
  readonly controlLabs: number;
  readonly outOfDomain: boolean;
}): string | null {
  const { calibration, controlLabs, outOfDomain } = about;
  const cap = calibration.bounds.log10LR[1];
  if (cap <= findingThreshold)
    return `The calibration "${calibration.name}" cannot report a likelihood ratio above ${(10 ** cap).toPrecision(2)}, so nothing can be decided above 10 with it.`;
  const best = decideFinding({
    suspect: "",
    reference: "",
    sameModel: false,
    log10LR: cap,
    interval: [cap, cap],
    atUpperBound: true,
    missing: null,
    controlLabs,
    calibration,
    outOfDomain,
    power: { power: 1, effect: "", reason: null },
  });
  if (best.finding === "derived") return null;
  const why: Readonly<Record<string, string>> = {
    "few-control-labs": `there are only ${controlLabs} control labs`,
    "few-sources": `the calibration "${calibration.name}" has too few sources`,
    "calibration-domain": `the calibration "${calibration.name}" was fitted on another population of models`,
  };
  return `However the answers turn out, compare will not find a suspect derived, because ${why[best.reason] ?? best.reason}.`;
}

/** What a report must say of a run that stopped early; none where every probe was asked or none was left out by the rule. */
export function stoppingCaveats({ stopping, status }: Pick<Manifest, "stopping" | "status">): Caveat[] {
  if (stopping === undefined || stopping.decidedAfter === null || status === "complete") return [];
  const { decidedAfter, looks, probes, level, orderSeed, calibration } = stopping;
  const last = stopping.trajectory.find((moment) => moment.probes === decidedAfter);
  const decisions = (last?.suspects ?? []).map(
    ({ suspect, decision }) => `${suspect} ${decision === "above-ten" ? "above 10" : "below 1"}`,
  );
  return [
    {
      code: "stopped-early",
      message: `Sampling stopped after ${decidedAfter} of ${probes} probes, once an interval of the likelihood ratio on all of them, meant to hold at all moments together with a probability of ${Math.round(100 * level)} %, had decided (${decisions.join(", ")}): random order of seed ${orderSeed}, habits measured after ${looks.join(", ")} probes, calibration "${calibration.name}". This guards against stopping at a lucky moment, that is the sampling of probes, and against nothing else: not the choice of controls, of the suite or of the calibration.`,
      advice:
        "The finding above is computed from the probes that were asked. To ask the others, issue congener run again without --until. No claim of rank at 1 % can be made with 20 controls, however long one samples.",
    },
  ];
}
