import { rmSync } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleFiles } from "../../bundle/layout.ts";
import { readSite, siteFile } from "../../bundle/open-site.ts";
import { type UnpackBounds, unpackBundle } from "../../bundle/unpack-bundle.ts";
import { UsageError } from "../../errors.ts";
import { newestFirst } from "../../schema/site.ts";

/** Name of the archive beside a published report. */
export const archiveName = "bundle.tar.gz";

/**
 * Calls `use` with the folder of a bundle: the folder itself, or an archive unpacked into a temporary folder, which is gone
 * afterwards. A published report's folder, or a site of one report, stands for the archive in it; `use` is then told that folder too.
 * @throws UsageError where there is no bundle; SchemaError where the archive is refused
 */
export async function withBundle<T>(
  path: string,
  use: (dir: string, reportDir: string | null) => Promise<T>,
  options: { readonly onUnpack?: (archive: string) => void; readonly bounds?: UnpackBounds } = {},
): Promise<T> {
  const found = await find(path);
  if (found.kind === "folder") return use(found.path, null);
  const reportDir = found.kind === "report" ? found.path : null;
  const archive = reportDir === null ? found.path : join(reportDir, archiveName);
  const parent = await mkdtemp(join(tmpdir(), "congener-verify-"));
  // Ctrl-C ends a verification at once; what was unpacked must not outlive it.
  const dieClean = (signal: NodeJS.Signals) => {
    rmSync(parent, { recursive: true, force: true });
    process.kill(process.pid, signal);
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.once(signal, dieClean);
  try {
    options.onUnpack?.(archive);
    await unpackBundle(archive, parent, options.bounds);
    return await use(parent, reportDir);
  } finally {
    for (const signal of signals) process.off(signal, dieClean);
    await rm(parent, { recursive: true, force: true });
  }
}

async function find(path: string): Promise<{ kind: "folder" | "archive" | "report"; path: string }> {
  const kind = await kindOf(path);
  if (kind === "file") return { kind: "archive", path };
  if (kind === "folder") {
    // A published report has copies of some files beside the archive, and not the run.
    const archive = join(path, archiveName);
    if ((await kindOf(archive)) === "file") return { kind: "report", path };
    if ((await kindOf(join(path, bundleFiles.statement))) !== null) return { kind: "folder", path };
    if ((await kindOf(join(path, siteFile))) === "file")
      return { kind: "report", path: await onlyReport(path) };
  }
  throw new UsageError(
    "verify.no-bundle",
    kind === null
      ? `no bundle at ${path}: expected a bundle's folder, its .tar.gz, or a published report's folder; check the path`
      : `${path} holds no bundle: expected ${bundleFiles.statement} or ${archiveName} in it; name a bundle that congener publish wrote, for example SITE/reports/ID`,
  );
}

/** The one report of a site. @throws UsageError where there are several */
async function onlyReport(site: string): Promise<string> {
  const ids = newestFirst((await readSite(site))?.entries ?? []).map(({ id }) => id);
  const [id] = ids;
  if (id !== undefined && ids.length === 1) return join(site, "reports", id);
  throw new UsageError(
    "verify.several-reports",
    `${site} is a site of ${ids.length} reports: expected one of them; name it, for example ${join(site, "reports", id ?? "ID")}`,
  );
}

async function kindOf(path: string): Promise<"file" | "folder" | null> {
  const found = await stat(path).catch(() => null);
  if (found === null) return null;
  return found.isDirectory() ? "folder" : "file";
}
