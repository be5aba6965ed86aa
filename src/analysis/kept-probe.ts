import { emittedFeatures, type SeenResponse } from "../views/emitted-features.ts";
import { enlarged } from "../views/enlarged.ts";
import { views } from "../views/views.ts";
import type { Candidates } from "./candidates.ts";
import { type FeatureFilter, keepPassing } from "./feature-sketch.ts";

/** Which of a probe's responses a selection keeps, 1 or 0 by response; null where it keeps them all. */
export type ResponseMask = Uint8Array<ArrayBuffer> | null;

/** Candidates of one view in several responses, one response after another, each as often as it occurs. */
export interface KeptCandidates {
  /** Numbers of the meter's `Candidates`. */
  readonly numbers: Int32Array<ArrayBuffer>;
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
  /** Features of all views. */
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
  const numbers = views.map(() => new Int32Array(1 << 12));
  let starts = views.map(() => [0]);
  let models: number[] = [];
  return {
    add: (model, seen) => {
      models.push(model);
      for (const [v, view] of views.entries()) {
        const emitted = emittedFeatures(view, seen);
        keepPassing(filters[v] as FeatureFilter, emitted);
        const ofView = starts[v] as number[];
        const end = ofView[ofView.length - 1] as number;
        const into = enlarged(numbers[v] as Int32Array<ArrayBuffer>, end + emitted.length);
        (candidates[v] as Candidates).numberAll(emitted, into.subarray(end));
        numbers[v] = into;
        ofView.push(end + emitted.length);
      }
    },
    take: (number, masks) => {
      const byView = starts.map((ofView, v) => ({
        numbers: (numbers[v] as Int32Array<ArrayBuffer>).slice(0, ofView[ofView.length - 1]),
        starts: Uint32Array.from(ofView),
      }));
      const size = byView.reduce((sum, ofView) => sum + ofView.numbers.length, 0);
      const kept = { number, models, byView, masks, size };
      starts = views.map(() => [0]);
      models = [];
      return kept;
    },
  };
}
