import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** Every file below a folder as text, by its path in it. */
export async function filesIn(dir: string): Promise<Map<string, string>> {
  const names = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = new Map<string, string>();
  for (const entry of names)
    if (entry.isFile()) {
      const path = join(entry.parentPath, entry.name);
      files.set(path.slice(dir.length + 1), await readFile(path, "utf8"));
    }
  return files;
}

/** Pieces of so many characters of the texts that stand in one of the files, at most three, each with its file. */
export function piecesLeft(
  files: ReadonlyMap<string, string>,
  texts: Iterable<string>,
  length: number,
): string[] {
  const pieces = new Set<string>();
  for (const text of texts)
    for (let at = 0; at + length <= text.length; at++) pieces.add(text.slice(at, at + length));
  const found: string[] = [];
  for (const [name, content] of files)
    for (let at = 0; at + length <= content.length && found.length < 3; at++)
      if (pieces.has(content.slice(at, at + length)))
        found.push(`${name}: ${content.slice(at, at + length)}`);
  return found;
}
