import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { chmod, link, open, realpath, rm, stat } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { StoreError, UsageError } from "../../errors.ts";
import { makeFolder } from "../../store/make-folder.ts";
import { systemErrorCode, toStoreError } from "../../store/system-error.ts";

/** Rights of others than the owner. */
const othersRights = 0o077;

/**
 * Writes a file that must not exist yet, so that it is there whole or not at all: a temporary file beside it, sync, then a
 * link, which unlike a rename never replaces anything.
 *
 * @param options.secret - readable by its owner alone (mode 0600), and never in a folder that is published
 * @throws UsageError when the file exists, or a secret would lie under `results/` or in a run folder
 */
export async function writeNewFile(
  path: string,
  content: string,
  options: { readonly secret?: boolean } = {},
): Promise<void> {
  if (options.secret === true) await refusePublished(path);
  await refuseExisting(path);
  await makeFolder(dirname(path));
  const temporary = join(dirname(path), `.tmp-${randomBytes(6).toString("hex")}`);
  try {
    const handle = await open(
      temporary,
      constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL,
      options.secret === true ? 0o600 : 0o666,
    );
    try {
      if (options.secret === true) await chmod(temporary, 0o600);
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await link(temporary, path);
  } catch (error) {
    if (systemErrorCode(error) === "EEXIST") throw existing(path);
    throw toStoreError(error, "write", path);
  } finally {
    await rm(temporary, { force: true });
  }
}

const existing = (path: string) =>
  new UsageError(
    "canary.exists",
    `${path} exists already and is not replaced: name another file with -o, or move it away`,
  );

/** @throws UsageError when something has this name, before any other work is done */
export async function refuseExisting(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found !== null) throw existing(path);
}

/** @throws UsageError for a path under `results/` or in a run folder: both are published */
export async function refusePublished(path: string): Promise<void> {
  let folder = dirname(path);
  // The folders that exist may be links into another place.
  for (let at = folder; ; at = dirname(at)) {
    const real = await realpath(at).catch(() => null);
    if (real !== null) {
      folder = join(real, relative(at, folder));
      break;
    }
    if (at === dirname(at)) break;
  }
  const inResults = [...dirname(path).split(sep), ...folder.split(sep)].includes("results");
  if (inResults || (await insideRun(folder)))
    throw new UsageError(
      "canary.published-folder",
      `${path} lies in ${inResults ? "results/" : "a run folder"}, which is published: keep secrets elsewhere, for example ${basename(path)} in a folder of your own, with -o`,
    );
}

async function insideRun(folder: string): Promise<boolean> {
  for (let at = folder; ; at = dirname(at)) {
    const isRun = await Promise.all([stat(join(at, "manifest.json")), stat(join(at, "transcripts"))]).catch(
      () => null,
    );
    if (isRun !== null) return true;
    if (at === dirname(at)) return false;
  }
}

/**
 * Text of a secret file.
 * @throws UsageError when others than its owner may read it: a secret that others could read proves nothing later
 */
export async function readSecretText(path: string): Promise<string> {
  return readFileText(path, { secret: true });
}

/** Text of a canary file. @throws StoreError when it cannot be read */
export async function readFileText(
  path: string,
  options: { readonly secret?: boolean } = {},
): Promise<string> {
  try {
    const handle = await open(path, "r");
    try {
      const found = await handle.stat();
      if (found.isDirectory())
        throw new UsageError("canary.folder", `${path} is a folder: expected a canary file in it`);
      const { mode } = found;
      // Windows has no such rights.
      if (options.secret === true && sep === "/" && (mode & othersRights) !== 0)
        throw new UsageError(
          "canary.readable",
          `${path} can be read by others (mode ${(mode & 0o777).toString(8)}): expected 600; if nobody has read it: chmod 600 ${path}, else mint another`,
        );
      return await handle.readFile("utf8");
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (error instanceof UsageError || error instanceof StoreError) throw error;
    throw toStoreError(error, "read", path);
  }
}
