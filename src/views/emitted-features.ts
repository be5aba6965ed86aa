import { enlarged } from "./enlarged.ts";
import type { TokenScan } from "./token-scan.ts";
import type { View } from "./view.ts";

/** Features of one response in one view, one place for each occurrence; holds until the next response. */
export interface EmittedFeatures {
  /** May be longer than what it holds. */
  features: Uint32Array<ArrayBuffer>;
  length: number;
}

const emitted: EmittedFeatures = { features: new Uint32Array(1 << 12), length: 0 };
// One function for all views and responses: calls of one and the same function are compiled into the loops that make them.
const push = (feature: number) => {
  if (emitted.length === emitted.features.length)
    emitted.features = enlarged(emitted.features, emitted.length + 1);
  emitted.features[emitted.length] = feature;
  emitted.length++;
};

/** What a view sees in a response. */
export function emittedFeatures(view: View, scan: TokenScan): EmittedFeatures {
  emitted.length = 0;
  view.emit(scan, push);
  return emitted;
}
