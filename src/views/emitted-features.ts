import type { WithheldAnswer } from "../schema/withheld-answer.ts";
import { enlarged } from "./enlarged.ts";
import { type EmittedFeatures, readFeatures } from "./feature-text.ts";
import type { TokenScan } from "./token-scan.ts";
import type { View } from "./view.ts";

/** What a response is seen by: its text's scan or, where the text is withheld, the features that were seen in it. */
export type SeenResponse = TokenScan | Pick<WithheldAnswer, "views">;

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
  else view.emit(response, push);
  return emitted;
}
