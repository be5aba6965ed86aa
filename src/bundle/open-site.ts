import { mkdir, readdir, readFile, realpath, rename, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { UsageError } from "../errors.ts";
import { type Site, siteSchema } from "../schema/site.ts";
import { acquireLock } from "../store/lock.ts";
import { makeFolder } from "../store/make-folder.ts";
import { checkRecord, readJson } from "../store/manifest-file.ts";
import { systemErrorCode, toStoreError } from "../store/system-error.ts";

/** File that marks a Congener site. */
export const siteFile = "site.json";

/** A file of a site by its path from the site's folder. */
export interface SiteFile {
  readonly path: string;
  readonly content: string;
}

/** A site opened by its only writer. */
export interface SiteWriter {
  /** The site as it stands; null in a new folder. */
  readonly site: Site | null;
  /** Folder in which reports are prepared, on the site's file system but no part of it. */
  readonly work: string;
  /** `report/report.html` of a published report. @throws StoreError */
  readReport(id: string): Promise<string>;
  /** Takes a finished folder over as the report of this id; it is seen once `commit` has run. */
  addReport(id: string, folder: string): Promise<void>;
  /** Makes what was added visible, then `site.json`, then the pages. A new site appears as one. */
  commit(site: Site, pages: readonly SiteFile[]): Promise<void>;
  /** Removes what is left of the preparations and gives the lock back. */
  close(): Promise<void>;
}

/**
 * Opens an absent or empty folder, or a Congener site, for publishing. Everything is prepared in a hidden folder beside
 * it (`.NAME.publishing`) and renamed, so that a process that dies leaves no half report; what it leaves beside the site, the
 * next one clears away. A folder that holds nothing but `.git` counts as empty.
 *
 * @throws UsageError for a folder that is neither empty nor a site; SchemaError for a site of another version
 * @throws StoreError while another process publishes there, or when the folder cannot be written
 */
export async function openSite(dir: string): Promise<SiteWriter> {
  const root = await realpath(dir).catch(() => dir);
  await readFolder(root);
  await makeFolder(dirname(root));
  const beside = join(dirname(root), `.${basename(root)}.publishing`);
  const [work, staged] = [join(beside, "work"), join(beside, "site")];
  await makeFolder(beside);
  const release = acquireLock(beside);
  const clear = async () => {
    for (const folder of [work, staged]) await rm(folder, { recursive: true, force: true });
  };
  const close = async () => {
    await clear();
    release();
    // Another process may have come for it already.
    await rmdir(beside).catch(() => {});
  };
  const put = async (path: string) => {
    await makeFolder(dirname(join(root, path)));
    await rename(join(staged, path), join(root, path));
  };
  const begin = async () => {
    await clear();
    await makeFolder(work);
    await makeFolder(join(staged, "reports"));
    // Again, now that nobody else publishes there.
    return readFolder(root);
  };
  const { site, names } = await begin().catch(async (error: unknown) => {
    await close().catch(() => {});
    throw error;
  });
  const added: string[] = [];
  return {
    site,
    work,
    readReport: (id) => readText(join(root, "reports", id, "report/report.html")),
    async addReport(id, folder) {
      await rename(folder, join(staged, "reports", id));
      added.push(id);
    },
    async commit(next, pages) {
      try {
        const marked = [{ path: siteFile, content: `${JSON.stringify(siteSchema.parse(next), null, 2)}\n` }];
        for (const { path, content } of [...marked, ...pages]) {
          await mkdir(dirname(join(staged, path)), { recursive: true });
          await writeFile(join(staged, path), content);
        }
        if (names.length === 0) {
          await rmdir(root).catch(ignoreMissing);
          await rename(staged, root);
          return;
        }
        for (const id of added) {
          // A report that no site.json lists: left by a process that died between the two.
          await rm(join(root, "reports", id), { recursive: true, force: true });
          await put(join("reports", id));
        }
        // Pages of reports that were just moved went with them.
        const own = pages.filter(({ path }) => !added.some((id) => path.startsWith(`reports/${id}/`)));
        for (const { path } of [...marked, ...own]) await put(path);
      } catch (error) {
        throw toStoreError(error, "write the site", root);
      }
    },
    close,
  };
}

/**
 * The site in a folder, without opening it; null where the folder is absent or empty.
 * @throws UsageError for a folder that is neither empty nor a site; SchemaError for a site of another version
 */
export async function readSite(dir: string): Promise<Site | null> {
  return (await readFolder(dir)).site;
}

async function readFolder(root: string): Promise<{ site: Site | null; names: readonly string[] }> {
  const names = await readdir(root).catch((error: unknown) => {
    if (systemErrorCode(error) === "ENOENT") return [];
    throw toStoreError(error, "publish to", root);
  });
  const foreign = names.filter((name) => name !== ".git");
  if (foreign.length === 0) return { site: null, names };
  const refused = () =>
    new UsageError(
      "publish.not-a-site",
      `${root} is neither empty nor a Congener site (it holds ${foreign[0]}): expected a new or empty folder, or one that congener publish made; nothing was changed`,
    );
  const path = join(root, siteFile);
  if (!(await stat(path).catch(() => null))?.isFile()) throw refused();
  const value = await readJson(path, () => refused() as never);
  if ((value as { kind?: unknown } | null)?.kind !== "congener-site") throw refused();
  return { site: checkRecord(path, value, (input) => siteSchema.safeParse(input)), names };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw toStoreError(error, "read", path);
  }
}

function ignoreMissing(error: unknown): void {
  if (systemErrorCode(error) !== "ENOENT") throw error;
}
