/**
 * Scores every labelled pair of a corpus folder and prints JSON.
 * Usage: npm run --silent bench:lineage -- DIR [--calibration FILE|none]
 *
 * LRs come from the calibration named (default: the shipped one). On a corpus that it was fitted on they are
 * leave-one-cluster-out, refitted from the pairs that the calibration carries.
 */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { clamp, fitCalibration } from "../dist/analysis/calibrate.js";
import { fusedLogOdds } from "../dist/analysis/fit-fusion.js";
import { isDistilled, isUnrelated, type ScoredCorpus } from "../dist/analysis/scored-pair.js";
import { measureCorpus } from "../dist/cli/measure-corpus.js";
import { calibrationSchema } from "../dist/schema/calibration.js";
import { seededRandom } from "../dist/schema/random.js";
import { cllr } from "../dist/stats/cllr.js";
import { rocAuc } from "../dist/stats/roc-auc.js";
import { tprAtFpr } from "../dist/stats/tpr-at-fpr.js";

const startedMs = performance.now();
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { calibration: { type: "string", default: "calibrations/real-models.json" } },
});
const dir = positionals[0];
if (dir === undefined) throw new Error("bench:lineage needs a corpus folder");
const scored = await measureCorpus(resolve(dir));
const measuredSeconds = (performance.now() - startedMs) / 1000;
const calibration =
  values.calibration === "none"
    ? null
    : calibrationSchema.parse(JSON.parse(await readFile(values.calibration, "utf8")));
const fittedHere = calibration?.corpora.some(({ sha256 }) => sha256 === scored.sha256) ?? false;

const log10LRs = new Map<string, number | null>();
const key = (pair: { reference: string; suspect: string; relation: string }) =>
  JSON.stringify([pair.reference, pair.suspect, pair.relation]);
if (calibration !== null && fittedHere) {
  // The calibration carries the features of the pairs it was fitted on: only this corpus is measured.
  const others = calibration.corpora.flatMap(({ name, sha256, models, probes }, index): ScoredCorpus[] => {
    if (sha256 === scored.sha256) return [];
    const pairs = (calibration.pairs ?? []).filter(({ corpus }) => corpus === index);
    if (pairs.length === 0)
      throw new Error(`the calibration has no pairs of ${name}: fit it again with congener calibrate`);
    const { samplesPerProbe, background } = calibration;
    return [{ name, sha256, models, probes, samplesPerProbe, background, pairs }];
  });
  const { leftOutLog10LR } = fitCalibration([scored, ...others], {
    name: "bench",
    domain: calibration.domain,
    congenerVersion: calibration.congenerVersion,
    random: seededRandom(1),
  });
  for (const pair of scored.pairs) log10LRs.set(key(pair), leftOutLog10LR.get(pair) ?? null);
} else if (calibration !== null) {
  const coefficients = [calibration.intercept, ...calibration.weights];
  for (const pair of scored.pairs)
    log10LRs.set(
      key(pair),
      pair.features === null ? null : fusedLogOdds(coefficients, pair.features) / Math.LN10,
    );
}
const fused = calibration === null ? [0, 1, 1] : [calibration.intercept, ...calibration.weights];
const pairs = scored.pairs.map((pair) => {
  const log10LR = log10LRs.get(key(pair)) ?? null;
  return {
    reference: pair.reference,
    suspect: pair.suspect,
    relation: pair.relation,
    teacher: pair.teacher,
    cluster: pair.cluster,
    score: pair.features === null ? null : fusedLogOdds(fused, pair.features),
    content: pair.contentAffinity,
    contentScore: pair.contentScore,
    habit: pair.habitAffinity,
    log10LR: log10LR === null || calibration === null ? null : clamp(log10LR, calibration.bounds.log10LR),
    features: pair.features,
  };
});

/** AUC and TPR of one column, students with their pre-named teacher against unrelated pairs. */
function discrimination(column: "score" | "content" | "contentScore" | "habit") {
  const of = (which: typeof isDistilled) =>
    scored.pairs.flatMap((pair, i) => {
      const value = which(pair) ? (pairs[i]?.[column] ?? null) : null;
      return value === null ? [] : [value];
    });
  const positive = of(isDistilled);
  const negative = of(isUnrelated);
  if (positive.length === 0 || negative.length === 0) return null;
  return {
    distilled: positive.length,
    unrelated: negative.length,
    auc: rocAuc(positive, negative),
    tprAt1PercentFpr: tprAtFpr(positive, negative, 0.01),
    tprAt5PercentFpr: tprAtFpr(positive, negative, 0.05),
  };
}

/** As the published prototype counts: a student with its best documented teacher. */
function bestTeacherAuc(): number | null {
  const best = new Map<string, number>();
  for (const pair of pairs)
    if (pair.relation === "distilled" && pair.content !== null)
      best.set(pair.suspect, Math.max(best.get(pair.suspect) ?? Number.NEGATIVE_INFINITY, pair.content));
  const negative = pairs.flatMap((pair) =>
    (pair.relation === "independent" || pair.relation === "undocumented") && pair.content !== null
      ? [pair.content]
      : [],
  );
  return best.size > 0 && negative.length > 0 ? rocAuc([...best.values()], negative) : null;
}

const bounded = (which: typeof isDistilled) =>
  scored.pairs.flatMap((pair, i) => {
    const value = which(pair) ? (pairs[i]?.log10LR ?? null) : null;
    return value === null ? [] : [value];
  });
const distilled = bounded(isDistilled);
const unrelated = bounded(isUnrelated);
console.log(
  JSON.stringify(
    {
      corpus: scored.name,
      pairs: pairs.map(({ features: _features, ...pair }) => pair),
      metrics: {
        score: discrimination("score"),
        content: discrimination("content"),
        contentScore: discrimination("contentScore"),
        habit: discrimination("habit"),
        contentBestTeacherAuc: bestTeacherAuc(),
        cllr: distilled.length > 0 && unrelated.length > 0 ? cllr(distilled, unrelated) : null,
        unrelatedWithLRAbove10:
          unrelated.length > 0 ? unrelated.filter((value) => value > 1).length / unrelated.length : null,
        leaveOneClusterOut: fittedHere,
      },
      seconds: measuredSeconds,
      secondsWithCalibration: (performance.now() - startedMs) / 1000,
      peakMemoryMB: process.resourceUsage().maxRSS / 1024,
    },
    null,
    1,
  ),
);
