import { baselineStep } from "./baseline/baseline-step.ts";
import { kindsStep } from "./baseline/infer-kinds.ts";
import { familiesStep } from "./prompts/families.ts";
import { modelWrittenShareStep } from "./prompts/model-written-share.ts";
import { promptSectionsStep } from "./prompts/prompt-sections.ts";
import { systematicCoverageStep } from "./prompts/systematic-coverage.ts";
import { topicBreadthStep } from "./prompts/topic-breadth.ts";
import { topicsStep } from "./prompts/topics.ts";
import { scoreStep } from "./score/score-step.ts";
import type { Step } from "./step.ts";
import { queriesPerDayStep } from "./timing/queries-per-day.ts";

/** Every step; within a stage they run in this order. */
export const steps: readonly Step[] = [
  kindsStep,
  familiesStep,
  topicsStep,
  topicBreadthStep,
  systematicCoverageStep,
  modelWrittenShareStep,
  queriesPerDayStep,
  baselineStep,
  scoreStep,
  promptSectionsStep,
];
