import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { kill, pid as ownPid } from "node:process";
import { z } from "zod";
import { StoreError } from "../errors.ts";
import { systemErrorCode, toStoreError } from "./system-error.ts";

const ownerSchema = z.object({
  pid: z.int(),
  started: z.string().nullable(),
  host: z.string(),
  /** When it took the lock, for messages. */
  since: z.iso.datetime().nullable().default(null),
});
type Owner = z.output<typeof ownerSchema>;

/** File in a run folder that says which process writes there. */
export const lockFileName = "lock";

/**
 * Takes the lock of a run folder for this process and returns what gives it back. The lock holds process id, that
 * process's start time (process ids are used again) and host. The lock of a process that is gone is taken over.
 * @throws StoreError `store.locked` while another living process, or one on another host, holds it
 */
export function acquireLock(dir: string): () => void {
  const path = join(dir, lockFileName);
  const own: Owner = {
    pid: ownPid,
    started: processStart(ownPid),
    host: hostname(),
    since: new Date().toISOString(),
  };
  for (let attempt = 0; attempt < 5; attempt++) {
    if (createLock(dir, path, own)) return () => releaseLock(path, own);
    const content = readLock(path);
    if (content === null) continue;
    const owner = parseOwner(content);
    if (owner !== null && isAlive(owner, own)) throw lockedError(dir, path, owner, own);
    takeAway(path, content);
  }
  throw new StoreError(
    "store.locked",
    `cannot take the lock ${path}: other processes are taking it too; try again`,
  );
}

/** Who holds the lock of a run folder, as far as another process can see. */
export interface LockOwner {
  readonly pid: number;
  readonly host: string;
  /** False where the process is gone; null on another host, whose processes cannot be seen from here. */
  readonly alive: boolean | null;
}

/** The owner of a run folder's lock; null where nobody holds it. Takes nothing. */
export function lockOwner(dir: string): LockOwner | null {
  const owner = parseOwner(readLock(join(dir, lockFileName)) ?? "");
  if (owner === null) return null;
  const { pid, host } = owner;
  return { pid, host, alive: host === hostname() ? isAlive(owner, owner) : null };
}

/**
 * Refuses a folder that a living process, or one on another host, writes to, without taking its lock: for readers that
 * need the folder to stay as it is.
 * @throws StoreError `store.locked`
 */
export function refuseLiveWriter(dir: string): void {
  const path = join(dir, lockFileName);
  const owner = parseOwner(readLock(path) ?? "");
  const own: Owner = { pid: ownPid, started: processStart(ownPid), host: hostname(), since: null };
  if (owner !== null && isAlive(owner, own)) throw lockedError(dir, path, owner, own);
}

/** Created whole under another name and linked, so that no process ever reads half a lock. */
function createLock(dir: string, path: string, own: Owner): boolean {
  const content = `${JSON.stringify(own)}\n`;
  const temporary = join(dir, `.lock-${randomBytes(6).toString("hex")}`);
  try {
    writeFileSync(temporary, content, { flag: "wx" });
    linkSync(temporary, path);
    return true;
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === "EEXIST") return false;
    if (code === null || !["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"].includes(code))
      throw toStoreError(error, "write", path);
  } finally {
    rmSync(temporary, { force: true });
  }
  try {
    // A file system without hard links.
    writeFileSync(path, content, { flag: "wx" });
    return true;
  } catch (error) {
    if (systemErrorCode(error) === "EEXIST") return false;
    throw toStoreError(error, "write", path);
  }
}

function readLock(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return null;
    throw toStoreError(error, "read", path);
  }
}

function parseOwner(content: string): Owner | null {
  try {
    return ownerSchema.parse(JSON.parse(content));
  } catch {
    return null;
  }
}

/** Renames a dead lock away; if another process was faster, its new lock is put back. */
function takeAway(path: string, deadContent: string): void {
  const aside = `${path}-${randomBytes(6).toString("hex")}`;
  try {
    renameSync(path, aside);
    if (readFileSync(aside, "utf8") !== deadContent) linkSync(aside, path);
  } catch (error) {
    if (!["ENOENT", "EEXIST"].includes(systemErrorCode(error) ?? ""))
      throw toStoreError(error, "replace", path);
  } finally {
    rmSync(aside, { force: true });
  }
}

function releaseLock(path: string, own: Owner): void {
  const owner = parseOwner(readLock(path) ?? "");
  if (owner !== null && owner.pid === own.pid && owner.started === own.started) rmSync(path, { force: true });
}

function isAlive(owner: Owner, own: Owner): boolean {
  // The processes of another host cannot be seen from here.
  if (owner.host !== own.host) return true;
  try {
    kill(owner.pid, 0);
  } catch (error) {
    if (systemErrorCode(error) === "ESRCH") return false;
  }
  return owner.started === null || owner.started === processStart(owner.pid);
}

function lockedError(dir: string, path: string, owner: Owner, own: Owner): StoreError {
  const where = owner.host === own.host ? "" : ` on host ${owner.host}`;
  const next =
    owner.host === own.host
      ? "wait for it, stop it, or choose another folder with --run"
      : `if it no longer runs there, delete ${path}`;
  return new StoreError(
    "store.locked",
    `process ${owner.pid}${where} is writing to ${dir}${owner.since === null ? "" : ` since ${owner.since}`}: expected no other writer; ${next}`,
  );
}

/** When a process started, in the system's own words; null where the system does not say. */
function processStart(pid: number): string | null {
  try {
    // Field 22 of /proc/PID/stat, counted after the command name, which may hold blanks and parentheses.
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    try {
      return (
        execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], {
          encoding: "utf8",
          stdio: "pipe",
        }).trim() || null
      );
    } catch {
      return null;
    }
  }
}
