/**
 * Which further lines of evidence earn a place in the fusion: adds each in turn to content and habit score as a third
 * feature and compares likelihood ratios leave-one-cluster-out on recorded corpora.
 * Usage: npm run bench:fusion-candidates -- DIR...
 *
 * The third weight is shrunk as a departure from the mix is. A pair left out is judged by a fit without its lineage, and
 * without every pair that has its suspect's lab.
 */
import { measureAnswers } from "../src/analysis/measure-answers.ts";
import { rankAmongControls } from "../src/analysis/rank-among-controls.ts";
import { type CorpusPair, scoreCorpus } from "../src/analysis/score-corpus.ts";
import { isDistilled, isUnrelated } from "../src/analysis/scored-pair.ts";
import { severalReferences } from "../src/analysis/several-references.ts";
import { balancedWeights } from "../src/stats/balanced-weights.ts";
import { cllr } from "../src/stats/cllr.ts";
import { logisticRegression } from "../src/stats/logistic-regression.ts";
import { rocAuc } from "../src/stats/roc-auc.ts";
import { modelsOf, panelOf, readRecorded } from "./recorded-corpus.ts";

/** A third feature's variance under its prior, against 1 of the mix. */
const shrunk = 1 / Math.sqrt(11);

interface Row {
  readonly pair: CorpusPair;
  readonly corpus: string;
  readonly extra: Readonly<Record<string, number | null>>;
}

const rows: Row[] = [];
for (const dir of process.argv.slice(2)) {
  const corpus = await readRecorded(dir);
  const models = modelsOf(corpus);
  const measured = await measureAnswers(corpus.probes, {
    models,
    panel: panelOf(corpus),
    habitJackknife: false,
  });
  const { pairs } = scoreCorpus(measured, corpus.labels, { name: corpus.name, sha256: corpus.sha256 });
  for (const pair of pairs.filter((one) => isDistilled(one) || isUnrelated(one))) {
    if (pair.features === null) continue;
    const [suspect, reference] = [pair.suspect, pair.reference].map((name) =>
      corpus.models.indexOf(name),
    ) as [number, number];
    const several = severalReferences(measured, suspect, reference, null);
    const rank = rankAmongControls(measured, suspect, reference);
    const logOdds = (p: number | null) => (p === null ? null : Math.log((1 - p + 1e-3) / (p + 1e-3)));
    rows.push({
      pair,
      corpus: corpus.name,
      extra: {
        "none (content and habit score)": 0,
        "content affinity, all terms (x 20)":
          pair.contentAffinity === null ? null : 20 * pair.contentAffinity,
        "several references, share of weight (x 5)": several.effect === null ? null : 5 * several.effect,
        "several references, log odds of p": logOdds(several.pValue),
        "rank among controls, log odds of p": logOdds(rank.pValue),
      },
    });
  }
}

const scales = [
  [1 / Math.sqrt(10), 3 / Math.sqrt(10)],
  [(3 / Math.sqrt(10)) * shrunk, (-1 / Math.sqrt(10)) * shrunk],
] as const;
for (const name of Object.keys(rows[0]?.extra ?? {})) {
  const vectors = rows.map(({ pair, extra }) => {
    const [content = 0, habit = 0] = pair.features ?? [];
    return [...scales.map(([c, h]) => c * content + h * habit), shrunk * (extra[name] ?? 0)];
  });
  const values = rows.map(({ pair }, i) => {
    const cluster = (other: CorpusPair) => other.cluster ?? other.suspectLab;
    const kept = rows.flatMap((row, j) =>
      row.pair.suspectLab !== pair.suspectLab &&
      !(isUnrelated(row.pair) && row.pair.referenceLab === pair.suspectLab) &&
      (isUnrelated(pair) || isUnrelated(row.pair) || cluster(row.pair) !== cluster(pair))
        ? [j]
        : [],
    );
    const labels = kept.map((j) => isDistilled((rows[j] as Row).pair));
    const fit = logisticRegression(
      kept.map((j) => vectors[j] as number[]),
      labels,
      { weights: balancedWeights(labels), ridge: 1 },
    );
    return fit.coefficients.reduce((sum, weight, k) => sum + weight * (vectors[i]?.[k] ?? 0), fit.intercept);
  });
  const of = (which: typeof isDistilled, corpus?: string) =>
    values.filter(
      (_, i) => which((rows[i] as Row).pair) && (corpus === undefined || rows[i]?.corpus === corpus),
    );
  const figures = [undefined, ...new Set(rows.map((row) => row.corpus))].map((corpus) => {
    const [p, n] = [of(isDistilled, corpus), of(isUnrelated, corpus)];
    const base10 = (list: number[]) => list.map((value) => value / Math.LN10);
    return `${corpus ?? "both"}: AUC ${rocAuc(p, n).toFixed(3)}, Cllr ${cllr(base10(p), base10(n)).toFixed(3)}, LR > 10 ${base10(n).filter((v) => v > 1).length}`;
  });
  const missing = rows.filter(({ extra }) => extra[name] === null).length;
  console.log(`${name.padEnd(44)} ${figures.join(" | ")}${missing > 0 ? ` (${missing} undefined)` : ""}`);
}
