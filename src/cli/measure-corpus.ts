import { basename, join, resolve } from "node:path";
import { measureAnswers } from "../analysis/measure-answers.ts";
import { type MeasuredCorpus, scoreCorpus } from "../analysis/score-corpus.ts";
import { loadLabels } from "../config/labels-file.ts";
import { UsageError } from "../errors.ts";
import { readCorpusAnswers } from "../importers/labelled-corpus.ts";
import { threadedMeters } from "../workers/threaded-meters.ts";

/**
 * Reads, measures and scores a labelled corpus folder (`responses.jsonl.gz`, `pairs.json`).
 * @throws UsageError when a file is missing or bad, or the labels name no pairs
 */
export async function measureCorpus(dir: string): Promise<MeasuredCorpus> {
  const labels = await loadLabels(join(dir, "pairs.json"));
  if (!labels.pairs?.length)
    throw new UsageError(
      "corpus.no-pairs",
      `${join(dir, "pairs.json")} labels no pairs: expected a list "pairs" of reference, suspect and relation`,
    );
  const { probes, models, sha256 } = await readCorpusAnswers(dir);
  const panel = (labels.panel ?? models).flatMap((name) =>
    models.includes(name) ? [models.indexOf(name)] : [],
  );
  const measured = await measureAnswers(probes, {
    models: models.map((name) => ({ name, lab: labels.families[name] ?? null })),
    panel,
    meters: threadedMeters,
  });
  return scoreCorpus(measured, labels, { name: labels.name ?? basename(resolve(dir)), sha256 });
}
