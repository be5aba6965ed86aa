import { commonWords } from "./common-words.ts";
import { mix32 } from "./prompt-words.ts";

/** What the members of a family have in common, and where they differ. */
export interface TemplateFrame {
  /** Words (masked hashes) that all fitted members share, in order. */
  readonly words: Uint32Array;
  /** Gaps that are slots: gap g stands before frame word g, the last one after all. */
  readonly slots: readonly number[];
}

/** Share of members in which a gap must hold something, for it to be a slot. */
const filledShare = 0.2;
/** A member that would cut the frame to less than this share of its words is a stranger to it. */
const keptShare = 0.6;

/**
 * Frame and slots of a family by aligning its members: the longest common subsequence with each member in turn, beginning
 * with the shortest (it has the least that is its own).
 *
 * @param members - masked words of at least two members; a bounded sample of them will do. Not modified
 * @returns null where fewer than `minimumWords` words are left: no template
 */
export function fitFrame(members: readonly Uint32Array[], minimumWords: number): TemplateFrame | null {
  const byLength = [...members].sort((a, b) => a.length - b.length || lexical(a, b));
  let words = byLength[0]?.filter((word) => word !== 1) ?? new Uint32Array();
  for (const member of byLength.slice(1)) {
    const kept = commonWords(words, member).first;
    if (kept.length >= Math.max(minimumWords, keptShare * words.length))
      words = Uint32Array.from(kept, (at) => words[at] as number);
  }
  if (words.length < minimumWords) return null;
  const filled = new Float64Array(words.length + 1);
  for (const member of members)
    for (const [gap, value] of gapValues(words, member, member).entries())
      if (value !== 0) filled[gap] = (filled[gap] as number) + 1;
  const slots = [...filled.keys()].filter((gap) => (filled[gap] as number) >= filledShare * members.length);
  return { words, slots };
}

/**
 * Values of the slots of one member: a 32-bit hash each, 0 for an empty one.
 * @returns null for a prompt that does not hold most of the frame
 */
export function slotValues(
  frame: TemplateFrame,
  { masked, raw }: { readonly masked: Uint32Array; readonly raw: Uint32Array },
): Uint32Array | null {
  const gaps = gapValues(frame.words, masked, raw);
  if (gaps.length === 0) return null;
  return Uint32Array.from(frame.slots, (gap) => gaps[gap] as number);
}

/** What stands in the gaps between the frame's words; empty where a fifth of the frame is missing. */
function gapValues(frame: Uint32Array, masked: Uint32Array, raw: Uint32Array): Uint32Array {
  const { first, second } = commonWords(frame, masked);
  if (first.length < 0.8 * frame.length) return new Uint32Array();
  const values = new Uint32Array(frame.length + 1);
  // A frame word that this member lacks leaves its gap empty: what stands there counts for the next one.
  let next = 0;
  for (let at = 0; at < raw.length; at++) {
    if (next < second.length && second[next] === at) {
      next++;
      continue;
    }
    const gap = next < first.length ? (first[next] as number) : frame.length;
    values[gap] = Math.max(1, mix32(Math.imul(values[gap] as number, 0x9e3779b1) ^ (raw[at] as number)));
  }
  return values;
}

function lexical(first: Uint32Array, second: Uint32Array): number {
  for (let at = 0; at < first.length; at++)
    if (first[at] !== second[at]) return (first[at] as number) - (second[at] as number);
  return 0;
}
