import { SchemaError } from "../errors.ts";
import type { Analysis } from "../schema/analysis.ts";
import type { BundlePredicate } from "../schema/evidence-bundle.ts";
import { genesisHash } from "../schema/identity.ts";
import type { Manifest } from "../schema/manifest.ts";
import { damagedLine } from "../store/json-lines.ts";
import { refuseLostLines } from "../store/lost-lines.ts";
import { transcriptPath } from "../store/run-paths.ts";
import { chainBreak } from "./chain-break.ts";
import { readTranscriptChain } from "./transcript-chain.ts";

/**
 * Length and last hash of every transcript file of a run, whose chains must join and be those that the analysis was made of.
 * @throws StoreError naming file and line where a chain is broken, or the file that lost lines
 * @throws SchemaError when the run is not what was compared
 */
export async function transcriptHeads(
  runDir: string,
  manifest: Manifest,
  analysis: Analysis,
): Promise<Pick<BundlePredicate, "heads" | "redacted">> {
  const heads: BundlePredicate["heads"] = [];
  let redacted = false;
  for (const target of manifest.targets) {
    const chain = await readTranscriptChain(runDir, target);
    const { head } = chain;
    const lines = chain.links.length;
    refuseLostLines(runDir, manifest, target.name, lines);
    const broken = chainBreak(chain.links, genesisHash, { lines, head });
    if (broken !== null) throw damagedLine(transcriptPath(runDir, target.name), broken.line, broken.message);
    const compared = analysis.reportData.models.find(({ name }) => name === target.name);
    if (compared !== undefined && (compared.headHash !== head || compared.lines !== lines))
      throw new SchemaError(
        "bundle.stale-analysis",
        `the analysis was made of other transcripts of ${target.name}: of ${compared.lines} lines ending in ${compared.headHash.slice(0, 12)}..., the run has ${lines} ending in ${head.slice(0, 12)}...; compare again with: congener compare`,
      );
    redacted ||= chain.redacted;
    heads.push({ target: target.name, lines, head });
  }
  return { heads, redacted };
}
