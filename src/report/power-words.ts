import type { Detection } from "../schema/analysis.ts";
import { formatNumber, formatPercent } from "./numbers.ts";

/** How the power was computed and what it supposes, in a few sentences. */
export function detectionWords(detection: Detection): string {
  const rule =
    detection.rule === "likelihood-ratio"
      ? "Detected means a likelihood ratio above 10"
      : `Detected means a ${detection.score} above ${formatNumber(detection.threshold)}, which ${formatPercent(detection.falseAlarms, 1)} of independent models are expected to exceed (${detection.why})`;
  const share =
    detection.rule === "likelihood-ratio"
      ? `, which ${fewPercent(detection.expectedFalseAlarms)} of independent models are expected to have`
      : "";
  const again = detection.repeatabilityAssumed
    ? ` The reference was asked once a probe: another answer of it is assumed to repeat ${formatPercent(detection.repeatability ?? 0)} of what sets the first apart from the panel.`
    : "";
  return `${rule}${share}. Simulated from the reference’s answers and those of ${detection.controls} controls of ${detection.labs} labs, each taken as an honest suspect that was partly taught.${again} The share of a student’s training data is another quantity than this share of its answers.`;
}

/** An expected share in percent; never 0, which no simulation can show. */
const fewPercent = (share: number): string => (share < 0.0005 ? "fewer than 0.1 %" : formatPercent(share, 1));
