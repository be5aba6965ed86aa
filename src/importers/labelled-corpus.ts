import { access } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../errors.ts";
import type { ProbeAnswers } from "../schema/corpus.ts";
import { readJsonl } from "./jsonl.ts";
import { sourceHash } from "./source-bytes.ts";

/** Recorded answers of a labelled corpus, grouped by prompt. */
export interface CorpusAnswers {
  /** Sorted by prompt id; the family of a prompt is its id up to the first "/" or "|". */
  readonly probes: readonly ProbeAnswers[];
  /** Models with at least one answer, sorted. */
  readonly models: readonly string[];
  /** SHA-256 of the file of responses. */
  readonly sha256: string;
}

/**
 * Reads `responses.jsonl.gz` (or `responses.jsonl`) of a corpus folder into memory, for calibration and benches.
 * @throws UsageError when the folder holds neither, or for a bad row (line and field)
 */
export async function readCorpusAnswers(dir: string): Promise<CorpusAnswers> {
  const path = await responsesFile(dir);
  const byProbe = new Map<string, Map<string, { sample: number; text: string }[]>>();
  const prompts = new Map<string, string>();
  const models = new Set<string>();
  for await (const row of readJsonl(path)) {
    if ("skipped" in row || row.outcome !== "ok") continue;
    models.add(row.model);
    let answers = byProbe.get(row.promptId);
    if (answers === undefined) {
      answers = new Map();
      byProbe.set(row.promptId, answers);
      prompts.set(row.promptId, typeof row.prompt === "string" ? row.prompt : "");
    }
    const ofModel = answers.get(row.model);
    if (ofModel === undefined) answers.set(row.model, [{ sample: row.sample, text: row.text }]);
    else ofModel.push({ sample: row.sample, text: row.text });
  }
  const probes = [...byProbe]
    .sort(([first], [second]) => (first < second ? -1 : 1))
    .map(
      ([probe, answers]): ProbeAnswers => ({
        probe,
        family: /^([^/|]+)[/|]/.exec(probe)?.[1] ?? "imported",
        prompt: prompts.get(probe) ?? "",
        answers: new Map(
          [...answers].map(([model, rows]) => [
            model,
            rows.sort((a, b) => a.sample - b.sample).map(({ text }) => text),
          ]),
        ),
      }),
    );
  return { probes, models: [...models].sort(), sha256: (await sourceHash(path)).sha256 };
}

async function responsesFile(dir: string): Promise<string> {
  for (const name of ["responses.jsonl.gz", "responses.jsonl"]) {
    const path = join(dir, name);
    try {
      await access(path);
      return path;
    } catch {}
  }
  throw new UsageError(
    "corpus.no-responses",
    `${dir} is no labelled corpus: expected responses.jsonl.gz or responses.jsonl beside pairs.json; name a folder that has both`,
  );
}
