import type { Caveat } from "../schema/analysis.ts";
import type { Calibration } from "../schema/calibration.ts";
import { enoughControlLabs } from "./finding.ts";

export interface CaveatInput {
  readonly controlLabs: number;
  readonly blocks: number;
  readonly blockKind: string;
  readonly calibration: Calibration | null;
  readonly outOfDomain: boolean;
  readonly firstSamplesOnly: boolean;
  readonly unknownLabs: readonly string[];
  /** Content and habit affinity, each as how many standard deviations of the controls' it lies above their mean. */
  readonly contentDeviation: number | null;
  readonly habitDeviation: number | null;
}

/** Limits of one suspect's evidence, as data with advice. */
export function caveatsOf(input: CaveatInput): Caveat[] {
  const { calibration, contentDeviation, habitDeviation } = input;
  const caveats: Caveat[] = [];
  if (input.controlLabs < enoughControlLabs)
    caveats.push({
      code: "few-controls",
      message: `Only ${input.controlLabs} control labs: the spread of unrelated models is poorly known.`,
      advice: `Add controls of other labs; ${enoughControlLabs} or more are needed for a finding of derived.`,
    });
  if (input.blocks < 10)
    caveats.push({
      code: "few-blocks",
      message: `Only ${input.blocks} blocks of probes (${input.blockKind}): the intervals are rough.`,
      advice: "Add probe families; 10 or more blocks are needed.",
    });
  if (input.unknownLabs.length > 0)
    caveats.push({
      code: "controls-of-unknown-lab",
      message: `The lab of ${input.unknownLabs.length} control${input.unknownLabs.length === 1 ? "" : "s"} is unknown (${input.unknownLabs.slice(0, 5).join(", ")}): it may be the suspect's or the reference's own.`,
      advice: "Name the labs in the labels file or as `family` in the configuration.",
    });
  if (calibration !== null && input.outOfDomain)
    caveats.push({
      code: "calibration-domain",
      message: `The calibration "${calibration.name}" was fitted on another population of models than this run's.`,
      advice:
        "Use a calibration of the right domain; no finding of derived or not-distinguished is made with this one.",
    });
  if (calibration !== null && calibration.sources.teacherLabs < 2)
    caveats.push({
      code: "one-teacher-lab",
      message:
        "All distilled sources of the calibration have one teacher lab: how other teachers' students score is not known.",
      advice: "Calibrate on corpora with students of several teachers.",
    });
  if (calibration !== null && 10 ** calibration.bounds.log10SourceCap < 30)
    caveats.push({
      code: "few-sources",
      message: `The likelihood ratio cannot exceed ${(10 ** calibration.bounds.log10LR[1]).toPrecision(2)}, because the calibration has ${calibration.sources.distilledClusters} distilled and ${calibration.sources.unrelatedPairs} unrelated sources.`,
      advice: "More labelled corpora raise the cap.",
    });
  if (input.firstSamplesOnly)
    caveats.push({
      code: "first-samples-only",
      message:
        "The calibration was fitted at one sample a probe, so the likelihood ratio uses the first sample of each probe only; the other lines use all.",
      advice: "Calibrate on corpora with several samples a probe to use all samples.",
    });
  if (
    contentDeviation !== null &&
    habitDeviation !== null &&
    Math.min(contentDeviation, habitDeviation) < 1 &&
    Math.max(contentDeviation, habitDeviation) > 3
  )
    caveats.push({
      code: "content-habit-disagree",
      message:
        contentDeviation > habitDeviation
          ? "The suspect agrees with the reference on the same prompts but not in habits across prompts: both may simply be right, or share sources."
          : "The suspect shares the reference's habits across prompts but not its content on the same prompts: both may follow one style guide or one style of training data.",
      advice: "Look at the exhibits and the families, and add probes of taste and arbitrary choice.",
    });
  return caveats;
}
