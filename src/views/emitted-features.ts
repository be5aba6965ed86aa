import type { WithheldAnswer } from "../schema/withheld-answer.ts";
import { enlarged } from "./enlarged.ts";
import { type EmittedFeatures, readFeatures } from "./feature-text.ts";
import type { TokenScan } from "./token-scan.ts";
import type { View } from "./view.ts";

/** Features of one view in several responses, one response after another, in the order in which they were emitted. */
export interface KeptFeatures {
  readonly features: Uint32Array<ArrayBuffer>;
  /** Where those of each response begin; one more at the end. */
  readonly starts: Uint32Array<ArrayBuffer>;
}

/** A response whose features were kept when it was seen before. */
export interface KeptResponse {
  /** By name of the view. */
  readonly kept: Readonly<Record<string, KeptFeatures>>;
  /** Which of the responses it is. */
  readonly response: number;
}

/**
 * What a response is seen by: its text's scan or, where the text is withheld, the features that were seen in it; or
 * those of its features that were kept.
 */
export type SeenResponse = TokenScan | Pick<WithheldAnswer, "views"> | KeptResponse;

const emitted: EmittedFeatures = { features: new Uint32Array(1 << 12), length: 0 };
// One function for all views and responses: calls of one and the same function are compiled into the loops that make them.
const push = (feature: number) => {
  if (emitted.length === emitted.features.length)
    emitted.features = enlarged(emitted.features, emitted.length + 1);
  emitted.features[emitted.length] = feature;
  emitted.length++;
};

/** What a view sees in a response; nothing where its features were not kept. */
export function emittedFeatures(view: View, response: SeenResponse): EmittedFeatures {
  emitted.length = 0;
  if ("views" in response) readFeatures(response.views[view.name] ?? "", emitted);
  else if ("kept" in response) copyKept(response.kept[view.name], response.response);
  else view.emit(response, push);
  return emitted;
}

function copyKept(kept: KeptFeatures | undefined, response: number): void {
  if (kept === undefined) return;
  const from = kept.starts[response] as number;
  const length = (kept.starts[response + 1] as number) - from;
  emitted.features = enlarged(emitted.features, length);
  for (let i = 0; i < length; i++) emitted.features[i] = kept.features[from + i] as number;
  emitted.length = length;
}
