import type { SamplingEvent } from "../../sampling/sampling-events.ts";
import type { Outcome } from "../../schema/transcript.ts";
import { createSampleRate, type SampleRate, secondsLeft } from "./sample-rate.ts";

/** How far one target has come in this session. */
export interface TargetTally {
  readonly name: string;
  readonly planned: number;
  recorded: number;
  /** Of those recorded in this session, how many were answered in batches. */
  inBatches: number;
  failed: number;
  /** Of this session. */
  readonly outcomes: Partial<Record<Outcome, number>>;
  /** Class of the failure it is trying again after, or null. */
  trouble: string | null;
  lastError: string | null;
  /** Attempts of this session that ran out of time. */
  timeouts: number;
  /** Nothing is asked before this moment, for the server asked to wait; 0 when it never did. */
  pausedUntil: number;
  /** Why it was ended, or null. */
  ended: string | null;
  readonly rate: SampleRate;
}

/** Counts what sampling tells. */
export interface RunTally {
  see(event: SamplingEvent): void;
  /** Empty before sampling has started. */
  targets(): readonly TargetTally[];
  /** HTTP requests that have ended. */
  requests(): number;
}

/** @param now - milliseconds that never go backwards */
export function createRunTally(now: () => number): RunTally {
  const targets = new Map<string, TargetTally>();
  let requests = 0;
  return {
    targets: () => [...targets.values()],
    requests: () => requests,
    see(event) {
      if (event.type === "started")
        for (const { name, planned, recorded } of event.targets)
          targets.set(name, {
            name,
            planned,
            recorded,
            inBatches: 0,
            failed: 0,
            outcomes: {},
            trouble: null,
            lastError: null,
            timeouts: 0,
            pausedUntil: 0,
            ended: null,
            rate: createSampleRate(now()),
          });
      if (!("target" in event)) return;
      const target = targets.get(event.target);
      if (target === undefined) return;
      switch (event.type) {
        case "recorded":
          requests++;
          target.recorded++;
          if (event.inBatch === true) target.inBatches++;
          target.outcomes[event.outcome] = (target.outcomes[event.outcome] ?? 0) + 1;
          target.trouble = null;
          target.rate.count(now());
          break;
        case "attempt-failed":
          requests++;
          if (event.errorClass === "timeout") target.timeouts++;
          target.trouble = event.retryInMs === null ? null : event.errorClass;
          target.lastError = `${event.errorClass}: ${event.message}`;
          break;
        case "paused":
          target.pausedUntil = Math.max(target.pausedUntil, now() + event.ms);
          break;
        case "gave-up":
          target.failed++;
          target.trouble = null;
          break;
        case "target-ended":
          target.ended = `${event.errorClass}: ${event.message}`;
          target.trouble = null;
          break;
      }
    },
  };
}

/** Samples of a target that this session may still ask. */
export function openSamples({ planned, recorded, failed, ended }: TargetTally): number {
  return ended === null ? Math.max(0, planned - recorded - failed) : 0;
}

/** Seconds for which nothing is asked of a target that has something left, for its server asked to wait; else 0. */
export function pauseSeconds(target: TargetTally, now: number): number {
  return openSamples(target) === 0 ? 0 : Math.max(0, target.pausedUntil - now) / 1000;
}

/** Seconds until the slowest target is done; null where one of them says nothing yet. */
export function secondsToGo(targets: readonly TargetTally[], now: number): number | null {
  const each = targets.map((target) =>
    secondsLeft(openSamples(target), target.rate.perSecond(now), pauseSeconds(target, now)),
  );
  return each.some((seconds) => seconds === null)
    ? null
    : Math.max(0, ...each.map((seconds) => seconds ?? 0));
}
