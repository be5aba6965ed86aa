import type { Analysis, Caveat } from "../schema/analysis.ts";
import { scanFailures, scanTranscripts } from "../store/scan-transcripts.ts";

/** Below this share of a target's samples nothing is said. */
const smallShare = 0.02;

/** How the answers of one target may be a selection of what it would have said. */
interface Selection {
  readonly recorded: number;
  /** Recorded after an attempt that ran out of time: the answer that took too long was thrown away, another one drawn. */
  readonly redrawn: number;
  /** Given up and not recorded since, by class of the last failure. */
  readonly left: ReadonlyMap<string, number>;
}

/**
 * The analysis with a caveat at a suspect where suspect or reference was asked anew because an answer ran out of time, or
 * where samples were given up. An answer that takes longer than `limits.timeoutMs` is thrown away and drawn again until one is short
 * enough, which censors long answers; to leave the samples that were drawn again out does not bring the long ones back.
 * Imported answers have no attempts, and no caveat.
 * @throws StoreError for a damaged line
 */
export async function withSelectionCaveats(dir: string, analysis: Analysis): Promise<Analysis> {
  const { reference, suspects } = analysis;
  const caveats = new Map<string, readonly Caveat[]>();
  for (const name of new Set([reference, ...suspects.map((suspect) => suspect.name)]))
    caveats.set(name, selectionCaveats(name, await selectionOf(dir, name)));
  return {
    ...analysis,
    suspects: suspects.map((suspect) => ({
      ...suspect,
      caveats: [...suspect.caveats, ...[suspect.name, reference].flatMap((name) => caveats.get(name) ?? [])],
    })),
  };
}

async function selectionOf(dir: string, target: string): Promise<Selection> {
  const failed = new Map<string, string>();
  for await (const { sampleId, attempts } of scanFailures(dir, target))
    failed.set(sampleId, attempts.at(-1)?.errorClass ?? "unknown");
  let recorded = 0;
  let redrawn = 0;
  for await (const { sampleId, attempts } of scanTranscripts(dir, target)) {
    recorded++;
    const before = failed.get(sampleId);
    failed.delete(sampleId);
    if (before === "timeout" || attempts.some(({ errorClass }) => errorClass === "timeout")) redrawn++;
  }
  const left = new Map<string, number>();
  for (const errorClass of failed.values()) left.set(errorClass, (left.get(errorClass) ?? 0) + 1);
  return { recorded, redrawn, left };
}

function selectionCaveats(target: string, { recorded, redrawn, left }: Selection): Caveat[] {
  const missing = [...left.values()].reduce((sum, count) => sum + count, 0);
  const least = smallShare * (recorded + missing);
  const outOfTime = redrawn + (left.get("timeout") ?? 0);
  const classes = [...left].map(([errorClass, count]) => `${errorClass} ${count}`).join(", ");
  return [
    ...(outOfTime > least
      ? [
          {
            code: "long-answers-censored",
            message: `${target}: ${outOfTime} of ${recorded + missing} samples ran out of time at least once, ${redrawn} of them were drawn again: answers that take longer than limits.timeoutMs are missing, so that short ones are too many.`,
            advice: "Raise limits.timeoutMs and ask anew in another run folder.",
          },
        ]
      : []),
    ...(missing > least
      ? [
          {
            code: "samples-given-up",
            message: `${target}: ${missing} of ${recorded + missing} samples that were asked have no answer (${classes}), and nobody knows what they would have been.`,
            advice: "Issue the same congener run again: it asks what is missing.",
          },
        ]
      : []),
  ];
}
