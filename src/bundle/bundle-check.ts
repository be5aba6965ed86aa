import { CongenerError } from "../errors.ts";

/** What a bundle is checked for, in the order in which it is told. */
export const bundleCheckNames = [
  "archive",
  "statement",
  "files",
  "sums",
  "copies",
  "signature",
  "transcripts",
  "suites",
  "calibration",
  "canaries",
  "version",
  "features",
  "analysis",
  "report",
  "instructions",
] as const;
export type BundleCheckName = (typeof bundleCheckNames)[number];

/** One thing that was checked. */
export interface BundleCheck {
  readonly name: BundleCheckName;
  /**
   * `holds`; `differs`; `not-checked` where something else stood in the way; `note` where there is nothing to check, and the
   * reader should know.
   */
  readonly status: "holds" | "differs" | "not-checked" | "note";
  /** What holds, or the first difference of this kind: place, what was expected, what is there. */
  readonly message: string;
}

/** From the check that names a difference most precisely to the one that only says that there is one. */
const byPrecision: readonly BundleCheckName[] = [
  "archive",
  "transcripts",
  "suites",
  "calibration",
  "canaries",
  "features",
  "analysis",
  "report",
  "instructions",
  "statement",
  "files",
  "sums",
  "copies",
  "signature",
  "version",
];

/** The difference that tells most, of all that were found; null where none was. */
export function firstOf(checks: readonly BundleCheck[]): BundleCheck | null {
  const differing = checks.filter(({ status }) => status === "differs");
  for (const name of byPrecision) {
    const found = differing.find((check) => check.name === name);
    if (found !== undefined) return found;
  }
  return null;
}

/** A check; where it meets a file that cannot be read, that is its finding, not a failure of the tool. */
export async function checked(
  name: BundleCheckName,
  dir: string,
  check: () => Promise<BundleCheck> | BundleCheck,
): Promise<BundleCheck> {
  try {
    return await check();
  } catch (error) {
    return { name, status: "differs", message: problemIn(dir, error) };
  }
}

/** What an error says of a file in the bundle, with its path from the bundle's folder. @throws the error if nobody expected it */
export function problemIn(dir: string, error: unknown): string {
  if (error instanceof CongenerError)
    return error.message
      .replaceAll(`${dir}/`, "")
      .replace(/; (restore (the file|it) from a copy|use the version of congener).*$/s, "");
  // A value nested deeper than the stack is; no file of ours is.
  if (error instanceof RangeError) return `a file cannot be read: ${error.message}`;
  throw error;
}
