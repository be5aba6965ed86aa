import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach } from "vitest";

/** A folder for one test's files; removed afterwards. */
export function importFolder() {
  let folder = "";
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "congener-import-"));
  });
  afterEach(() => rm(folder, { recursive: true }));
  return {
    path: (name: string) => join(folder, name),
    /** Writes a file, gzipped when its name ends in .gz. */
    async write(name: string, content: string | Buffer): Promise<string> {
      const path = join(folder, name);
      await writeFile(path, name.endsWith(".gz") ? gzipSync(content) : content);
      return path;
    },
  };
}

export const lines = (rows: readonly unknown[]): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join("");
