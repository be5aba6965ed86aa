import { InsufficientDataError } from "../errors.ts";
import type { Calibration } from "../schema/calibration.ts";
import type { ProbeAnswers } from "../schema/corpus.ts";
import { type FrozenContributions, freezeContributions } from "./frozen-contributions.ts";
import { lookSchedule } from "./look-schedule.ts";
import { measureAnswers } from "./measure-answers.ts";
import type { MeasuredAnswers, MeasuredModel } from "./measured-answers.ts";
import { type ProjectedBackground, projectedBackground, projectedLogOdds } from "./projected-log-odds.ts";
import { type Remainder, remainderInterval } from "./remainder-interval.ts";
import { samplesPerProbe } from "./score-corpus.ts";
import {
  createSequentialScore,
  lookLevel,
  type SequentialScore,
  type SequentialState,
} from "./sequential-score.ts";

/** Indices of the models that are compared. */
export interface AuditedPair {
  readonly suspect: number;
  readonly reference: number;
}

export interface SequentialAuditOptions {
  readonly models: readonly MeasuredModel[];
  /** Indices of the models that may serve as controls. */
  readonly panel: readonly number[];
  readonly pairs: readonly AuditedPair[];
  readonly calibration: Calibration;
  /** All probes of the order by their id, as `compare` will read them: where its blocks are runs, they depend on that. */
  readonly probes: readonly string[];
  /** Probes on which contributions are frozen, at least 1; all of them where the order has no more. */
  readonly pilot: number;
}

/** One pair at one moment; `reason` says why it is not followed. */
export type PairState = AuditedPair &
  (
    | { readonly state: SequentialState; readonly reason: null }
    | { readonly state: null; readonly reason: string }
  );

/** All pairs at one moment, from the pilot's last probe on. */
export interface AuditState {
  /** Probes taken in. */
  readonly probes: number;
  /** In the order of the options. */
  readonly pairs: readonly PairState[];
  /** Whether every pair is decided. */
  readonly decided: boolean;
}

export interface SequentialAudit {
  /** Takes the answers to the next probe of the order; null while the pilot lasts. */
  add(answers: ProbeAnswers): Promise<AuditState | null>;
}

/** What a pair that is followed needs. */
interface Followed {
  readonly frozen: FrozenContributions;
  readonly score: SequentialScore;
}

/**
 * Follows all pairs of a run through the random order of its probes: measures the pilot, freezes each pair's
 * contributions on it, takes in one probe after another, and measures all of them again at the looks of `lookSchedule`
 * and at the end. A pair whose contributions cannot be frozen is never decided.
 */
export function createSequentialAudit(options: SequentialAuditOptions): SequentialAudit {
  const { models, panel, pairs, calibration } = options;
  const probes = options.probes.length;
  const placeOf = new Map(options.probes.map((id, place) => [id, place]));
  const looks = lookSchedule(probes, options.pilot);
  const [pilotSize = probes] = looks;
  const level = lookLevel(looks.length);
  const answered: ProbeAnswers[] = [];
  let firstOnly = false;
  const followed = new Map<AuditedPair, Followed>();
  const unfollowed = new Map<AuditedPair, string>();

  const measure = (some: readonly ProbeAnswers[], habitJackknife: boolean): Promise<MeasuredAnswers> =>
    measureAnswers(firstOnly ? some.map(firstSamples) : some, { models, panel, habitJackknife });

  const begin = (pilot: MeasuredAnswers, background: ProjectedBackground, samples: "one" | "several") => {
    for (const pair of pairs) {
      try {
        if (calibration.samplesPerProbe === "several" && samples === "one")
          throw new InsufficientDataError(
            "sequential.samples",
            "the calibration was fitted at several samples a probe and this run has one",
          );
        const frozen = freezeContributions(pilot, pair.suspect, pair.reference, { calibration, background });
        followed.set(pair, { frozen, score: createSequentialScore(frozen, { calibration, probes }) });
      } catch (error) {
        if (!(error instanceof InsufficientDataError)) throw error;
        unfollowed.set(pair, error.message);
      }
    }
  };

  const remainderOf = (
    { suspect, reference }: AuditedPair,
    look: {
      readonly measured: MeasuredAnswers;
      readonly background: ProjectedBackground;
      readonly contributions: readonly number[];
      readonly slope: number;
    },
  ): Remainder | null => {
    const { measured, background, contributions, slope } = look;
    try {
      const projected = projectedLogOdds(measured, suspect, reference, { calibration, background });
      const { blockOf } = measured.stack;
      return remainderInterval(projected, contributions, { slope, blockOf, probes, level });
    } catch (error) {
      if (error instanceof InsufficientDataError) return null;
      throw error;
    }
  };

  const look = async () => {
    const place = (index: number) => placeOf.get(answered[index]?.probe ?? "") ?? index;
    const sorted = [...answered.keys()].sort((i, j) => place(i) - place(j));
    const inOrder = sorted.map((index) => answered[index] as ProbeAnswers);
    let measured = await measure(inOrder, true);
    const samples = samplesPerProbe(measured);
    if (!firstOnly && calibration.samplesPerProbe === "one" && samples === "several") {
      firstOnly = true;
      measured = await measure(inOrder, true);
    }
    const background = projectedBackground(measured, probes, calibration.background);
    if (answered.length === pilotSize) {
      // Contributions of the pilot come as it was measured.
      answered.splice(0, pilotSize, ...inOrder);
      sorted.sort((i, j) => i - j);
      begin(measured, background, samples);
    }
    for (const [pair, { frozen, score }] of followed) {
      const values = score.contributions();
      const contributions = sorted.map((index) => values[index] as number);
      score.look(remainderOf(pair, { measured, background, contributions, slope: frozen.slope }));
    }
  };

  const state = (): AuditState => {
    const states = pairs.map((pair): PairState => {
      const state = followed.get(pair)?.score.state();
      return state === undefined
        ? { ...pair, state: null, reason: unfollowed.get(pair) ?? "" }
        : { ...pair, state, reason: null };
    });
    return {
      probes: answered.length,
      pairs: states,
      decided: states.length > 0 && states.every(({ state }) => state !== null && state.decision !== null),
    };
  };

  return {
    async add(answers) {
      answered.push(answers);
      const count = answered.length;
      if (count < pilotSize) return null;
      if (count > pilotSize) {
        const measured = await measure([answers], false);
        for (const { frozen, score } of followed.values()) score.add(frozen.of(measured)[0] ?? null);
      }
      if (looks.includes(count) || count === probes) await look();
      return state();
    },
  };
}

const firstSamples = (probe: ProbeAnswers): ProbeAnswers => ({
  ...probe,
  answers: new Map([...probe.answers].map(([model, texts]) => [model, texts.slice(0, 1)])),
});
