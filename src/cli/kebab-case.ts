/** The spelling in which a flag is typed: `failOn` -> `fail-on`. */
export function kebabCase(word: string): string {
  return word.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
