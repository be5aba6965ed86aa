import { baselineStep } from "./baseline/baseline-step.ts";
import { kindsStep } from "./baseline/infer-kinds.ts";
import { scoreStep } from "./score/score-step.ts";
import type { Step } from "./step.ts";
import { queriesPerDayStep } from "./timing/queries-per-day.ts";

/** Every step; within a stage they run in this order. */
export const steps: readonly Step[] = [kindsStep, queriesPerDayStep, baselineStep, scoreStep];
