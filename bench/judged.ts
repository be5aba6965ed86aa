/**
 * Judges the measure on recorded corpora as docs/method.md says: pre-named teachers, pooled over corpora, students of
 * another lab and of the teacher's own apart, controls as suspects (matched negatives), calibration leave-one-cluster-out
 * and from one corpus to the other, and few random probes.
 * Usage: npm run bench:judged -- DIR... [--draws 8 --replicates 1000 --few 50,200]
 */
import { parseArgs } from "node:util";
import { fitCalibration } from "../src/analysis/calibrate.ts";
import { fitFusion, fusedLogOdds } from "../src/analysis/fit-fusion.ts";
import { measureAnswers } from "../src/analysis/measure-answers.ts";
import type { MeasuredAnswers } from "../src/analysis/measured-answers.ts";
import { type CorpusPair, type MeasuredCorpus, scoreCorpus } from "../src/analysis/score-corpus.ts";
import { isDistilled, isUnrelated } from "../src/analysis/scored-pair.ts";
import { type Random, seededRandom } from "../src/schema/random.ts";
import { cllr } from "../src/stats/cllr.ts";
import { cllrMin } from "../src/stats/cllr-min.ts";
import { clusterBootstrap } from "../src/stats/cluster-bootstrap.ts";
import { rocAuc } from "../src/stats/roc-auc.ts";
import { tprAtFpr } from "../src/stats/tpr-at-fpr.ts";
import { controlPairs } from "./false-claims/corpus-claims.ts";
import { modelsOf, panelOf, type RecordedCorpus, readRecorded } from "./recorded-corpus.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    draws: { type: "string", default: "8" },
    replicates: { type: "string", default: "1000" },
    few: { type: "string", default: "50,200" },
  },
});
if (positionals.length === 0) throw new Error("bench:judged needs corpus folders");
const random = seededRandom(1);

interface Judged {
  readonly corpus: RecordedCorpus;
  readonly scored: MeasuredCorpus;
  readonly controls: readonly CorpusPair[];
}

const measure = (corpus: RecordedCorpus, probes = corpus.probes): Promise<MeasuredAnswers> =>
  measureAnswers(probes, { models: modelsOf(corpus), panel: panelOf(corpus) });
const source = ({ name, sha256 }: RecordedCorpus) => ({ name, sha256 });

const all: Judged[] = [];
for (const dir of positionals) {
  const corpus = await readRecorded(dir);
  const measured = await measure(corpus);
  const { families } = corpus.labels;
  const controls = scoreCorpus(measured, { families, pairs: controlPairs(corpus) }, source(corpus)).pairs;
  all.push({ corpus, scored: scoreCorpus(measured, corpus.labels, source(corpus)), controls });
}
const options = { name: "bench", domain: "real-models", congenerVersion: "0", random } as const;
const { calibration, leftOutLog10LR } = fitCalibration(
  all.map(({ scored, controls }) => ({ ...scored, pairs: [...scored.pairs, ...controls] })),
  options,
);

type Score = (pair: CorpusPair) => number | null;
const shipped = [calibration.intercept, ...calibration.weights];
const scores: Readonly<Record<string, Score>> = {
  "LR, leave-one-cluster-out": (pair) => leftOutLog10LR.get(pair) ?? null,
  "content score": ({ contentScore }) => contentScore,
  "content affinity": ({ contentAffinity }) => contentAffinity,
  "habit affinity": ({ habitAffinity }) => habitAffinity,
};

const known = (pairs: readonly CorpusPair[], score: Score) => pairs.flatMap((pair) => score(pair) ?? []);
const sameLab = ({ referenceLab, suspectLab }: CorpusPair) => referenceLab === suspectLab;
const students = ({ scored }: Judged, own: boolean) =>
  scored.pairs.filter((pair) => isDistilled(pair) && sameLab(pair) === own);
const unrelated = ({ scored }: Judged) => scored.pairs.filter(isUnrelated);

/** AUC and TPR at 1 % FPR with 95 % intervals: lineages and suspects' labs drawn with replacement. */
function discrimination(positive: readonly CorpusPair[], negative: readonly CorpusPair[], score: Score) {
  const clusterOf = (pair: CorpusPair) => pair.cluster ?? pair.suspectLab;
  const clusters = [...new Set([...positive, ...negative].map(clusterOf))].map((name) => ({
    positive: known(
      positive.filter((pair) => clusterOf(pair) === name),
      score,
    ),
    negative: known(
      negative.filter((pair) => clusterOf(pair) === name),
      score,
    ),
  }));
  const of = (statistic: (p: number[], n: number[]) => number) => {
    const value = (some: readonly (typeof clusters)[number][]) =>
      statistic(
        some.flatMap((one) => one.positive),
        some.flatMap((one) => one.negative),
      );
    if (clusters.filter((one) => one.positive.length > 0).length < 3) return value(clusters).toFixed(3);
    const { estimate, interval } = clusterBootstrap(clusters, value, {
      random: seededRandom(1),
      replicates: Number(values.replicates),
    });
    return `${estimate.toFixed(3)} [${interval.map((end) => end.toFixed(2)).join(", ")}]`;
  };
  if (known(positive, score).length === 0 || known(negative, score).length === 0) return "none";
  return `${of(rocAuc).padEnd(20)} ${of((p, n) => tprAtFpr(p, n, 0.01)).padEnd(20)}`;
}

const print = (...cells: (string | number)[]) => console.log(cells.join("  "));
print("AUC and TPR at 1 % FPR, with 95 % intervals over lineages and labs");
const groups: [string, CorpusPair[], CorpusPair[]][] = [
  ["pooled, students of another lab", all.flatMap((one) => students(one, false)), all.flatMap(unrelated)],
  ["pooled, students of the same lab", all.flatMap((one) => students(one, true)), all.flatMap(unrelated)],
  ...all.flatMap((one): [string, CorpusPair[], CorpusPair[]][] => {
    const both = [...students(one, false), ...students(one, true)];
    return [
      [one.corpus.name, both, unrelated(one)],
      [`${one.corpus.name}, controls as suspects`, both, [...one.controls]],
    ];
  }),
];
for (const [name, positive, negative] of groups) {
  print(`${name}: ${positive.length} distilled, ${negative.length} unrelated`);
  for (const [label, score] of Object.entries(scores))
    print(`  ${label.padEnd(27)}`, discrimination(positive, negative, score));
}

print("\nLikelihood ratios");
const natural = (pairs: readonly CorpusPair[], log10LR: Score) =>
  known(pairs, log10LR).map((value) => value * Math.LN10);
function calibrated(name: string, of: readonly Judged[], log10LR: Score) {
  const distilled = natural(
    of.flatMap((one) => one.scored.pairs.filter(isDistilled)),
    log10LR,
  );
  const others = natural(of.flatMap(unrelated), log10LR);
  if (distilled.length === 0 || others.length === 0) return;
  const base10 = (list: readonly number[]) => list.map((value) => value / Math.LN10);
  print(
    `  ${name}: Cllr ${cllr(base10(distilled), base10(others)).toFixed(3)} (minimum ${cllrMin(base10(distilled), base10(others)).toFixed(3)}),`,
    `unrelated with LR > 10: ${others.filter((value) => value > Math.LN10 * 1).length} of ${others.length}`,
  );
}
calibrated("leave-one-cluster-out, both", all, scores["LR, leave-one-cluster-out"] as Score);
for (const one of all)
  calibrated(
    `leave-one-cluster-out, ${one.corpus.name}`,
    [one],
    scores["LR, leave-one-cluster-out"] as Score,
  );
for (const one of all)
  for (const other of all) {
    if (other === one) continue;
    const fit = fitFusion(one.scored.pairs.map((pair) => ({ pair, corpus: 0 })));
    if (fit === null) continue;
    calibrated(`fitted on ${one.corpus.name}, tested on ${other.corpus.name}`, [other], ({ features }) =>
      features === null ? null : fusedLogOdds(fit, features) / Math.LN10,
    );
  }

print("\nFew random probes, one sample: AUC (mean over draws), weights of all probes of both corpora");
for (const count of values.few.split(",").map(Number))
  for (const { corpus } of all) {
    if (corpus.probes.length <= count) continue;
    const aucs: Record<string, number[]> = {};
    for (let draw = 0; draw < Number(values.draws); draw++) {
      const measured = await measure(corpus, drawn(corpus.probes, count, random));
      const { pairs } = scoreCorpus(measured, corpus.labels, source(corpus));
      const columns: Readonly<Record<string, Score>> = {
        ...scores,
        "LR, leave-one-cluster-out": ({ features }) =>
          features === null ? null : fusedLogOdds(shipped, features),
      };
      for (const [label, score] of Object.entries(columns)) {
        const name = label.startsWith("LR") ? "log LR" : label;
        const positive = known(pairs.filter(isDistilled), score);
        const negative = known(pairs.filter(isUnrelated), score);
        aucs[name] = [...(aucs[name] ?? []), rocAuc(positive, negative)];
      }
    }
    const mean = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0) / list.length;
    print(
      `  ${count} of ${corpus.name}:`,
      ...Object.entries(aucs).map(([name, list]) => `${name} ${mean(list).toFixed(3)}`),
    );
  }

/** `count` items in their order, drawn without replacement. */
function drawn<T>(items: readonly T[], count: number, random: Random): T[] {
  const places = items.map((_, at) => ({ at, key: random() })).sort((a, b) => a.key - b.key);
  const chosen = new Set(places.slice(0, count).map(({ at }) => at));
  return items.filter((_, at) => chosen.has(at));
}
