/** Shorter ids are no ids: some servers draw them from a thousand, or always send the same. */
const shortestId = 20;

/**
 * Tells which answers of one target came with the response id and the text of an earlier one: a cache gave them, and such
 * samples are no new ones. Answers without an id, or with a short one, never count. Keeps a number of each answer.
 */
export function createRepeatDetector(): (responseId: string | null | undefined, text: string) => boolean {
  const marks = new Set<number>();
  return (responseId, text) => {
    if (responseId == null || responseId.length < shortestId) return false;
    const mark = hash53(`${responseId}\n${text}`);
    if (marks.has(mark)) return true;
    marks.add(mark);
    return false;
  };
}

/** The response id in a raw body: the first `id` that stands in it; null where it has none. */
export function responseIdIn(body: string): string | null {
  return /"id"\s*:\s*"([^"\\]{1,200})"/.exec(body.slice(0, 4096))?.[1] ?? null;
}

/** 53-bit hash of a text (cyrb53): a set of numbers takes a fraction of the memory of a set of ids. */
function hash53(text: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return 4294967296 * (2097151 & low) + (high >>> 0);
}
