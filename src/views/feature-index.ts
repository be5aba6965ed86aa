/**
 * Table from 32-bit feature hashes to dense ids 0, 1, 2 ... in order of first appearance (open addressing, linear
 * probing). Cleared in time proportional to what it holds, so one table serves millions of responses.
 */
export interface FeatureIndex {
  /** Id of the feature, a new one when it was not met since the last `clear`. */
  readonly add: (feature: number) => number;
  /** Id of the feature, or -1. */
  readonly find: (feature: number) => number;
  /** Feature hash of an id. */
  readonly featureOf: (id: number) => number;
  readonly size: () => number;
  readonly clear: () => void;
}

export function createFeatureIndex(initialCapacity = 1 << 12): FeatureIndex {
  let capacity = initialCapacity;
  let mask = capacity - 1;
  /** Id of the slot, or -1 when free. */
  let slots = new Int32Array(capacity).fill(-1);
  let features = new Uint32Array(capacity / 2);
  let places = new Uint32Array(capacity / 2);
  let size = 0;

  const slotOf = (feature: number): number => {
    let at = (Math.imul(feature, 0x9e3779b1) >>> 0) & mask;
    for (;;) {
      const id = slots[at] as number;
      if (id < 0 || features[id] === feature) return at;
      at = (at + 1) & mask;
    }
  };
  const grow = () => {
    const old = features;
    capacity *= 2;
    mask = capacity - 1;
    slots = new Int32Array(capacity).fill(-1);
    features = new Uint32Array(capacity / 2);
    places = new Uint32Array(capacity / 2);
    for (let id = 0; id < size; id++) {
      const feature = old[id] as number;
      const at = slotOf(feature);
      slots[at] = id;
      features[id] = feature;
      places[id] = at;
    }
  };
  return {
    add: (feature) => {
      const at = slotOf(feature);
      const known = slots[at] as number;
      if (known >= 0) return known;
      if (size === features.length) {
        grow();
        const fresh = slotOf(feature);
        slots[fresh] = size;
        places[size] = fresh;
      } else {
        slots[at] = size;
        places[size] = at;
      }
      features[size] = feature;
      return size++;
    },
    find: (feature) => slots[slotOf(feature)] as number,
    featureOf: (id) => features[id] as number,
    size: () => size,
    clear: () => {
      for (let id = 0; id < size; id++) slots[places[id] as number] = -1;
      size = 0;
    },
  };
}
