import { createHmac, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { StoreError } from "../errors.ts";
import { systemErrorCode, toStoreError } from "../store/system-error.ts";
import type { Database } from "./database.ts";

/** What accounts are called in reports. */
export interface Pseudonyms {
  /** By account number. */
  readonly of: (account: number) => string;
  /** Account number by real id; undefined for one that is not in the log. */
  readonly numberOf: (name: string) => number | undefined;
  /** Real id by account number. */
  readonly nameOf: (account: number) => string;
  readonly count: number;
}

/** Name of the key's file in a scan's folder. */
export const keyFile = "pseudonym.key";

/** A key for a folder that has none: 256 bits from the operating system, in hex. */
export const newKey = (): string => randomBytes(32).toString("hex");

/**
 * The key of a scan's folder, null before its first scan: with it the next scan into the folder gives the same pseudonyms.
 * Whoever has it can tell whose a pseudonym is, so it stays with the analyst (mode 0600).
 * @throws StoreError when the file is not one of Congener's, or cannot be read
 */
export async function folderKey(folder: string): Promise<string | null> {
  const path = join(folder, keyFile);
  const known = await readFile(path, "utf8").catch((error: unknown) => {
    if (systemErrorCode(error) === "ENOENT") return null;
    throw toStoreError(error, "read", path);
  });
  if (known === null) return null;
  if (!/^[0-9a-f]{64}\n$/.test(known))
    throw new StoreError(
      "access.key",
      `${path} is no key of Congener's: expected 64 hex digits; move it away, and a new one is made`,
    );
  return known.trim();
}

/** `A-` and the first hex digits of HMAC-SHA256(key, real id): eight, or as many more as tell all accounts apart. */
export async function createPseudonyms(database: Database, key: string): Promise<Pseudonyms> {
  const names: string[] = [];
  const numbers = new Map<string, number>();
  for await (const rows of database.batches<{ id: number; name: string }>("SELECT id, name FROM account"))
    for (const { id, name } of rows) {
      names[id] = name;
      numbers.set(name, id);
    }
  const digests = names.map((name) => createHmac("sha256", key).update(name).digest("hex"));
  let digits = 8;
  while (new Set(digests.map((digest) => digest.slice(0, digits))).size < digests.length) digits += 2;
  return {
    of: (account) => `A-${(digests[account] ?? "").slice(0, digits)}`,
    numberOf: (name) => numbers.get(name),
    nameOf: (account) => names[account] ?? "",
    count: names.length,
  };
}
