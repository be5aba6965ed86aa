import { baselineStep } from "./baseline/baseline-step.ts";
import { kindsStep } from "./baseline/infer-kinds.ts";
import { chainOfThoughtStep, fullLengthStep, logprobStep } from "./harvest/harvest-shares.ts";
import { noFollowUpStep } from "./harvest/no-follow-up.ts";
import { linkageStep } from "./linkage/linkage-step.ts";
import { policyMeasuresStep } from "./policy/measures-step.ts";
import { familiesStep } from "./prompts/families.ts";
import { modelWrittenShareStep } from "./prompts/model-written-share.ts";
import { promptSectionsStep } from "./prompts/prompt-sections.ts";
import { systematicCoverageStep } from "./prompts/systematic-coverage.ts";
import { topicBreadthStep } from "./prompts/topic-breadth.ts";
import { topicsStep } from "./prompts/topics.ts";
import { scoreStep } from "./score/score-step.ts";
import type { Step } from "./step.ts";
import { burstinessStep } from "./timing/burstiness.ts";
import { competitorCorrelationStep } from "./timing/competitor-correlation.ts";
import { queriesPerDayStep } from "./timing/queries-per-day.ts";
import { releaseTurnStep } from "./timing/release-turn.ts";
import { roundTheClockStep } from "./timing/round-the-clock.ts";
import { synchronyStep } from "./timing/synchrony.ts";
import { timelineStep } from "./timing/timeline.ts";
import { hourlyExcessStep, volumeJumpStep } from "./timing/volume-anomaly.ts";

/** Every step; within a stage they run in this order. */
export const steps: readonly Step[] = [
  kindsStep,
  familiesStep,
  topicsStep,
  topicBreadthStep,
  systematicCoverageStep,
  modelWrittenShareStep,
  queriesPerDayStep,
  chainOfThoughtStep,
  competitorCorrelationStep,
  fullLengthStep,
  logprobStep,
  noFollowUpStep,
  roundTheClockStep,
  burstinessStep,
  synchronyStep,
  volumeJumpStep,
  hourlyExcessStep,
  releaseTurnStep,
  linkageStep,
  baselineStep,
  scoreStep,
  timelineStep,
  promptSectionsStep,
  policyMeasuresStep,
];
