/** One line's place in a hash chain. */
export interface ChainLink {
  readonly prevHash: string;
  readonly hash: string;
}

/** How long a transcript file was, and the hash of its last line. */
export interface ChainEnd {
  readonly lines: number;
  readonly head: string;
}

/** The first line at which a file departs from its chain; `line` counts from 1. */
export interface ChainBreak {
  readonly line: number;
  readonly message: string;
}

/**
 * What was done to a hash chain, told from its links and how it is said to end: a line changed, dropped, put in or moved. The
 * place is exact. Which of these it was is the simplest account; two changes at one place can look like another.
 *
 * @param links - of every line, in the order of the file
 * @param genesis - `prevHash` of a first line
 * @param end - number of lines and last hash as the statement has them
 * @returns null where the links join from the first line to `end.head` and the count is right
 */
export function chainBreak(links: readonly ChainLink[], genesis: string, end: ChainEnd): ChainBreak | null {
  const missing = end.lines - links.length;
  let before = genesis;
  for (const [at, { prevHash, hash }] of links.entries()) {
    if (prevHash !== before) return breakWithin(links, { at, before, genesis, missing });
    before = hash;
  }
  const { length } = links;
  if (before === end.head && missing === 0) return null;
  if (missing > 0)
    return {
      line: length + 1,
      message: `${count(missing)} dropped from the end: the file has ${length} of ${end.lines}`,
    };
  if (missing < 0)
    return links[end.lines - 1]?.hash === end.head || end.lines === 0
      ? {
          line: end.lines + 1,
          message: `${count(-missing)} added at the end: the file has ${length} instead of ${end.lines}`,
        }
      : {
          line: length,
          message: `the chain was rewritten: it joins, but has ${length} lines instead of ${end.lines} and another last hash`,
        };
  return {
    line: length,
    message: `this line was changed, or an earlier one and the chain rewritten from there: all lines join, but the last hash is ${short(before)} instead of ${short(end.head)}`,
  };
}

/** The line at index `at` does not continue from the one before. */
function breakWithin(
  links: readonly ChainLink[],
  { at, before, genesis, missing }: { at: number; before: string; genesis: string; missing: number },
): ChainBreak {
  const line = at + 1;
  const { prevHash } = links[at] as ChainLink;
  // The line that belongs here stands further down: what is between was put in, or moved up.
  const belongs = links.findIndex((link, index) => index > at && link.prevHash === before);
  if (belongs !== -1)
    return missing < 0
      ? {
          line,
          message: `${count(belongs - at)} put in here: line ${belongs + 1} is the one that follows line ${at}`,
        }
      : { line, message: `out of order: line ${belongs + 1} is the one that belongs here` };
  // It continues from an earlier line: what came after that one was put in.
  const joins =
    prevHash === genesis ? -1 : links.findIndex((link, index) => index < at && link.hash === prevHash);
  if (joins !== -1 || (prevHash === genesis && at > 0))
    return {
      line: joins + 2,
      message: `${count(at - joins - 1)} put in here: line ${line} is the one that follows line ${joins + 1}`,
    };
  if (missing > 0) return { line, message: `${count(missing)} dropped before this one` };
  if (at === 0) return { line, message: "this line was changed: it does not begin the chain" };
  return { line: at, message: `this line was changed: line ${line} holds the hash of another text of it` };
}

const count = (lines: number): string => (lines === 1 ? "a line was" : `${lines} lines were`);
const short = (hash: string): string => `${hash.slice(0, 12)}...`;
