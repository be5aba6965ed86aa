import type { KeyObject } from "node:crypto";
import { mkdir, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileSha256 } from "../../bundle/bundle-inventory.ts";
import { packBundle } from "../../bundle/pack-bundle.ts";
import { type BundledFile, writeBundle } from "../../bundle/write-bundle.ts";
import { renderReportFiles } from "../../report/report-files.ts";
import type { SiteEntry } from "../../schema/site.ts";
import type { Candidate } from "./read-candidate.ts";
import { siteEntry } from "./site-entry.ts";

/**
 * Files of the bundle that stand beside the report's page, to be read without unpacking; the rest is in the archive alone,
 * `bundle.json` too: a folder with it would be taken for the whole bundle.
 */
const besideThePage = ["report", "signature", "SHA256SUMS", "VERIFY.md", "bundle.dsse.json"];

/**
 * Writes the folder of one report into `into`: the archive of its bundle and what is to be read of it, without the page,
 * which depends on the site's other reports.
 * @param options.into - a folder that does not exist yet; the bundle is written beside it
 */
export async function prepareReport(
  candidate: Candidate,
  options: {
    readonly id: string;
    readonly into: string;
    readonly openings: readonly BundledFile[];
    readonly signingKey: KeyObject | null;
    readonly version: string;
  },
): Promise<{ readonly entry: SiteEntry; readonly report: string }> {
  const { into, signingKey, version } = options;
  const { dir, analysis } = candidate;
  const reportFiles = await renderReportFiles(analysis);
  const { calibration } = analysis.reportData;
  const bundle = `${into}.bundle`;
  const { redacted, keyId } = await writeBundle({
    runDir: dir,
    out: bundle,
    analysis,
    calibration:
      calibration === null
        ? null
        : { name: "calibration.json", content: `${JSON.stringify(calibration, null, 2)}\n` },
    openings: options.openings,
    reportFiles,
    signingKey,
    version,
  });
  await mkdir(into);
  const archive = join(into, "bundle.tar.gz");
  await packBundle(bundle, archive);
  const signed = keyId === null ? [] : ["bundle.dsse.json", "signature/public-key.pem"];
  for (const name of besideThePage)
    if (await stat(join(bundle, name)).catch(() => null)) await rename(join(bundle, name), join(into, name));
  const sha256 = await fileSha256(archive);
  const entry = siteEntry(candidate, {
    id: options.id,
    redacted,
    keyId,
    bundle: { sha256, bytes: (await stat(archive)).size },
    files: [...reportFiles.map(({ name }) => `report/${name}`), "SHA256SUMS", "VERIFY.md", ...signed].sort(),
  });
  return { entry, report: reportFiles.find(({ name }) => name === "report.html")?.content ?? "" };
}
