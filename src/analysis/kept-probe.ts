import { emittedFeatures, type SeenResponse } from "../views/emitted-features.ts";
import { enlarged } from "../views/enlarged.ts";
import type { EmittedFeatures } from "../views/feature-text.ts";
import { views } from "../views/views.ts";
import type { Candidates } from "./candidates.ts";
import { type FeatureFilter, keepPassing } from "./feature-sketch.ts";

/** Which of a probe's responses a selection keeps, 1 or 0 by response; null where it keeps them all. */
export type ResponseMask = Uint8Array<ArrayBuffer> | null;

/** Candidates of one view in several responses, one response after another, each at most once a response. */
export interface KeptCandidates {
  /** Numbers of the meter's `Candidates`. */
  readonly numbers: Int32Array<ArrayBuffer>;
  /** How often each occurs in its response, from 1 to 65535. */
  readonly counts: Uint16Array<ArrayBuffer>;
  /** Where those of each response begin; one more at the end. */
  readonly starts: Uint32Array<ArrayBuffer>;
}

/**
 * What later passes need of the responses to a probe: the features that may be habits, a small part of all. While these
 * are kept no text is read again.
 */
export interface KeptProbe {
  /** Number of the probe. */
  readonly number: number;
  /** Model of each response, ascending. */
  readonly models: readonly number[];
  /** By view, in the order of `views`. */
  readonly byView: readonly KeptCandidates[];
  /** By selection. */
  readonly masks: readonly ResponseMask[];
  /** Entries of all views. */
  readonly size: number;
}

/** Keeps the candidates of a probe's responses. */
export interface ProbeKeeper {
  /** Adds a response; they come grouped by model, models in ascending order. */
  readonly add: (model: number, seen: SeenResponse) => void;
  /** What was added since the last call. @param masks - by selection, of these responses */
  readonly take: (number: number, masks: readonly ResponseMask[]) => KeptProbe;
}

/**
 * @param filters - by view: which features may be habits
 * @param candidates - by view: gives these their numbers
 */
export function createProbeKeeper(
  filters: readonly FeatureFilter[],
  candidates: readonly Candidates[],
): ProbeKeeper {
  const ofViews = views.map((_, v) => createViewKeeper(candidates[v] as Candidates));
  let models: number[] = [];
  return {
    add: (model, seen) => {
      models.push(model);
      for (const [v, view] of views.entries()) {
        const emitted = emittedFeatures(view, seen);
        keepPassing(filters[v] as FeatureFilter, emitted);
        ofViews[v]?.add(emitted);
      }
    },
    take: (number, masks) => {
      const byView = ofViews.map((ofView) => ofView.take());
      const size = byView.reduce((sum, { numbers }) => sum + numbers.length, 0);
      const kept = { number, models, byView, masks, size };
      models = [];
      return kept;
    },
  };
}

const mostCounted = 65535;

function createViewKeeper(candidates: Candidates) {
  let emittedNumbers = new Int32Array(1 << 10);
  let numbers = new Int32Array(1 << 12);
  let counts = new Uint16Array(1 << 12);
  let starts = [0];
  let end = 0;
  /** By candidate: place after its latest entry; zeros between probes. */
  let entryOf = new Int32Array(1 << 12);
  return {
    add: (emitted: EmittedFeatures): void => {
      const { length } = emitted;
      emittedNumbers = enlarged(emittedNumbers, length);
      candidates.numberAll(emitted, emittedNumbers);
      entryOf = enlarged(entryOf, candidates.size());
      numbers = enlarged(numbers, end + length);
      counts = enlarged(counts, end + length);
      const first = end;
      for (let i = 0; i < length; i++) {
        const number = emittedNumbers[i] as number;
        const entry = (entryOf[number] as number) - 1;
        if (entry >= first) {
          const count = counts[entry] as number;
          if (count < mostCounted) counts[entry] = count + 1;
        } else {
          numbers[end] = number;
          counts[end] = 1;
          end++;
          entryOf[number] = end;
        }
      }
      starts.push(end);
    },
    take: (): KeptCandidates => {
      const kept = {
        numbers: numbers.slice(0, end),
        counts: counts.slice(0, end),
        starts: Uint32Array.from(starts),
      };
      for (const number of kept.numbers) entryOf[number] = 0;
      starts = [0];
      end = 0;
      return kept;
    },
  };
}
