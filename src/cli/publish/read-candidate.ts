import { firstDifference, shortJson } from "../../bundle/first-difference.ts";
import { UsageError } from "../../errors.ts";
import type { Analysis } from "../../schema/analysis.ts";
import { statisticVersion } from "../../schema/calibration.ts";
import type { Manifest } from "../../schema/manifest.ts";
import { readAnalysis } from "../../store/analysis-file.ts";
import { refuseLiveWriter } from "../../store/lock.ts";
import { readManifest } from "../../store/manifest-file.ts";
import { shellWord } from "../shell-word.ts";
import { compareAgain } from "./compare-again.ts";
import { noOpenings, type PublishedOpenings } from "./published-openings.ts";

/** A run that is to be published. */
export interface Candidate {
  readonly dir: string;
  /** As it was typed. */
  readonly name: string;
  readonly manifest: Manifest;
  readonly analysis: Analysis;
  /** Whether the analysis tested canaries: their openings are then published with it. */
  readonly hasCanaries: boolean;
}

/**
 * Manifest and analysis of a run, without the long work.
 * @throws UsageError for a shard, a name that is not well-formed, an analysis of another version of the statistics, or canaries that were not given
 * @throws StoreError without a run or an analysis, or while the run is written to; SchemaError for another schema version
 */
export async function readCandidate(
  dir: string,
  name: string,
  openings: PublishedOpenings,
): Promise<Candidate> {
  const manifest = await readManifest(dir);
  if (manifest.shard !== undefined) {
    const { index, count } = manifest.shard;
    throw new UsageError(
      "publish.shard",
      `${name} is shard ${index} of ${count}: expected a whole run; unite the shards first: congener merge SHARD... --run DIR, then compare it`,
    );
  }
  // Canonical JSON, and with it the hashes of a bundle, knows whole characters only.
  if (/\p{Cs}/u.test(manifest.name))
    throw new UsageError(
      "publish.name",
      `the name of the run ${name} holds half a character (a lone surrogate): expected whole ones; change name in its configuration and run it again into another folder`,
    );
  refuseLiveWriter(dir);
  const analysis = await readAnalysis(dir);
  const again = `congener compare ${shellWord(name)}`;
  if (analysis.statisticVersion !== statisticVersion)
    throw new UsageError(
      "publish.statistic-version",
      `the analysis of ${name} is of version ${analysis.statisticVersion} of the statistics: expected ${statisticVersion}, for it is recomputed before it is published; compare again: ${again}`,
    );
  const hasCanaries = analysis.suspects.some(({ canary }) => canary !== undefined);
  if (hasCanaries && openings.files.length === 0)
    throw new UsageError(
      "publish.canary",
      `the analysis of ${name} holds canaries: expected their openings, to be published with it; name them as compare was given them: --canary OPENING,COMMITMENT`,
    );
  return { dir, name, manifest, analysis, hasCanaries };
}

/**
 * Refuses a run whose analysis is not what its transcripts give now.
 * @throws UsageError naming the first difference
 */
export async function refuseStale(candidate: Candidate, openings: PublishedOpenings): Promise<void> {
  const { dir, name, analysis, hasCanaries } = candidate;
  const recomputed = await compareAgain(dir, analysis, (hasCanaries ? openings : noOpenings).loaded);
  // What was compared goes before what came of it: it says why.
  const found =
    firstDifference(recorded(analysis), recorded(recomputed)) ?? firstDifference(analysis, recomputed);
  if (found === null) return;
  throw new UsageError(
    "publish.stale",
    `the analysis of ${name} is not what its transcripts give: ${found.path} is ${shortJson(found.expected)}, recomputed ${shortJson(found.got)}; compare again: ${commandOf(analysis, name)}`,
  );
}

/** Lines and chain heads of the transcripts behind an analysis, by model. */
const recorded = ({ reportData }: Analysis) => ({
  transcripts: Object.fromEntries(
    reportData.models.map(({ name, lines, headHash }) => [name, { lines, headHash }]),
  ),
});

/** The command that made the analysis, of the run as it was named now. */
function commandOf({ reportData }: Analysis, name: string): string {
  const compare = `congener compare ${shellWord(name)}`;
  const known = reportData.commands.findLast((command) => command.startsWith("congener compare "));
  return known?.replace(/^congener compare (?:'(?:[^']|'\\'')*'|\S)+/, () => compare) ?? compare;
}
