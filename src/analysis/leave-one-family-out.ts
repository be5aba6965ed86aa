import type { ReportData } from "../schema/analysis.ts";
import type { LikelihoodRatio } from "./likelihood-ratio.ts";
import type { MeasuredAnswers } from "./measured-answers.ts";

/**
 * The bounded likelihood ratio without each family of probes in turn: does it rest on one kind of prompt? These are the
 * very values of the block jackknife, so they are had where its blocks are the families (from 10 families on). With fewer,
 * its blocks are finer than families, and the habit sums, which are kept by block, do not say what a family adds.
 *
 * @param lr - null where there is no ratio
 */
export function leaveOneFamilyOut(
  measured: MeasuredAnswers,
  lr: LikelihoodRatio | null,
): NonNullable<ReportData["leaveOneFamilyOut"]>[string] {
  const { blocks, probes } = measured;
  const families = [...new Set(probes.map(({ family }) => family))];
  if (lr === null) return { families: [], reason: "there is no likelihood ratio" };
  if (blocks.kind !== "families")
    return {
      families: [],
      reason: `the probes are of ${families.length} ${families.length === 1 ? "family" : "families"}, and single ones can be left out from 10 on`,
    };
  const nameOf = new Map(probes.map(({ family }, p) => [blocks.blockOf[p], family]));
  return {
    families: lr.withoutBlock.map(({ block, probes: count, log10LR }) => ({
      family: nameOf.get(block) ?? "",
      probes: count,
      log10LR,
    })),
    reason: null,
  };
}
