/**
 * Table from 32-bit feature hashes to dense ids 0, 1, 2 ... in order of first appearance (open addressing, linear
 * probing). Cleared in time proportional to what it holds, so one table serves millions of responses.
 */
export interface FeatureIndex {
  /** Id of the feature, a new one when it was not met since the last `clear`. */
  readonly add: (feature: number) => number;
  /** Writes the ids of the first `length` features into `ids`, as `add` gives them: the inner loop of all measuring. */
  readonly addAll: (features: Uint32Array, length: number, ids: Int32Array) => void;
  /** Writes the ids of the first `length` features into `ids`, -1 for those that are not in the table. */
  readonly findAll: (features: Uint32Array, length: number, ids: Int32Array) => void;
  /** Writes the features into an array of `size` places or more, in the order of their ids. */
  readonly writeFeatures: (features: Uint32Array) => void;
  /** Id of the feature, or -1. */
  readonly find: (feature: number) => number;
  /** Feature hash of an id. */
  readonly featureOf: (id: number) => number;
  readonly size: () => number;
  readonly clear: () => void;
}

/** Capacity of a table that so many features fit into without growing. */
export const capacityFor = (features: number) => 2 ** Math.ceil(Math.log2(2 * features + 2));

/** @param initialCapacity - a power of two; the table grows when it is half full */
export function createFeatureIndex(initialCapacity = 1 << 12): FeatureIndex {
  let capacity = initialCapacity;
  /** By slot: the feature, and its id + 1 beside it (0 when free), so that one cache line answers. */
  let slots = new Int32Array(2 * capacity);
  let slotOf = new Uint32Array(capacity / 2);
  let size = 0;

  /** Where the feature is, or the free place where it belongs; two numbers a slot. */
  const place = (feature: number): number => {
    const last = 2 * capacity - 2;
    let at = (Math.imul(feature, 0x9e3779b1) << 1) & last;
    while (slots[at + 1] !== 0 && slots[at] !== (feature | 0)) at = (at + 2) & last;
    return at;
  };
  const grow = () => {
    const [old, places] = [slots, slotOf];
    capacity *= 2;
    slots = new Int32Array(2 * capacity);
    slotOf = new Uint32Array(capacity / 2);
    for (let id = 0; id < size; id++) {
      const feature = old[places[id] as number] as number;
      const at = place(feature);
      slots[at] = feature;
      slots[at + 1] = id + 1;
      slotOf[id] = at;
    }
  };
  const add = (feature: number): number => {
    let at = place(feature);
    const known = slots[at + 1] as number;
    if (known > 0) return known - 1;
    if (size === slotOf.length) {
      grow();
      at = place(feature);
    }
    slots[at] = feature;
    slots[at + 1] = size + 1;
    slotOf[size] = at;
    return size++;
  };
  return {
    add,
    addAll: (features, length, ids) => {
      for (let i = findRun(slots, features, length, ids, 0); i < length; ) {
        ids[i] = add(features[i] as number);
        i = findRun(slots, features, length, ids, i + 1);
      }
    },
    findAll: (features, length, ids) => {
      for (let i = findRun(slots, features, length, ids, 0); i < length; ) {
        ids[i] = -1;
        i = findRun(slots, features, length, ids, i + 1);
      }
    },
    writeFeatures: (features) => {
      for (let id = 0; id < size; id++) features[id] = slots[slotOf[id] as number] as number;
    },
    find: (feature) => (slots[place(feature) + 1] as number) - 1,
    featureOf: (id) => (slots[slotOf[id] as number] as number) >>> 0,
    size: () => size,
    clear: () => {
      for (let id = 0; id < size; id++) slots[(slotOf[id] as number) + 1] = 0;
      size = 0;
    },
  };
}

/**
 * Writes the ids of features from `from` on up to the first that is not in the table; returns its position. A loop
 * without any call runs twice as fast.
 */
function findRun(
  slots: Int32Array,
  features: Uint32Array,
  length: number,
  ids: Int32Array,
  from: number,
): number {
  const last = slots.length - 2;
  for (let i = from; i < length; i++) {
    const feature = (features[i] as number) | 0;
    let at = (Math.imul(feature, 0x9e3779b1) << 1) & last;
    let known = slots[at + 1] as number;
    while (known !== 0 && slots[at] !== feature) {
      at = (at + 2) & last;
      known = slots[at + 1] as number;
    }
    if (known === 0) return i;
    ids[i] = known - 1;
  }
  return length;
}
