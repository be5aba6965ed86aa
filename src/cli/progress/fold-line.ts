/** A text in lines of at most so many characters: broken at spaces, and within a word only where it is longer than a line. */
export function foldLine(text: string, columns: number): string[] {
  const width = Math.max(10, columns);
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const space = rest.lastIndexOf(" ", width);
    // An indent is no place to break.
    const at = space === -1 || rest.slice(0, space).trim() === "" ? width : space;
    lines.push(rest.slice(0, at));
    rest = rest.slice(at).trimStart();
  }
  return [...lines, rest];
}
