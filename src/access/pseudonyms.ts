import { createHmac, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { StoreError } from "../errors.ts";
import { writeAtomically } from "../store/write-atomically.ts";
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

const keyFile = "pseudonym.key";

/**
 * The key of a scan's folder, made at its first scan: the next scan into the folder gives the same pseudonyms. Whoever
 * has it can tell whose a pseudonym is, so it stays with the analyst (mode 0600).
 * @throws StoreError when the file is not one of Congener's
 */
export async function folderKey(folder: string): Promise<string> {
  const path = join(folder, keyFile);
  const known = await readFile(path, "utf8").catch(() => null);
  if (known === null) {
    const key = randomBytes(32).toString("hex");
    await writeAtomically(path, `${key}\n`, { mode: 0o600 });
    return key;
  }
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
