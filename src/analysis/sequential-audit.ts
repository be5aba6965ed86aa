import { InsufficientDataError } from "../errors.ts";
import type { Calibration } from "../schema/calibration.ts";
import type { ProbeAnswers } from "../schema/corpus.ts";
import { type FrozenScore, freezeScore } from "./freeze-score.ts";
import { joinKernelStacks, type KernelStack } from "./kernel-stack.ts";
import { type MeasuredAnswers, type MeasuredModel, measureAnswers } from "./measured-answers.ts";
import { samplesPerProbe } from "./score-corpus.ts";
import {
  createSequentialScore,
  habitLevel,
  type SequentialScore,
  type SequentialState,
} from "./sequential-score.ts";

export interface SequentialAuditOptions {
  readonly models: readonly MeasuredModel[];
  /** Indices of the models that may serve as controls. */
  readonly panel: readonly number[];
  readonly reference: number;
  readonly suspects: readonly number[];
  readonly calibration: Calibration;
  /** Probes in the order. */
  readonly probes: number;
  /** Probes on which scales are fixed, at least 1; all of them where the order has no more. */
  readonly pilot: number;
}

/** One suspect at one moment; `reason` says why it is not followed. */
export type FollowedSuspect =
  | { readonly suspect: number; readonly state: SequentialState; readonly reason: null }
  | { readonly suspect: number; readonly state: null; readonly reason: string };

/** All suspects at one moment, from the pilot's last probe on. */
export interface AuditState {
  /** Probes taken in. */
  readonly probes: number;
  readonly suspects: readonly FollowedSuspect[];
  /** Whether every suspect is decided. */
  readonly decided: boolean;
}

export interface SequentialAudit {
  /** Takes the answers to the next probe of the order; null while the pilot lasts. */
  add(answers: ProbeAnswers): Promise<AuditState | null>;
}

/**
 * Follows all suspects of a run through the random order of its probes: measures the pilot, freezes each suspect's score
 * on it, and takes in one probe after another. A suspect whose score cannot be frozen is never decided.
 */
export function createSequentialAudit(options: SequentialAuditOptions): SequentialAudit {
  const { models, panel, reference, calibration, probes } = options;
  const pilotSize = Math.min(options.pilot, probes);
  const pilot: ProbeAnswers[] = [];
  let firstOnly = false;
  let soFar: KernelStack | null = null;
  let taken = 0;
  let followed: { suspect: number; frozen: FrozenScore; score: SequentialScore }[] = [];
  let unfollowed: { suspect: number; reason: string }[] = [];

  const measure = (answers: readonly ProbeAnswers[], habitJackknife: boolean): Promise<MeasuredAnswers> =>
    measureAnswers(firstOnly ? answers.map(firstSamples) : answers, { models, panel, habitJackknife });

  const begin = async () => {
    let measured = await measure(pilot, true);
    const samples = samplesPerProbe(measured);
    if (calibration.samplesPerProbe === "one" && samples === "several") {
      firstOnly = true;
      measured = await measure(pilot, true);
    }
    const mismatch =
      calibration.samplesPerProbe === "several" && samples === "one"
        ? "the calibration was fitted at several samples a probe and this run has one"
        : null;
    pilot.length = 0;
    soFar = measured.stack;
    for (const suspect of options.suspects) {
      try {
        if (mismatch !== null) throw new InsufficientDataError("sequential.samples", mismatch);
        const frozen = freezeScore(measured, suspect, reference, { calibration, probes, habitLevel });
        followed = [
          ...followed,
          { suspect, frozen, score: createSequentialScore(frozen, { calibration, probes }) },
        ];
      } catch (error) {
        if (!(error instanceof InsufficientDataError)) throw error;
        unfollowed = [...unfollowed, { suspect, reason: error.message }];
      }
    }
  };

  const state = (): AuditState => {
    const suspects = options.suspects.map((suspect): FollowedSuspect => {
      const one = followed.find((other) => other.suspect === suspect);
      return one === undefined
        ? {
            suspect,
            state: null,
            reason: unfollowed.find((other) => other.suspect === suspect)?.reason ?? "",
          }
        : { suspect, state: one.score.state(), reason: null };
    });
    return {
      probes: taken,
      suspects,
      decided:
        suspects.length > 0 && suspects.every((one) => one.state !== null && one.state.decision !== null),
    };
  };

  return {
    async add(answers) {
      taken++;
      if (taken <= pilotSize) {
        pilot.push(answers);
        if (taken < pilotSize) return null;
        await begin();
        return state();
      }
      const { stack } = await measure([answers], false);
      soFar = soFar === null ? stack : joinKernelStacks(soFar, stack);
      for (const { frozen, score } of followed)
        score.add(frozen.contributionsOf(stack)[0] ?? null, frozen.slopeOn(soFar));
      return state();
    },
  };
}

const firstSamples = (probe: ProbeAnswers): ProbeAnswers => ({
  ...probe,
  answers: new Map([...probe.answers].map(([model, texts]) => [model, texts.slice(0, 1)])),
});
