/** 32-bit FNV-1a hash of a string's UTF-16 code units, finalised as in MurmurHash3 so that near strings differ in all bits. */
export function hashText(text: string, start = 0x811c9dc5): number {
  let hash = start;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return finalise(hash);
}

/** Mix two 32-bit integers into one. */
export function hashPair(first: number, second: number): number {
  return finalise(Math.imul(first, 0x9e3779b1) ^ (second + 0x7f4a7c15 + (first << 6)));
}

/** Standard normal deviate that is a function of a 32-bit hash alone (Box-Muller on two derived uniforms). */
export function hashNormal(hash: number): number {
  const radius = hashUniform(hashPair(hash, 1));
  const angle = hashUniform(hashPair(hash, 2));
  return Math.sqrt(-2 * Math.log(1 - radius)) * Math.cos(2 * Math.PI * angle);
}

/** Uniform number in [0, 1) that is a function of a 32-bit hash alone. */
export function hashUniform(hash: number): number {
  return finalise(hash) / 4294967296;
}

function finalise(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
