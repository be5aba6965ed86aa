import { closest } from "fastest-levenshtein";
import { UsageError } from "../../errors.ts";
import { extractAnswer } from "../../extract/extract-answer.ts";
import { promptText } from "../../probes/prompt-text.ts";
import { probeHash } from "../../schema/identity.ts";
import type { Manifest } from "../../schema/manifest.ts";
import type { Probe } from "../../schema/probe.ts";
import type { Outcome } from "../../schema/transcript.ts";
import { scanTranscripts } from "../../store/scan-transcripts.ts";

/** What one target answered to a probe. */
export interface TargetAnswers {
  readonly target: string;
  readonly recorded: number;
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
  /** Extracted answers of `ok` samples by count, the most frequent first; null is an answer that gives no category. */
  readonly extracted: readonly { readonly answer: string | null; readonly count: number }[];
  /** Further extracted answers that are not listed. */
  readonly otherExtracted: number;
  /** The first samples by number, each text cut; null where it is redacted. */
  readonly answers: readonly {
    readonly index: number;
    readonly wording: number;
    readonly outcome: Outcome;
    readonly text: string | null;
    readonly extracted: string | null;
    /** UTF-16 units of the text that are left out. */
    readonly cut: number;
  }[];
}

/** What was answered to one probe; texts are a model's own and not yet made visible. */
export interface ShownProbe {
  readonly schemaVersion: 1;
  readonly probe: string;
  readonly suite: string;
  readonly family: string;
  readonly kind: string;
  readonly prompt: string;
  readonly targets: readonly TargetAnswers[];
}

/** Extracted answers that are listed of one target, and how much of a text is kept. */
const most = { extracted: 12, text: 2_000, answer: 200 };

/** @throws UsageError for a probe that the run does not have */
export async function probeAnswers(
  dir: string,
  manifest: Manifest,
  wanted: { readonly probe: string; readonly targets: readonly string[]; readonly answers: number },
): Promise<ShownProbe> {
  const { suite, probe } = findProbe(manifest, wanted.probe);
  const hash = probeHash(probe);
  const targets: TargetAnswers[] = [];
  for (const target of wanted.targets)
    targets.push(await targetAnswers(dir, target, { hash, probe, answers: wanted.answers }));
  return {
    schemaVersion: 1,
    probe: probe.id,
    suite,
    family: probe.family,
    kind: probe.answer.kind,
    prompt: promptText(probe).slice(0, most.text),
    targets,
  };
}

async function targetAnswers(
  dir: string,
  target: string,
  { hash, probe, answers }: { readonly hash: string; readonly probe: Probe; readonly answers: number },
): Promise<TargetAnswers> {
  let recorded = 0;
  const outcomes: Partial<Record<Outcome, number>> = {};
  const counts = new Map<string | null, number>();
  let shown: TargetAnswers["answers"][number][] = [];
  for await (const sample of scanTranscripts(dir, target)) {
    if (sample.probeHash !== hash) continue;
    const { outcome, index, wording } = sample;
    recorded++;
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    const { text } = sample.whole();
    const extracted =
      outcome === "ok" && typeof text === "string" ? extractAnswer(text, probe.answer, probe.language) : null;
    const cutAnswer = extracted?.slice(0, most.answer) ?? null;
    if (outcome === "ok") counts.set(cutAnswer, (counts.get(cutAnswer) ?? 0) + 1);
    shown.push({
      index,
      wording,
      outcome,
      text: typeof text === "string" ? text.slice(0, most.text) : null,
      extracted: cutAnswer,
      cut: typeof text === "string" ? Math.max(0, text.length - most.text) : 0,
    });
    // Samples come in any order; only the first few by number are kept.
    if (shown.length > 2 * answers + 16) shown = firstOf(shown, answers);
  }
  const ordered = [...counts].sort(
    ([first, a], [second, b]) => b - a || (String(first) < String(second) ? -1 : 1),
  );
  return {
    target,
    recorded,
    outcomes,
    extracted: ordered.slice(0, most.extracted).map(([answer, count]) => ({ answer, count })),
    otherExtracted: Math.max(0, ordered.length - most.extracted),
    answers: firstOf(shown, answers),
  };
}

const firstOf = (answers: TargetAnswers["answers"], count: number) =>
  answers.toSorted((a, b) => a.index - b.index || a.wording - b.wording).slice(0, count);

function findProbe(manifest: Manifest, id: string): { suite: string; probe: Probe } {
  const all = manifest.suites.flatMap((suite) => suite.probes.map((probe) => ({ suite: suite.name, probe })));
  const found = all.find(({ probe }) => probe.id === id);
  if (found !== undefined) return found;
  const nearest =
    all.length === 0
      ? null
      : closest(
          id,
          all.map(({ probe }) => probe.id),
        );
  throw new UsageError(
    "show.probe",
    `no probe ${id} in this run${nearest === null ? "" : `; the nearest name is ${nearest}`}; list them with: congener show RUN`,
  );
}
