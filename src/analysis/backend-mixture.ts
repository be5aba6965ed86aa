import { InsufficientDataError } from "../errors.ts";
import type { BackendMixture, BackendSample, Composition, MixtureTest } from "../schema/backend-mixture.ts";
import type { Random } from "../schema/random.ts";
import { cosineKernel } from "../stats/cosine-kernel.ts";
import { dipTest } from "../stats/dip-test.ts";
import { hashedNgramCounts } from "../stats/hashed-ngram-counts.ts";
import { holm } from "../stats/holm.ts";
import { type LabelledStratum, labelDependenceTest } from "../stats/label-dependence-test.ts";
import { type LatencyClusters, latencyClusters } from "./latency-clusters.ts";
import { mixtureVerdict } from "./mixture-verdict.ts";
import { sessions, timeBlocks, turns } from "./time-labels.ts";

export const mixtureLevel = 0.01;
const usualPermutations = 1999;
/** Answers of one probe that are compared with each other, spread over the time of asking, and probes at most. */
const mostAnswers = 64;
const mostProbes = 300;
/** Longest beginning of an answer that is looked at. */
const mostCharacters = 2_000;

type Labels = readonly (number | null)[];

/**
 * Whether one endpoint answered as several backends (models, quantisations, hosts): what it declares itself, and
 * whether its answers depend on who it says it is, on how fast they came, on when they were asked, or on whose turn it
 * was. Similarity of answers is the cosine of hashed 1- and 2-grams of lower-case words (1 where they are equal). Every
 * test permutes labels within probes; p-values are adjusted by Holm over those that apply.
 *
 * A mixture whose parts are chosen at random for every request, say nothing of themselves and are equally fast cannot be
 * told from one model that is as varied: what is not detected is not excluded.
 *
 * @param samples - `ok` (or truncated) answers of one endpoint under one set of parameters; not modified
 * @param options.permutations - relabellings and draws of each test; 1999 by default
 * @param options.level - that an adjusted p-value must reach, 0.01 by default; lower where many endpoints are looked at
 * @param options.inTurn - that one request was out at a time, so that the order of asking is the order of serving
 * @see Hartigan & Hartigan (1985), doi:10.1214/aos/1176346577; Anderson (2001), doi:10.1111/j.1442-9993.2001.01070.pp.x
 */
export function backendMixture(
  samples: readonly BackendSample[],
  options: {
    readonly random: Random;
    readonly inTurn: boolean;
    readonly permutations?: number;
    readonly level?: number;
  },
): BackendMixture {
  const { random, permutations = usualPermutations, level = mixtureLevel } = options;
  const kept = thinned(samples);
  const probes = new Map<string, number[]>();
  kept.forEach(({ probe }, index) => {
    probes.set(probe, [...(probes.get(probe) ?? []), index]);
  });
  const repeated = [...probes.values()].filter((members) => members.length >= 2);
  const kernels = repeated.map((members) => similarity(members.map((index) => kept[index]?.text ?? "")));
  const latency = latencyClusters(kept, random);
  const times = kept.map(({ startedAtMs }) => startedAtMs);

  /** Dependence of answers on a label, in strata of one probe, or of one probe and one length. */
  const dependence = (test: string, by: string, labels: Labels, within?: Labels): MixtureTest => {
    const about = { test, nullHypothesis: `the answers to a probe do not depend on ${by}` };
    const strata = repeated.flatMap((members, probe) => strataOf(members, kernels[probe], labels, within));
    try {
      const result = labelDependenceTest(strata, { permutations, random });
      return {
        ...about,
        ...result,
        adjustedPValue: null,
        answers: result.items,
        probes: result.strata,
        reason: null,
      };
    } catch (error) {
      if (error instanceof InsufficientDataError)
        return notApplicable(about, "no probe has answers under two labels");
      throw error;
    }
  };
  const named = (name: "servedModel" | "systemFingerprint" | "provider"): Labels => {
    const values = [...new Set(kept.map((sample) => sample[name]))];
    return kept.map((sample) => values.indexOf(sample[name]));
  };
  const tests = [
    dependence("served-model", "the model name it answers with", named("servedModel")),
    dependence("fingerprint", "the system fingerprint it answers with", named("systemFingerprint")),
    dependence("provider", "the host that the gateway names", named("provider")),
    latencyModes(latency, { draws: permutations, random }),
    latency.found === null
      ? notApplicable(
          { test: "latency-answers", nullHypothesis: "the answers to a probe do not depend on speed" },
          latency.reason,
        )
      : dependence(
          "latency-answers",
          "whether they came fast or slowly for their length",
          latency.found.labels,
          kept.map(({ outputTokens }) => outputTokens),
        ),
    dependence("halves", "which half of the time they were asked in", timeBlocks(times, 2)),
    dependence("quarters", "which quarter of the time they were asked in", timeBlocks(times, 4)),
    dependence("session", "which session they were asked in", sessions(times)),
    ...(options.inTurn
      ? [2, 3, 4].map((period) =>
          dependence(`turn-${period}`, `their place among every ${period} requests`, turns(times, period)),
        )
      : []),
  ];
  const applying = tests.filter(({ pValue }) => pValue !== null);
  const adjusted = applying.length === 0 ? [] : holm(applying.map(({ pValue }) => pValue ?? 1));
  const corrected = tests.map((test) => ({
    ...test,
    adjustedPValue: adjusted[applying.indexOf(test)] ?? null,
  }));
  const composition = {
    servedModel: compositionOf(samples.map(({ servedModel }) => servedModel)),
    systemFingerprint: compositionOf(samples.map(({ systemFingerprint }) => systemFingerprint)),
    provider: compositionOf(samples.map(({ provider }) => provider)),
    latency: latency.found?.clusters ?? null,
  };
  const counts = { answers: samples.length, probes: new Set(samples.map(({ probe }) => probe)).size };
  return {
    ...counts,
    composition,
    tests: corrected,
    level,
    ...mixtureVerdict({ ...counts, composition, tests: corrected, level }),
  };
}

function latencyModes(
  latency: ReturnType<typeof latencyClusters>,
  options: Parameters<typeof dipTest>[1],
): MixtureTest {
  const about = {
    test: "latency-modes",
    nullHypothesis: "latencies, adjusted for probe and length, have one mode",
  };
  if (latency.found === null) return notApplicable(about, latency.reason);
  const values = (latency.found as LatencyClusters).adjusted.filter((value) => value !== null);
  const { statistic, pValue, method, n } = dipTest(values, options);
  return {
    ...about,
    method,
    statistic,
    share: null,
    pValue,
    adjustedPValue: null,
    answers: n,
    probes: 0,
    reason: null,
  };
}

const notApplicable = (about: Pick<MixtureTest, "test" | "nullHypothesis">, reason: string): MixtureTest => ({
  ...about,
  method: "not applied",
  statistic: null,
  share: null,
  pValue: null,
  adjustedPValue: null,
  answers: 0,
  probes: 0,
  reason,
});

/** The answers of one probe by `within`, those without a label left out. */
function strataOf(
  members: readonly number[],
  kernel: ArrayLike<number> | undefined,
  labels: Labels,
  within: Labels | undefined,
): LabelledStratum[] {
  if (kernel === undefined) return [];
  const parts = new Map<number | null, number[]>();
  members.forEach((index, row) => {
    if (labels[index] === null || labels[index] === undefined) return;
    const part = within?.[index] ?? 0;
    parts.set(part, [...(parts.get(part) ?? []), row]);
  });
  return [...parts.values()].map((rows) => ({
    similarity: Float64Array.from(
      rows.flatMap((row) => rows.map((column) => kernel[row * members.length + column] as number)),
    ),
    labels: rows.map((row) => labels[members[row] as number] as number),
  }));
}

function similarity(texts: readonly string[]): Float32Array {
  const vectors = texts.map((text) =>
    hashedNgramCounts(
      text
        .slice(0, mostCharacters)
        .toLowerCase()
        .match(/[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu) ?? [],
      { sizes: [1, 2], dimensions: 512 },
    ),
  );
  return cosineKernel(vectors, []).values;
}

/** Few enough for quadratic work: evenly spaced in the order given. */
function thinned(samples: readonly BackendSample[]): BackendSample[] {
  const byProbe = new Map<string, BackendSample[]>();
  for (const sample of samples) {
    const list = byProbe.get(sample.probe) ?? [];
    list.push(sample);
    byProbe.set(sample.probe, list);
  }
  const every = <T>(list: readonly T[], most: number) =>
    list.length <= most
      ? list
      : Array.from({ length: most }, (_, i) => list[Math.floor((i * list.length) / most)] as T);
  return every([...byProbe.values()], mostProbes).flatMap((list) => every(list, mostAnswers));
}

function compositionOf(values: readonly (string | null)[]): Composition {
  const counts = new Map<string | null, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].map(([value, count]) => ({ value, count })).sort((a, b) => b.count - a.count);
}
