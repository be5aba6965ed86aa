/**
 * The same-model line on every labelled pair of a corpus with several samples a probe; a table in Markdown.
 * Usage: npm run --silent bench:same-model -- CORPUS_FOLDER (for example ../shared/corpora/tinystories)
 */
import { measureAnswers } from "../src/analysis/measure-answers.ts";
import { sameModel } from "../src/analysis/same-model.ts";
import { seededRandom } from "../src/schema/random.ts";
import { modelsOf, panelOf, readRecorded } from "./recorded-corpus.ts";

const dir = process.argv[2];
if (dir === undefined) throw new Error("bench:same-model needs a corpus folder with several samples a probe");
const corpus = await readRecorded(dir);
const indexOf = (name: string) => corpus.models.indexOf(name);
const pairs = (corpus.labels.pairs ?? []).filter(
  ({ suspect, reference }) => indexOf(suspect) >= 0 && indexOf(reference) >= 0,
);
const measured = await measureAnswers(corpus.probes, {
  models: modelsOf(corpus),
  panel: panelOf(corpus),
  pairs: pairs.map(({ suspect, reference }) => [indexOf(suspect), indexOf(reference)] as const),
});
console.log(
  "| suspect | reference | label | MMD² | upper 99 % bound | p | `same-model` | evidence |\n| --- | --- | --- | --: | --: | --: | --- | --- |",
);
pairs.forEach(({ suspect, reference, relation }, i) => {
  const { claim, line } = sameModel(measured, indexOf(suspect), indexOf(reference), {
    grams: measured.grams[i] ?? [],
    random: seededRandom(1),
  });
  const number = (value: number | null | undefined) => value?.toFixed(4) ?? "–";
  console.log(
    `| ${suspect} | ${reference} | ${relation} | ${number(line.effect)} | ${number(line.interval?.[1])} | ${line.pValue?.toFixed(3) ?? "–"} | ${claim ? "yes" : "no"} | ${line.summary} |`,
  );
});
