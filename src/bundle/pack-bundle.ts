import { rename, rm, stat } from "node:fs/promises";
import { create } from "tar";
import { UsageError } from "../errors.ts";
import { toStoreError } from "../store/system-error.ts";
import { inventory } from "./bundle-inventory.ts";

/** In every archive, for times are not evidence; not 0, at which some tars complain. */
const everyMtime = new Date("1980-01-01T00:00:00Z");

/**
 * Packs a bundle's folder as one .tar.gz: files in the order of their names, without owner, time or system, so that the same
 * bundle gives the same bytes (under one version of zlib; the tar inside under any).
 * @param file - the archive; must not exist
 * @throws UsageError when the archive exists; StoreError when it cannot be written
 */
export async function packBundle(dir: string, file: string): Promise<void> {
  if (await stat(file).catch(() => null))
    throw new UsageError(
      "bundle.exists",
      `${file} exists already: expected a new archive; choose another name`,
    );
  const { files } = await inventory(dir);
  const unfinished = `${file}.writing`;
  try {
    await create(
      {
        cwd: dir,
        file: unfinished,
        gzip: { level: 6, portable: true },
        portable: true,
        mtime: everyMtime,
        noDirRecurse: true,
        strict: true,
        jobs: 1,
      },
      [...files],
    );
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => {});
    throw toStoreError(error, "write", file);
  }
}
