import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { dirname } from "node:path";
import { makeFolder } from "../store/make-folder.ts";
import { toStoreError } from "../store/system-error.ts";

/** Writes JSON lines of one file in large pieces. */
export interface LineWriter {
  readonly write: (record: unknown) => Promise<void>;
  /** @returns the SHA-256 of the whole file and its length */
  readonly close: () => Promise<{ readonly sha256: string; readonly bytes: number }>;
}

const pieceCharacters = 1 << 20;

/** The file is made when the first piece is written or it is closed, and must not be there before. */
export function lineWriter(path: string): LineWriter {
  const sum = createHash("sha256");
  let handle: Awaited<ReturnType<typeof open>> | null = null;
  let waiting: string[] = [];
  let characters = 0;
  let bytes = 0;
  const flush = async () => {
    const piece = Buffer.from(waiting.join(""));
    waiting = [];
    characters = 0;
    sum.update(piece);
    bytes += piece.length;
    try {
      if (handle === null) {
        await makeFolder(dirname(path));
        handle = await open(path, "wx");
      }
      await handle.writeFile(piece);
    } catch (error) {
      throw toStoreError(error, "write", path);
    }
  };
  return {
    write: async (record) => {
      const line = `${JSON.stringify(record)}\n`;
      waiting.push(line);
      characters += line.length;
      if (characters >= pieceCharacters) await flush();
    },
    close: async () => {
      await flush();
      await handle?.close();
      return { sha256: sum.digest("hex"), bytes };
    },
  };
}
