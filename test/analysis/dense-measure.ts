/**
 * The measure once more, by explicit loops over dense vectors, features as strings and no shared code: what the fast
 * implementation is checked against. ASCII text only.
 */
import { type SmallCorpus, usedFunctionWords } from "./small-corpus.ts";

type Vector = ReadonlyMap<string, number>;
interface Token {
  readonly text: string;
  /** White-space separated chunk, -1 for line breaks. */
  readonly chunk: number;
}

function tokensOf(text: string): { tokens: Token[]; chunks: number } {
  const chunks = [...text.matchAll(/\S+/g)].map(
    (match) => [match.index, match.index + match[0].length] as const,
  );
  const tokens = [...text.matchAll(/\w+|[^\w\s]|\n+/g)].map((match) => ({
    text: match[0].startsWith("\n") ? "\n".repeat(Math.min(8, match[0].length)) : match[0],
    chunk: match[0].startsWith("\n")
      ? -1
      : chunks.findIndex(([from, to]) => match.index >= from && match.index < to),
  }));
  return { tokens, chunks: chunks.length };
}

function styleOf(token: string): string {
  if (token.startsWith("\n")) return `<break ${Math.min(3, token.length)}>`;
  if (/^\d+$/.test(token)) return "<number>";
  if (usedFunctionWords.includes(token.toLowerCase())) return token;
  if (/^\w/.test(token)) return /^[A-Z]/.test(token) ? "<Word>" : "<word>";
  return token;
}

function ngrams(tokens: readonly string[], longest: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let n = 1; n <= longest; n++)
    for (let i = 0; i + n <= tokens.length; i++) {
      const gram = tokens.slice(i, i + n).join("\u0001");
      counts.set(gram, (counts.get(gram) ?? 0) + 1);
    }
  return counts;
}

const denseViews: ((text: string) => Map<string, number>)[] = [
  (text) =>
    ngrams(
      tokensOf(text).tokens.map(({ text: token }) => token),
      2,
    ),
  (text) =>
    ngrams(
      tokensOf(text).tokens.flatMap(({ text: token, chunk }) => (chunk >= 0 && chunk < 12 ? [token] : [])),
      3,
    ),
  (text) => {
    const { tokens, chunks } = tokensOf(text);
    return ngrams(
      tokens.flatMap(({ text: token, chunk }) => (chunk >= 0 && chunk >= chunks - 30 ? [token] : [])),
      3,
    );
  },
  (text) =>
    ngrams(
      tokensOf(text).tokens.map(({ text: token }) => styleOf(token)),
      3,
    ),
];

function unitVector(counts: ReadonlyMap<string, number>, idf: ReadonlyMap<string, number>): Vector {
  const weighted = new Map<string, number>();
  for (const [feature, count] of counts) weighted.set(feature, Math.log(1 + count) * (idf.get(feature) ?? 0));
  const length = Math.sqrt([...weighted.values()].reduce((sum, weight) => sum + weight * weight, 0));
  return length === 0
    ? new Map()
    : new Map([...weighted].map(([feature, weight]) => [feature, weight / length]));
}

function dot(first: Vector, second: Vector): number {
  let sum = 0;
  for (const [feature, weight] of first) sum += weight * (second.get(feature) ?? 0);
  return sum;
}

function mean(vectors: readonly Vector[]): Vector {
  const sum = new Map<string, number>();
  for (const vector of vectors)
    for (const [feature, weight] of vector)
      sum.set(feature, (sum.get(feature) ?? 0) + weight / vectors.length);
  return sum;
}

function minus(first: Vector, second: Vector): Vector {
  const difference = new Map(first);
  for (const [feature, weight] of second) difference.set(feature, (difference.get(feature) ?? 0) - weight);
  return difference;
}

/** Vote of a model: one a lab of the panel, shared among its models there; a model of unknown lab is a lab of its own. */
function voteOf({ models, panel }: SmallCorpus, model: number): number {
  if (!panel.includes(model)) return 0;
  const lab = models[model]?.lab ?? null;
  return lab === null ? 1 : 1 / panel.filter((other) => models[other]?.lab === lab).length;
}

function countsOf(corpus: SmallCorpus, view: (text: string) => Map<string, number>) {
  return corpus.probes.map(({ answers }) =>
    corpus.models.map(({ name }) => (answers.get(name) ?? []).map(view)),
  );
}

export interface DenseMeasure {
  /** k_p(a, b) summed over views and rounded to single precision; NaN where a model is absent. */
  readonly kernel: (probe: number, a: number, b: number) => number;
  readonly has: (probe: number, model: number) => boolean;
  /** Mean over i != j of f4(a, i; b, j), summed over probes: numerator and both self terms give the affinity. */
  readonly contentAffinity: (a: number, b: number) => number;
  /** @param omitted - probes whose contributions are left out, with the weights and origins of all */
  readonly habitAffinity: (a: number, b: number, omitted?: readonly number[]) => number;
}

export function denseMeasure(corpus: SmallCorpus): DenseMeasure {
  const { models, panel, probes } = corpus;
  const has = (p: number, m: number) => (probes[p]?.answers.get(models[m]?.name ?? "")?.length ?? 0) > 0;
  const every = models.map((_, m) => m);
  const votes = every.map((m) => voteOf(corpus, m));

  const kernels = probes.map(() => every.map(() => every.map(() => 0)));
  for (const view of denseViews) {
    countsOf(corpus, view).forEach((byModel, p) => {
      const total = every.reduce((sum, m) => sum + (has(p, m) ? (votes[m] ?? 0) : 0), 0);
      const held = new Map<string, number>();
      byModel.forEach((samples, m) => {
        for (const counts of samples)
          for (const feature of counts.keys())
            held.set(feature, (held.get(feature) ?? 0) + (votes[m] ?? 0) / samples.length);
      });
      const idf = new Map([...held].map(([feature, df]) => [feature, Math.log((total + 2) / (df + 2))]));
      const units = byModel.map((samples) => samples.map((counts) => unitVector(counts, idf)));
      for (const a of every)
        for (const b of every) {
          if (!has(p, a) || !has(p, b)) continue;
          const [first = [], second = []] = [units[a], units[b]];
          let sum = 0;
          let pairs = 0;
          for (const [i, x] of first.entries())
            for (const [j, y] of second.entries()) {
              if (a === b && i === j && first.length > 1) continue;
              sum += dot(x, y);
              pairs++;
            }
          const row = kernels[p]?.[a] as number[];
          row[b] = (row[b] ?? 0) + sum / pairs;
        }
    });
  }
  const kernel = (p: number, a: number, b: number) => Math.fround(kernels[p]?.[a]?.[b] ?? Number.NaN);

  const panelOf = (a: number, b: number) => {
    const labs = [models[a]?.lab ?? null, models[b]?.lab ?? null].filter((lab) => lab !== null);
    const labOf = (m: number) => models[m]?.lab ?? `unknown ${m}`;
    return panel.filter((m) => m !== a && m !== b && !labs.includes(labOf(m)));
  };
  const contentAffinity = (a: number, b: number) => {
    const sums = { ab: 0, aa: 0, bb: 0 };
    probes.forEach((_, p) => {
      const here = panelOf(a, b).filter((m) => has(p, m));
      if (!has(p, a) || !has(p, b) || here.length < 2) return;
      const f4 = (x: number, y: number) => {
        let sum = 0;
        for (const i of here)
          for (const j of here)
            if (i !== j) sum += kernel(p, x, y) - kernel(p, x, j) - kernel(p, i, y) + kernel(p, i, j);
        return sum / (here.length * (here.length - 1));
      };
      sums.ab += f4(a, b);
      sums.aa += f4(a, a);
      sums.bb += f4(b, b);
    });
    return sums.ab / Math.sqrt(sums.aa * sums.bb);
  };

  const departures = denseViews.map((view) => {
    const counts = countsOf(corpus, view);
    const rowsOf = new Map<string, number>();
    const df = new Map<string, number>();
    let rows = 0;
    let total = 0;
    counts.forEach((byModel) => {
      byModel.forEach((samples, m) => {
        if (samples.length === 0) return;
        rows++;
        total += votes[m] ?? 0;
        for (const sample of samples)
          for (const feature of sample.keys()) {
            rowsOf.set(feature, (rowsOf.get(feature) ?? 0) + 1);
            df.set(feature, (df.get(feature) ?? 0) + (votes[m] ?? 0) / samples.length);
          }
      });
    });
    const idf = new Map(
      [...df].flatMap(([feature, held]) =>
        (rowsOf.get(feature) ?? 0) >= Math.max(5, rows * 5e-4)
          ? [[feature, Math.max(0, Math.log((total + 1) / (held + 1)))] as const]
          : [],
      ),
    );
    return counts.map((byModel) => {
      const means = byModel.map((samples) => mean(samples.map((sample) => unitVector(sample, idf))));
      const origin = mean(means.filter((_, m) => (byModel[m]?.length ?? 0) > 0));
      return means.map((vector) => minus(vector, origin));
    });
  });
  const present = (m: number) => probes.flatMap((_, p) => (has(p, m) ? [p] : []));
  const sumOver = (delta: Vector[][], a: number, b: number, omitted: readonly number[]) => {
    let sum = 0;
    for (const p of present(a))
      for (const q of present(b))
        if (p !== q && !omitted.includes(p) && !omitted.includes(q))
          sum += dot(delta[p]?.[a] as Vector, delta[q]?.[b] as Vector);
    return sum;
  };
  // Mean centred self term of the panel; 0 for a view that has none beyond twice its standard error.
  const scales = departures.map((delta) => {
    const h = panel.map((i) => panel.map((j) => sumOver(delta, i, j, [])));
    const average = (values: readonly number[]) =>
      values.reduce((sum, value) => sum + value, 0) / values.length;
    const grand = average(h.map(average));
    const selfTerms = h.map((row, i) => (row[i] as number) - 2 * average(row) + grand);
    const centre = average(selfTerms);
    const variance = selfTerms.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (panel.length - 1);
    return centre > 2 * Math.sqrt(variance / panel.length) ? centre : 0;
  });
  const caches = new Map<string, Map<string, number>>();
  const habitAffinity = (a: number, b: number, omitted: readonly number[] = []) => {
    const known = caches.get(omitted.join(" ")) ?? new Map<string, number>();
    caches.set(omitted.join(" "), known);
    const g = (x: number, y: number): number => {
      const key = `${Math.min(x, y)} ${Math.max(x, y)}`;
      const value = known.get(key) ?? meanProduct(x, y);
      known.set(key, value);
      return value;
    };
    const meanProduct = (x: number, y: number) => {
      let pairs = 0;
      for (const p of present(x))
        for (const q of present(y)) if (p !== q && !omitted.includes(p) && !omitted.includes(q)) pairs++;
      return (
        departures.reduce(
          (sum, delta, v) =>
            (scales[v] ?? 0) > 0 ? sum + sumOver(delta, x, y, omitted) / (scales[v] as number) : sum,
          0,
        ) / pairs
      );
    };
    const controls = panelOf(a, b);
    const centred = (x: number, y: number) => {
      let sum = 0;
      for (const i of controls)
        for (const j of controls) if (i !== j) sum += g(x, y) - g(x, j) - g(i, y) + g(i, j);
      return sum / (controls.length * (controls.length - 1));
    };
    return centred(a, b) / Math.sqrt(centred(a, a) * centred(b, b));
  };
  return { kernel, has, contentAffinity, habitAffinity };
}
