import { emittedFeatures, type KeptFeatures, type SeenResponse } from "../views/emitted-features.ts";
import { enlarged } from "../views/enlarged.ts";
import { views } from "../views/views.ts";
import { type FeatureFilter, keepPassing } from "./feature-sketch.ts";

/** Which of a probe's responses a selection keeps, 1 or 0 by response; null where it keeps them all. */
export type ResponseMask = Uint8Array<ArrayBuffer> | null;

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
  readonly byView: readonly KeptFeatures[];
  /** By name of the view: the same. */
  readonly byName: Readonly<Record<string, KeptFeatures>>;
  /** By selection. */
  readonly masks: readonly ResponseMask[];
  /** Features of all views. */
  readonly size: number;
}

/** Keeps the features of a probe's responses that pass their view's filter. */
export interface ProbeKeeper {
  /** Adds a response; they come grouped by model, models in ascending order. */
  readonly add: (model: number, seen: SeenResponse) => void;
  /** What was added since the last call. @param masks - by selection, of these responses */
  readonly take: (number: number, masks: readonly ResponseMask[]) => KeptProbe;
}

/** @param filters - by view */
export function createProbeKeeper(filters: readonly FeatureFilter[]): ProbeKeeper {
  const features = views.map(() => new Uint32Array(1 << 12));
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
        const into = enlarged(features[v] as Uint32Array<ArrayBuffer>, end + emitted.length);
        for (let i = 0; i < emitted.length; i++) into[end + i] = emitted.features[i] as number;
        features[v] = into;
        ofView.push(end + emitted.length);
      }
    },
    take: (number, masks) => {
      const byView = starts.map((ofView, v) => ({
        features: (features[v] as Uint32Array<ArrayBuffer>).slice(0, ofView[ofView.length - 1]),
        starts: Uint32Array.from(ofView),
      }));
      const kept = {
        number,
        models,
        byView,
        byName: Object.fromEntries(views.map(({ name }, v) => [name, byView[v] as KeptFeatures])),
        masks,
        size: byView.reduce((sum, ofView) => sum + ofView.features.length, 0),
      };
      starts = views.map(() => [0]);
      models = [];
      return kept;
    },
  };
}
