import { createFeatureIndex, type FeatureIndex } from "./feature-index.ts";
import type { TokenScan } from "./token-scan.ts";
import type { View } from "./view.ts";

/** Features of one response in one view: distinct hashes and how often each occurs. */
export interface FeatureBag {
  /** Distinct feature hashes, in order of first occurrence. */
  readonly features: Uint32Array;
  /** Occurrences, at least 1, capped at 65,535. */
  readonly counts: Uint16Array;
}

/** Reusable memory of `featureBag`: counting a response then allocates only its result. */
export interface BagScratch {
  readonly index: FeatureIndex;
  counts: Uint32Array;
}

export function createBagScratch(): BagScratch {
  return { index: createFeatureIndex(), counts: new Uint32Array(1 << 12) };
}

/** Counts the features of a scanned response in one view. Linear in the length of the response. */
export function featureBag(scan: TokenScan, view: View, scratch: BagScratch): FeatureBag {
  const { index } = scratch;
  view.emit(scan, (feature) => {
    const before = index.size();
    const id = index.add(feature);
    if (id < before) (scratch.counts[id] as number)++;
    else {
      if (id === scratch.counts.length) {
        const longer = new Uint32Array(id * 2);
        longer.set(scratch.counts);
        scratch.counts = longer;
      }
      scratch.counts[id] = 1;
    }
  });
  const length = index.size();
  const features = new Uint32Array(length);
  const counts = new Uint16Array(length);
  for (let id = 0; id < length; id++) {
    features[id] = index.featureOf(id);
    counts[id] = Math.min(scratch.counts[id] as number, 65535);
  }
  index.clear();
  return { features, counts };
}
