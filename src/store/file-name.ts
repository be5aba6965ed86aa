import { sha256Hex } from "../schema/identity.ts";

const plainName = /^[a-z0-9_][a-z0-9._-]{0,78}[a-z0-9_-]$|^[a-z0-9_]$/;
const reservedName = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/i;

/**
 * File name of a target's records, without the extension. Plain lower-case names are kept; any other (capitals,
 * slashes, blanks, other scripts, names that Windows reserves, longer than 80) gets a readable stem and eight digits of
 * its SHA-256, so that no two targets meet in one file on a file system that ignores case or Unicode form.
 */
export function targetFileName(target: string): string {
  if (plainName.test(target) && !reservedName.test(target)) return target;
  const stem = target.replace(/[^A-Za-z0-9._-]+/g, "_").slice(0, 60);
  const safeStem = reservedName.test(stem) || /^[.-]/.test(stem) ? `_${stem}` : stem;
  return `${safeStem}~${sha256Hex(target).slice(0, 8)}`;
}
