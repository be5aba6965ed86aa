import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import type { MeasuredModel } from "../src/analysis/measured-answers.ts";
import { loadLabels } from "../src/config/labels-file.ts";
import { type CorpusAnswers, readCorpusAnswers } from "../src/importers/labelled-corpus.ts";
import type { Labels } from "../src/schema/labels.ts";

/** Recorded answers with their labels. */
export interface RecordedCorpus extends CorpusAnswers {
  readonly name: string;
  readonly labels: Labels;
}

/** Reads a corpus folder. @throws Error that says where one is looked for, when it is missing */
export async function readRecorded(dir: string): Promise<RecordedCorpus> {
  const file = join(dir, "pairs.json");
  if (!existsSync(file))
    throw new Error(
      `no corpus in ${dir}: expected pairs.json and responses.jsonl.gz; corpora are no part of Congener`,
    );
  const [labels, answers] = [await loadLabels(file), await readCorpusAnswers(dir)];
  return { ...answers, labels, name: basename(resolve(dir)) };
}

/** Models with their labs; a model without a label is a lab of its own. */
export const modelsOf = ({ models, labels }: RecordedCorpus): MeasuredModel[] =>
  models.map((name) => ({ name, lab: labels.families[name] ?? null }));

/** Indices of the labelled panel's models that have answers. */
export const panelOf = ({ models, labels }: RecordedCorpus): number[] =>
  (labels.panel ?? models).map((name) => models.indexOf(name)).filter((index) => index >= 0);
