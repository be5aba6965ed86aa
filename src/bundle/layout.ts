/** Names in a bundle. The statement covers every file but itself, the sums and the signature. */
export const bundleFiles = {
  statement: "bundle.json",
  sums: "SHA256SUMS",
  envelope: "bundle.dsse.json",
  pae: "signature/pae.bin",
  signature: "signature/signature.bin",
  publicKey: "signature/public-key.pem",
  run: "run",
  analysis: "run/analysis.json",
  manifest: "run/manifest.json",
  calibration: "calibration.json",
  instructions: "VERIFY.md",
} as const;

/** Files that exist only where a bundle is signed. */
export const signatureFiles: readonly string[] = [
  bundleFiles.envelope,
  bundleFiles.pae,
  bundleFiles.signature,
  bundleFiles.publicKey,
];

/** Files that the statement cannot cover. */
export const uncoveredFiles: readonly string[] = [bundleFiles.statement, bundleFiles.sums, ...signatureFiles];

const ownFiles: readonly string[] = [...Object.values(bundleFiles)];
const ownFolders = /^(?:run\/(?:transcripts|attempts|features)|suites|canaries|report)\/[^/]+$/;

/** Whether a bundle has a file of this name: a statement may name others, and nothing would check what they say. */
export const isBundleFile = (name: string): boolean => ownFiles.includes(name) || ownFolders.test(name);

const segment = /^[A-Za-z0-9_][A-Za-z0-9._~@+=-]{0,199}$/;

/**
 * Whether a name may stand in a bundle: a relative path of plain segments, so that it means one file on every system, and a
 * line of SHA256SUMS needs no quoting. No empty, hidden, `.` or `..` segment, no backslash, nothing beyond ASCII.
 */
export function isBundleName(name: string): boolean {
  return name.length <= 400 && name.split("/").every((part) => segment.test(part) && !part.endsWith("."));
}

/** The first two names that are one file where case does not count; null where there are none. */
export function collidingNames(names: Iterable<string>): readonly [string, string] | null {
  const seen = new Map<string, string>();
  for (const name of names) {
    const key = name.toLowerCase();
    const other = seen.get(key);
    if (other !== undefined) return [other, name];
    seen.set(key, name);
  }
  return null;
}

/** File of the manifest's suite number `at`, from 0: its number, and its name as far as it is plain. */
export function suiteFile(name: string, at: number): string {
  return `suites/${at + 1}-${name.replace(/[^A-Za-z0-9_-]+/g, "-").slice(0, 60)}.json`;
}
