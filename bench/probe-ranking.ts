/**
 * Whether probes chosen on some models tell more on others: on recorded corpora, prompt ids as probes.
 * Usage: npm run --silent bench:probe-ranking -- DIR... [--count 50] [--splits 20] [--from 1] [--random 20] [--apart]
 *
 * Labs are halved at random (labs of several models, labs of students and the others each by themselves). On one half
 * probes are ranked by `rankProbes`, with all its models as panel. On the other half pairs are scored by their content
 * affinity on the best, the worst and random probes of equal count. The labs of pre-named teachers are always in the
 * judged half, so no probe is chosen on a teacher. Kernels are measured once: how rare a word is was counted over the
 * labelled panel of both halves, and nothing else of one half enters the other. With --apart each half is measured by
 * itself, which takes a minute a split.
 *
 * AUC of `distilled`: students with their pre-named teacher against unrelated pairs. AUC of `one lab`: every two models
 * of one lab (labs weighing the same) against every two of different labs. Splits overlap, so the spread over them is
 * smaller than that over new corpora: ranges are 2.5 and 97.5 % quantiles over splits.
 */
import { parseArgs } from "node:util";
import { affinityOf, centredSums } from "../src/analysis/content-affinity.ts";
import { kernelOf } from "../src/analysis/kernel-chunks.ts";
import { createKernelStack, type KernelStack } from "../src/analysis/kernel-stack.ts";
import { measureAnswers } from "../src/analysis/measure-answers.ts";
import type { MeasuredAnswers } from "../src/analysis/measured-answers.ts";
import { rankProbes } from "../src/analysis/rank-probes.ts";
import { tellingMost } from "../src/probes/probe-order.ts";
import { type Random, seededRandom } from "../src/schema/random.ts";
import { quantile } from "../src/stats/quantile.ts";
import { modelsOf, panelOf, type RecordedCorpus, readRecorded } from "./recorded-corpus.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: "string", default: "50" },
    splits: { type: "string", default: "20" },
    from: { type: "string", default: "1" },
    random: { type: "string", default: "20" },
    apart: { type: "boolean", default: false },
  },
});
if (positionals.length === 0) throw new Error("bench:probe-ranking needs corpus folders");
const [count, splits, randomDraws] = [values.count, values.splits, values.random].map(Number) as [
  number,
  number,
  number,
];

type Aucs = Readonly<Partial<Record<"distilled" | "one lab", number>>>;
/** One split: AUCs by how probes were chosen, and mean tokens of the probes' answers. */
type Split = Readonly<Record<string, Chosen>>;
interface Chosen extends Aucs {
  readonly tokens: number;
  readonly probes: number;
}

for (const dir of positionals) {
  const corpus = await readRecorded(dir);
  const results: Split[] = [];
  const whole = values.apart ? null : await measured(corpus, () => true, panelOf(corpus));
  for (let seed = Number(values.from); seed < Number(values.from) + splits; seed++) {
    results.push(await judgeSplit(corpus, whole, seed));
    console.error(`${corpus.name}: split ${results.length} of ${splits}`);
  }
  report(corpus, results);
}

/** Answers of some models; the panel's indices are the corpus's. */
async function measured(
  corpus: RecordedCorpus,
  wanted: (lab: string) => boolean,
  panel: readonly number[] | "all",
): Promise<MeasuredAnswers> {
  const half = modelsOf(corpus)
    .map((model, index) => ({ ...model, index }))
    .filter(({ name, lab }) => wanted(lab ?? name));
  return measureAnswers(corpus.probes, {
    models: half.map(({ name, lab }) => ({ name, lab })),
    panel: half.flatMap(({ index }, at) => (panel === "all" || panel.includes(index) ? [at] : [])),
  });
}

async function judgeSplit(
  corpus: RecordedCorpus,
  whole: MeasuredAnswers | null,
  seed: number,
): Promise<Split> {
  const random = seededRandom(seed);
  const chosenOn = halfOfLabs(corpus, random);
  const isChosenOn = (lab: string) => chosenOn.has(lab);
  const isJudged = (lab: string) => !chosenOn.has(lab);
  const ranking = rankProbes(
    whole === null ? await measured(corpus, isChosenOn, "all") : withPanel(whole, isChosenOn, () => true),
  );
  const labelledPanel = panelOf(corpus);
  const judged =
    whole === null
      ? await measured(corpus, isJudged, labelledPanel)
      : withPanel(whole, isJudged, (index) => labelledPanel.includes(index));
  const placeOf = new Map(judged.probes.map(({ id }, p) => [id, p]));
  const tokens = tokensOf(corpus);
  const tokensThere = tokensOf(corpus, isChosenOn);
  const aucs = (probes: readonly number[]) => ({
    ...judge(corpus, judged, probes, isJudged),
    tokens: mean(probes.map((p) => tokens[p] as number)),
    probes: probes.length,
  });
  const places = ranking.probes.map(({ probe }) => placeOf.get(probe) as number);
  const byTelling = places.slice(0, count);
  const best = tellingMost(
    ranking.probes.map(({ probe, telling }) => {
      const p = placeOf.get(probe) as number;
      return { p, name: probe, telling, outputTokens: tokensThere[p] as number };
    }),
  ).map(({ p }) => p);
  const byToken = ranking.probes
    .map(({ probe, telling }) => {
      const p = placeOf.get(probe) as number;
      return { p, worth: Math.max(0, telling) ** 2 / Math.max(1, tokensThere[p] as number) };
    })
    .sort((a, b) => b.worth - a.worth)
    .map(({ p }) => p);
  /** The first of some probes that together take the tokens of others. */
  const upToTokens = (from: readonly number[], others: readonly number[]) => {
    const sum = (some: readonly number[]) => some.reduce((total, p) => total + (tokens[p] as number), 0);
    const budget = sum(others);
    const last = from.findIndex((_, i) => sum(from.slice(0, i + 1)) > budget);
    return from.slice(0, Math.max(2, last < 0 ? from.length : last));
  };
  const draws = Array.from({ length: randomDraws }, () => aucs(shuffled(places, random).slice(0, count)));
  return {
    best: aucs(best.slice(0, count)),
    random: averaged(draws),
    "random, as many tokens as the best": averaged(
      Array.from({ length: randomDraws }, () =>
        aucs(upToTokens(shuffled(places, random), best.slice(0, count))),
      ),
    ),
    "best by telling alone": aucs(byTelling),
    longest: aucs(
      places.toSorted((a, b) => (tokensThere[b] as number) - (tokensThere[a] as number)).slice(0, count),
    ),
    worst: aucs(places.slice(-count)),
    "best a token": aucs(byToken.slice(0, count)),
    "random, as many tokens as these": averaged(
      Array.from({ length: randomDraws }, () =>
        aucs(upToTokens(shuffled(places, random), byToken.slice(0, count))),
      ),
    ),
    all: aucs(places),
  };
}

/** The same answers with another panel: models of these labs that are wanted. */
function withPanel(
  whole: MeasuredAnswers,
  ofLab: (lab: string) => boolean,
  wanted: (index: number) => boolean,
): MeasuredAnswers {
  const panel = whole.models.flatMap(({ name, lab }, index) =>
    ofLab(lab ?? name) && wanted(index) ? [index] : [],
  );
  return { ...whole, stack: createKernelStack({ ...whole.stack, panel }) };
}

/** The labs that probes are chosen on. */
function halfOfLabs({ labels, models }: RecordedCorpus, random: Random): Set<string> {
  const labOf = (model: string) => labels.families[model] ?? model;
  const distilled = (labels.pairs ?? []).filter(({ relation }) => relation === "distilled");
  const teachers = new Set(
    distilled.filter(({ teacher }) => teacher).map(({ reference }) => labOf(reference)),
  );
  const students = new Set(distilled.map(({ suspect }) => labOf(suspect)));
  const sizes = new Map<string, number>();
  for (const model of models) sizes.set(labOf(model), (sizes.get(labOf(model)) ?? 0) + 1);
  const strata = new Map<string, string[]>();
  for (const [lab, size] of [...sizes].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (teachers.has(lab)) continue;
    const stratum = `${size > 1} ${students.has(lab)}`;
    strata.set(stratum, [...(strata.get(stratum) ?? []), lab]);
  }
  return new Set(
    [...strata.values()].flatMap((labs) => shuffled(labs, random).slice(0, Math.floor(labs.length / 2))),
  );
}

/** AUCs of content affinities on some probes. */
function judge(
  corpus: RecordedCorpus,
  { models, stack: whole }: MeasuredAnswers,
  probes: readonly number[],
  isJudged: (lab: string) => boolean,
): Aucs {
  const stack = part(whole, probes);
  const keys = models.map(({ name, lab }) => lab ?? name);
  const taken = keys.map(isJudged);
  const affinity = (a: number, b: number) =>
    affinityOf(
      centredSums(
        stack,
        a,
        b,
        stack.panel.filter((model) => keys[model] === keys[a] || keys[model] === keys[b]),
      ),
    ) ?? 0;
  const indexOf = new Map(models.flatMap(({ name }, index) => (taken[index] ? [[name, index]] : [])));
  const labelled = (wanted: (pair: { relation: string; teacher?: boolean | undefined }) => boolean) =>
    (corpus.labels.pairs ?? []).flatMap((pair) => {
      const [a, b] = [indexOf.get(pair.reference), indexOf.get(pair.suspect)];
      return a === undefined || b === undefined || !wanted(pair)
        ? []
        : [{ value: affinity(a, b), weight: 1 }];
    });
  const distilled = labelled(({ relation, teacher }) => relation === "distilled" && teacher === true);
  const unrelated = labelled(({ relation }) => relation === "independent" || relation === "undocumented");
  const twos = keys.flatMap((key, a) =>
    keys.slice(0, a).flatMap((other, b) => (taken[a] && taken[b] ? { a, b, key, same: key === other } : [])),
  );
  const ofLab = (key: string) => twos.filter((two) => two.same && two.key === key).length;
  const scored = (same: boolean) =>
    twos
      .filter((two) => two.same === same)
      .map(({ a, b, key }) => ({ value: affinity(a, b), weight: same ? 1 / ofLab(key) : 1 }));
  return {
    ...(distilled.length > 0 && unrelated.length > 0 ? { distilled: auc(distilled, unrelated) } : {}),
    "one lab": auc(scored(true), scored(false)),
  };
}

function part(stack: KernelStack, probes: readonly number[]): KernelStack {
  const { modelCount, panel, kernels, present } = stack;
  return createKernelStack({
    modelCount,
    panel,
    kernels: probes.map((p) => kernelOf(kernels, p)),
    present: Uint8Array.from(
      probes.flatMap((p) => [...present.subarray(p * modelCount, (p + 1) * modelCount)]),
    ),
    blockOf: new Int32Array(probes.length),
    blockCount: 1,
  });
}

interface Weighted {
  readonly value: number;
  readonly weight: number;
}

/** Probability that a positive is above a negative, ties half; both weighted. */
function auc(positive: readonly Weighted[], negative: readonly Weighted[]): number {
  let above = 0;
  let total = 0;
  for (const one of positive)
    for (const other of negative) {
      const weight = one.weight * other.weight;
      above += weight * (one.value > other.value ? 1 : one.value === other.value ? 0.5 : 0);
      total += weight;
    }
  return above / total;
}

/** Tokens of an answer of some models to each probe, four characters one, in the corpus's order; 0 without an answer. */
function tokensOf(
  { probes, labels }: RecordedCorpus,
  ofLab: (lab: string) => boolean = () => true,
): number[] {
  return probes.map(({ answers }) => {
    const lengths = [...answers].flatMap(([model, texts]) =>
      ofLab(labels.families[model] ?? model) ? texts.map(({ length }) => length / 4) : [],
    );
    return lengths.length === 0 ? 0 : mean(lengths);
  });
}

function averaged(draws: readonly Chosen[]): Chosen {
  const over = (key: "distilled" | "one lab") => {
    const found = draws.flatMap((draw) => draw[key] ?? []);
    return found.length > 0 ? { [key]: mean(found) } : {};
  };
  return {
    ...over("distilled"),
    ...over("one lab"),
    tokens: mean(draws.map(({ tokens }) => tokens)),
    probes: mean(draws.map(({ probes }) => probes)),
  };
}

function report(corpus: RecordedCorpus, results: readonly Split[]): void {
  const range = (found: readonly number[]) =>
    `${mean(found).toFixed(3)} [${quantile(found, 0.025).toFixed(3)}, ${quantile(found, 0.975).toFixed(3)}]`;
  const signed = (found: readonly number[]) =>
    `${mean(found) > 0 ? "+" : ""}${range(found)}, above 0 in ${found.filter((value) => value > 0).length} of ${found.length}`;
  console.log(`## ${corpus.name}: ${count} of ${corpus.probes.length} probes, ${results.length} splits\n`);
  console.log(
    "| pairs | chosen | probes | AUC | AUC less that of random probes | tokens an answer |\n| --- | --- | --- | --- | --- | --- |",
  );
  for (const kind of ["distilled", "one lab"] as const)
    for (const chosen of Object.keys(results[0] ?? {})) {
      const both = results.flatMap((split) => {
        const [value, random] = [split[chosen]?.[kind], split.random?.[kind]];
        return value === undefined || random === undefined ? [] : [{ value, random }];
      });
      if (both.length === 0) continue;
      const difference = both.map(({ value, random }) => value - random);
      console.log(
        `| ${kind} | ${chosen} | ${Math.round(mean(results.map((split) => split[chosen]?.probes ?? 0)))} | ${range(both.map(({ value }) => value))} | ${chosen === "random" ? "" : signed(difference)} | ${Math.round(mean(results.map((split) => split[chosen]?.tokens ?? 0)))} |`,
      );
    }
  console.log("");
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

function mean(found: readonly number[]): number {
  return found.reduce((sum, value) => sum + value, 0) / found.length;
}
