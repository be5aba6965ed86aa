import type { Step } from "./step.ts";
import { queriesPerDayStep } from "./timing/queries-per-day.ts";

/** Every step; within a stage they run in this order. */
export const steps: readonly Step[] = [queriesPerDayStep];
