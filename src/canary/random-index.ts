/** Fills so many bytes from a cryptographic random source. */
export type RandomBytes = (length: number) => Uint8Array;

/**
 * A whole number drawn uniformly from [0, count) by rejection: the part of the 32-bit range that does not divide evenly
 * is drawn again, so that no index is likelier than another.
 *
 * @param count - from 1 to 2^32
 */
export function randomIndex(count: number, randomBytes: RandomBytes): number {
  const even = 2 ** 32 - (2 ** 32 % count);
  for (;;) {
    const value = new DataView(Uint8Array.from(randomBytes(4)).buffer).getUint32(0);
    if (value < even) return value % count;
  }
}

/** So many of the items in random order, each choice and order equally likely (Fisher-Yates); the list is not modified. */
export function randomSample<Item>(items: readonly Item[], count: number, randomBytes: RandomBytes): Item[] {
  const left = [...items];
  return Array.from({ length: Math.min(count, left.length) }, () => {
    const [drawn] = left.splice(randomIndex(left.length, randomBytes), 1);
    return drawn as Item;
  });
}
