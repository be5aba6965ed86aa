import type { Manifest } from "../schema/manifest.ts";
import { readManifest, writeManifest } from "../store/manifest-file.ts";
import { attemptsPath, featuresPath, transcriptPath } from "../store/run-paths.ts";
import { scanFailures } from "../store/scan-transcripts.ts";
import { type LineWriter, lineWriter } from "./line-writer.ts";
import { redactedView, type WithholdOptions } from "./redacted-lines.ts";

export interface RedactOptions extends Pick<WithholdOptions, "withhold" | "key"> {
  /** By default the manifest's reference, and its lab as the labels or the target say. */
  readonly claimsOf?: WithholdOptions["claimsOf"];
  /** None by default. */
  readonly canaries?: WithholdOptions["canaries"];
}

export interface RedactSummary {
  /** Lines in all, and answers among them that features stand for. */
  readonly lines: number;
  readonly answers: number;
  readonly featureBytes: number;
}

/**
 * Writes a run folder without prompts and answers: the manifest without what was asked, transcripts whose texts are
 * replaced by their salted hashes so that the chain still verifies, failed attempts without messages, and
 * `features/<target>.jsonl` with what the analysis reads of each answer. Streams: memory does not grow with the run.
 *
 * @param outDir - absent or empty
 * @throws StoreError for a run that is damaged or redacted already, or where what must stay repeats what was said
 * @see docs/redaction.md
 */
export async function redactRun(
  runDir: string,
  outDir: string,
  options: RedactOptions,
): Promise<RedactSummary> {
  const manifest = await readManifest(runDir);
  const view = redactedView(runDir, manifest, {
    ...options,
    claimsOf: options.claimsOf === undefined ? referenceOf(manifest) : options.claimsOf,
    canaries: options.canaries ?? [],
  });
  // First without sums, because it may refuse.
  view.manifest({});
  const sums: Record<string, string> = {};
  const summary = { lines: 0, answers: 0, featureBytes: 0 };
  for (const { name } of manifest.targets) {
    const transcripts = lineWriter(transcriptPath(outDir, name));
    const features = lineWriter(featuresPath(outDir, name));
    try {
      for await (const { line, sample } of view.lines(name)) {
        await transcripts.write(line);
        summary.lines++;
        if (sample === null) continue;
        if (sample.answer !== undefined) summary.answers++;
        await features.write(sample);
      }
    } finally {
      await transcripts.close();
      const { sha256, bytes } = await features.close();
      sums[name] = sha256;
      summary.featureBytes += bytes;
    }
    await redactFailures(runDir, outDir, name);
  }
  await writeManifest(outDir, view.manifest(sums));
  return summary;
}

function referenceOf({ roles, targets, labels }: Manifest): WithholdOptions["claimsOf"] {
  const target = targets.find(({ name }) => name === roles.reference);
  return target === undefined
    ? null
    : { name: target.name, lab: labels?.families[target.name] ?? target.lab };
}

/** Messages of errors may quote what was asked, and nothing is computed from them or from request ids. */
async function redactFailures(runDir: string, outDir: string, target: string): Promise<void> {
  let writer: LineWriter | null = null;
  try {
    for await (const failed of scanFailures(runDir, target)) {
      writer ??= lineWriter(attemptsPath(outDir, target));
      const attempts = failed.attempts.map((attempt) => ({ ...attempt, message: null, requestId: null }));
      await writer.write({ ...failed, attempts });
    }
  } finally {
    await writer?.close();
  }
}
