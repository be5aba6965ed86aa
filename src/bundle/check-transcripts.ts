import type { Analysis } from "../schema/analysis.ts";
import type { BundlePredicate } from "../schema/evidence-bundle.ts";
import { genesisHash } from "../schema/identity.ts";
import type { Manifest } from "../schema/manifest.ts";
import { targetFileName } from "../store/file-name.ts";
import type { TargetSummary } from "../store/read-transcripts.ts";
import { type BundleCheck, problemIn } from "./bundle-check.ts";
import type { Inventory } from "./bundle-inventory.ts";
import { chainBreak } from "./chain-break.ts";
import { firstFew } from "./check-files.ts";
import { bundleFiles } from "./layout.ts";
import { countTranscriptChain } from "./transcript-chain.ts";

/** What a bundle says of its transcripts. */
export interface ClaimedTranscripts {
  readonly manifest: Manifest;
  readonly heads: BundlePredicate["heads"];
  readonly redacted: boolean;
  /** Null where it cannot be read. */
  readonly analysis: Analysis | null;
}

/** The check, and whether every chain is whole: then a recomputation says something, and the counts of its lines hold. */
export type TranscriptsCheck = BundleCheck & {
  readonly chainsHold: boolean;
  /** By target, as far as they could be counted. */
  readonly summaries: ReadonlyMap<string, TargetSummary>;
};

/**
 * Whether every line of every transcript file is in its place: the hash chains join from the first line to the last, end where
 * statement and analysis say, and there is a file for no other target. Names file and line of the first that is not.
 * @param runDir - the bundle's run folder
 */
export async function checkTranscripts(
  runDir: string,
  claimed: ClaimedTranscripts,
  { files }: Inventory,
): Promise<TranscriptsCheck> {
  const { manifest, heads, analysis } = claimed;
  const broken: string[] = [];
  const stale: string[] = [];
  const summaries = new Map<string, TargetSummary>();
  let lines = 0;
  let redacted = false;
  for (const target of manifest.targets) {
    const place = transcriptName(target.name);
    const end = heads.find((head) => head.target === target.name);
    if (end === undefined) {
      broken.push(`${place}: ${bundleFiles.statement} has no head for target ${target.name}`);
      continue;
    }
    if (end.lines > 0 && !files.includes(place)) {
      broken.push(`${place} is missing: expected its ${end.lines} lines`);
      continue;
    }
    try {
      const chain = await countTranscriptChain(runDir, target);
      if (chain.summary !== null) summaries.set(target.name, chain.summary);
      lines += chain.links.length;
      redacted ||= chain.redacted;
      const found = chainBreak(chain.links, genesisHash, end);
      if (found !== null) broken.push(`${place}:${found.line}: ${found.message}`);
    } catch (error) {
      broken.push(problemIn(runDir, error).replace("transcripts/", "run/transcripts/"));
    }
    const compared = analysis?.reportData.models.find(({ name }) => name === target.name);
    if (compared !== undefined && (compared.lines !== end.lines || compared.headHash !== end.head))
      stale.push(
        `${bundleFiles.analysis} was made of other transcripts of ${target.name}: ${compared.lines} lines ending in ${compared.headHash.slice(0, 12)}..., here are ${end.lines} ending in ${end.head.slice(0, 12)}...`,
      );
  }
  broken.push(...strayFiles(claimed, files));
  if (redacted !== claimed.redacted)
    broken.push(
      `${bundleFiles.statement} says that the bundle is ${claimed.redacted ? "" : "not "}redacted: it is ${redacted ? "" : "not "}`.trim(),
    );
  const problems = [...broken, ...stale];
  const chainsHold = broken.length === 0;
  if (problems.length > 0)
    return { name: "transcripts", status: "differs", message: firstFew(problems), chainsHold, summaries };
  return {
    name: "transcripts",
    status: "holds",
    message: `${lines} lines of ${manifest.targets.length} targets join in their hash chains, from first to last`,
    chainsHold,
    summaries,
  };
}

const transcriptName = (target: string): string => `run/transcripts/${targetFileName(target)}.jsonl`;

const isOfTarget = /^run\/(?:transcripts|attempts|features)\//;

/** Transcripts, attempts, features and heads of no target. */
function strayFiles({ manifest, heads }: ClaimedTranscripts, files: readonly string[]): string[] {
  const known = new Set(manifest.targets.map(({ name }) => `${targetFileName(name)}.jsonl`));
  const names = new Set(manifest.targets.map(({ name }) => name));
  return [
    ...files
      .filter((file) => isOfTarget.test(file) && !known.has(file.replace(isOfTarget, "")))
      .map((file) => `${file} is of no target of ${bundleFiles.manifest}`),
    ...heads
      .filter(({ target }) => !names.has(target))
      .map(
        ({ target }) =>
          `target ${target} has a head in ${bundleFiles.statement} and is not in ${bundleFiles.manifest}`,
      ),
  ];
}
