import { mean, sampleStandardDeviation } from "simple-statistics";
import type { Affinity, Caveat } from "../schema/analysis.ts";
import { studentTUpperTail } from "../stats/student-t-upper-tail.ts";

/** Chance, over all controls, at which an ordinary one would be called out, if affinities were normal. */
const outlierLevel = 0.01;
const fewestOthers = 4;
/** Change of log10 LR without one control from which the result is said to hang on it: threefold. */
const largestChange = 0.5;

/**
 * Says where a single control carries too much: one far closer to the reference than the others are (it may itself
 * descend from it and hide a student), and controls without which the likelihood ratio changes threefold.
 *
 * The first is a one-sided outlier test of each control's content affinity against the others', Bonferroni over
 * controls.
 *
 * @param affinity - the pair's content affinity with those of the controls and the reference
 * @param log10LR - bounded; null where there is none
 * @param without - bounded log10 LR without each control in turn
 * @see Grubbs (1969), doi:10.1080/00401706.1969.10490657, for the outlier test (here by the equivalent t of a deleted residual)
 */
export function controlCaveats(
  affinity: Pick<Affinity, "controls">,
  log10LR: number | null,
  without: readonly { readonly name: string; readonly log10LR: number | null }[],
): Caveat[] {
  const near = outliers(affinity.controls);
  const moving = without.filter(
    ({ log10LR: value }) => log10LR !== null && value !== null && Math.abs(value - log10LR) > largestChange,
  );
  return [
    ...(near.length === 0
      ? []
      : [
          {
            code: "control-near-reference",
            message: `${near.join(", ")} ${near.length === 1 ? "is" : "are"} far closer to the reference than the other controls: a control that was itself trained on the reference hides a student.`,
            advice:
              "Look up how it came about; if it may descend from the reference, leave it out with --control and say so.",
          },
        ]),
    ...(moving.length === 0
      ? []
      : [
          {
            code: "control-moves-lr",
            message: `The likelihood ratio hangs on single controls: ${moving
              .map(
                ({ name, log10LR: value }) =>
                  `without ${name} its log10 is ${(value ?? 0).toFixed(2)} instead of ${(log10LR ?? 0).toFixed(2)}`,
              )
              .join("; ")}.`,
            advice: "See the leave-one-control-out table, and add controls of other labs.",
          },
        ]),
  ];
}

function outliers(controls: Affinity["controls"]): string[] {
  const known = controls.flatMap(({ name, estimate }) => (estimate === null ? [] : [{ name, estimate }]));
  if (known.length <= fewestOthers) return [];
  return known.flatMap(({ name, estimate }, i) => {
    const others = known.filter((_, j) => j !== i).map((other) => other.estimate);
    const spread = sampleStandardDeviation(others) * Math.sqrt(1 + 1 / others.length);
    if (spread === 0) return [];
    const p = studentTUpperTail((estimate - mean(others)) / spread, others.length - 1);
    return p * known.length < outlierLevel ? [name] : [];
  });
}
