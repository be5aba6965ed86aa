import { firstDifference, shortJson } from "../../bundle/first-difference.ts";
import { UsageError } from "../../errors.ts";
import type { Analysis } from "../../schema/analysis.ts";
import { compareAgain } from "./compare-again.ts";
import { type PublishedOpenings, withoutGreenLists } from "./published-openings.ts";
import type { Candidate } from "./read-candidate.ts";
import { redactPublished } from "./redact-published.ts";

/**
 * The run without its prompts and answers, in a folder of its own, with the comparison of what is left: the one that can be
 * recomputed by who has only that.
 *
 * @param into - absent or empty
 * @param key - which goes nowhere near `into`
 * @throws UsageError where the redacted run would say something else than the whole one
 */
export async function redactCandidate(
  candidate: Candidate,
  into: string,
  openings: PublishedOpenings,
  key: Buffer,
): Promise<{ readonly candidate: Candidate; readonly openings: PublishedOpenings }> {
  const { dir, name, analysis } = candidate;
  const kept = withoutGreenLists(openings);
  await redactPublished(dir, into, {
    key,
    analysis,
    openings: kept.loaded.openings,
  });
  const redacted = await compareAgain(into, analysis, kept.loaded);
  const found = firstDifference(findings(analysis), findings(redacted));
  if (found !== null)
    throw new UsageError(
      "publish.redacted-differs",
      `${name} without its texts gives another result: ${found.path} is ${shortJson(found.expected)}, redacted ${shortJson(found.got)}; publish it without --redact`,
    );
  return {
    candidate: {
      ...candidate,
      dir: into,
      analysis: redacted,
      hasCanaries: kept.loaded.openings.length > 0,
    },
    openings: kept,
  };
}

/** What a reader takes away. */
const findings = ({ suspects }: Analysis) =>
  suspects.map(({ name, finding, log10LR, log10LRInterval }) => ({
    name,
    finding,
    log10LR,
    log10LRInterval,
  }));
