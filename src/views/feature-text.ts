import { enlarged } from "./enlarged.ts";

/** Features of one response in one view, one place for each occurrence; holds until the next response. */
export interface EmittedFeatures {
  /** May be longer than what it holds. */
  features: Uint32Array<ArrayBuffer>;
  length: number;
}

/** A feature and how often it occurs: from 1 on. */
export type FeatureCount = readonly [feature: number, count: number];

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
/** By character code: the value of its digit; other characters do not occur. */
const digitOf = new Uint8Array(128);
for (let value = 0; value < digits.length; value++) digitOf[digits.charCodeAt(value)] = value;

/**
 * A sparse vector as text: by ascending feature, the distance to the feature before (to -1 for the first), less one,
 * doubled, plus one where a count above 1 follows; that count less two. Each number in base 32, the lowest digit first,
 * a digit to which 32 is added having another one after it: the "base64 VLQ" of source maps, without signs.
 *
 * @param counts - features from 0 to 2^32 - 1, each once, in ascending order; counts from 1 on
 */
export function encodeFeatures(counts: readonly FeatureCount[]): string {
  let text = "";
  const write = (number: number) => {
    let rest = number;
    while (rest >= 32) {
      text += digits.charAt(32 + (rest % 32));
      rest = Math.floor(rest / 32);
    }
    text += digits.charAt(rest);
  };
  let last = -1;
  for (const [feature, count] of counts) {
    write(2 * (feature - last - 1) + (count > 1 ? 1 : 0));
    if (count > 1) write(count - 2);
    last = feature;
  }
  return text;
}

/** Occurrences of one feature that are counted at most, as wherever features are counted; and of all, whatever a text says. */
const most = { ofOne: 65535, ofAll: 1 << 25 };

/**
 * Writes the features that a text of `encodeFeatures` holds, each as often as it occurs. Damaged text gives other
 * features, never an error and never so many that memory runs out.
 */
export function readFeatures(text: string, into: EmittedFeatures): void {
  let { features } = into;
  let length = 0;
  let last = -1;
  let at = 0;
  // The number read last: its lower 30 bits, and what is above them. Shifts of 32 bits are several times as fast as products.
  let low = 0;
  let high = 0;
  const read = () => {
    low = 0;
    high = 0;
    for (let shift = 0; at < text.length; shift += 5) {
      const digit = digitOf[text.charCodeAt(at++)] as number;
      if (shift < 30) low |= (digit & 31) << shift;
      else high += (digit & 31) * 2 ** (shift - 30);
      if (digit < 32) break;
    }
  };
  while (at < text.length) {
    read();
    last += (low >>> 1) + high * 2 ** 29 + 1;
    let count = 1;
    if ((low & 1) === 1) {
      read();
      count = high > 0 ? most.ofOne : Math.min(most.ofOne, 2 + low);
    }
    if (length + count > most.ofAll) break;
    if (length + count > features.length) features = enlarged(features, length + count);
    for (let end = length + count; length < end; length++) features[length] = last;
  }
  into.features = features;
  into.length = length;
}
