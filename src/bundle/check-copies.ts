import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { BundleCheck } from "./bundle-check.ts";
import { fileSha256 } from "./bundle-inventory.ts";
import { firstFew } from "./check-files.ts";

/**
 * Whether the files that a published report's folder shows beside its archive are those in the archive. Pages are not among them:
 * they depend on the site's other reports.
 * @param files - of the bundle
 */
export async function checkCopies(
  dir: string,
  reportDir: string,
  files: readonly string[],
): Promise<BundleCheck> {
  const problems: string[] = [];
  let copies = 0;
  for (const name of files) {
    const found = await stat(join(reportDir, name)).catch(() => null);
    if (found === null) continue;
    copies++;
    const isSame =
      found.isFile() && (await fileSha256(join(reportDir, name))) === (await fileSha256(join(dir, name)));
    if (!isSame) problems.push(`${name} beside the archive is not the one in it`);
  }
  return problems.length > 0
    ? { name: "copies", status: "differs", message: firstFew(problems) }
    : {
        name: "copies",
        status: "holds",
        message: `${copies} files beside the archive are those in it; the site's pages are not: what counts is report/report.html`,
      };
}
