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

/** Words of every sentence, list item or line. */
const sentencesOf = (text: string): string[][] =>
  text.split(/[.!?:\n]/).map((sentence) => [...sentence.matchAll(/\w+/g)].map(([word]) => word));

/** The `n` words at one end of each sentence that has as many, for n = 1, 2, 3. */
function endsOf(text: string, take: (words: readonly string[], n: number) => string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const words of sentencesOf(text))
    for (const n of [1, 2, 3]) {
      if (words.length < n) continue;
      const gram = take(words, n).join(" ");
      counts.set(gram, (counts.get(gram) ?? 0) + 1);
    }
  return counts;
}

/** In the order of the source's views. */
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
  (text) => endsOf(text, (words, n) => words.slice(0, n)),
  (text) => endsOf(text, (words, n) => words.slice(-n)),
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
  /** The same with the positive f4 of a probe alone in the numerator. @param others - models that leave with their labs */
  readonly agreement: (a: number, b: number, others?: readonly number[]) => number;
  /** Of an agreement standardised by both cohorts. */
  readonly contentScore: (suspect: number, reference: number) => number;
  /** @param omitted - a block whose probes are left out, with the weights, origins and spreads of all */
  readonly habitAffinity: (a: number, b: number, omitted?: number) => number;
  readonly habitSpread: number;
  /** By view: which features count as habits, with their reliability. */
  readonly reliability: readonly ReadonlyMap<string, number>[];
}

const average = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const squaresAbout = (values: readonly number[], centre: number) =>
  values.reduce((sum, value) => sum + (value - centre) ** 2, 0);

/** @param blockOf - block of each probe */
export function denseMeasure(corpus: SmallCorpus, blockOf: ArrayLike<number> = []): DenseMeasure {
  const { models, panel, probes } = corpus;
  const has = (p: number, m: number) => (probes[p]?.answers.get(models[m]?.name ?? "")?.length ?? 0) > 0;
  const every = models.map((_, m) => m);
  const votes = every.map((m) => voteOf(corpus, m));
  const labOf = (m: number) => models[m]?.lab ?? `unknown ${m}`;

  const kernels = probes.map(() => every.map(() => every.map(() => 0)));
  const norms = probes.map(() => every.map(() => 0));
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
      for (const a of every) {
        const own = norms[p] as number[];
        const middle = mean(units[a] ?? []);
        own[a] = (own[a] ?? 0) + dot(middle, middle);
      }
    });
  }
  const kernel = (p: number, a: number, b: number) => Math.fround(kernels[p]?.[a]?.[b] ?? Number.NaN);

  const panelOf = (...out: readonly number[]) =>
    panel.filter((m) => !out.some((other) => other === m || labOf(other) === labOf(m)));
  /**
   * c(a,b), its positive part, c(a,a) and c(b,b), and the latter with each answer compared with itself too, summed over
   * the probes.
   */
  const contentSums = (a: number, b: number, others: readonly number[]) => {
    const sums = { ab: 0, positive: 0, aa: 0, bb: 0, normA: 0, normB: 0 };
    probes.forEach((_, p) => {
      const here = panelOf(a, b, ...others).filter((m) => has(p, m));
      if (!has(p, a) || !has(p, b) || here.length < 2) return;
      const f4 = (x: number, y: number) => {
        let sum = 0;
        for (const i of here)
          for (const j of here)
            if (i !== j) sum += kernel(p, x, y) - kernel(p, x, j) - kernel(p, i, y) + kernel(p, i, j);
        return sum / (here.length * (here.length - 1));
      };
      sums.ab += f4(a, b);
      sums.positive += Math.max(0, f4(a, b));
      sums.aa += f4(a, a);
      sums.bb += f4(b, b);
      sums.normA += f4(a, a) - kernel(p, a, a) + (norms[p]?.[a] ?? 0);
      sums.normB += f4(b, b) - kernel(p, b, b) + (norms[p]?.[b] ?? 0);
    });
    return sums;
  };
  const contentAffinity = (a: number, b: number) => {
    const { ab, aa, bb } = contentSums(a, b, []);
    return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : Number.NaN;
  };
  const agreement = (a: number, b: number, others: readonly number[] = []) => {
    const { positive, normA, normB } = contentSums(a, b, others);
    return normA > 0 && normB > 0 ? positive / Math.sqrt(normA * normB) : Number.NaN;
  };

  /** Pairs of panel models of different labs, each once. */
  const unrelated = panel.flatMap((a, i) =>
    panel.slice(0, i).flatMap((b) => (labOf(a) === labOf(b) ? [] : [[a, b] as const])),
  );
  const known = (values: readonly number[]) => values.filter((value) => !Number.isNaN(value));
  const contentScore = (suspect: number, reference: number) => {
    const usual = known(unrelated.map(([a, b]) => agreement(a, b)));
    const usualVariance = squaresAbout(usual, average(usual)) / (usual.length - 1);
    const controls = panelOf(suspect, reference).filter(
      (m) => probes.filter((_, p) => has(p, m)).length >= 2,
    );
    const standardised = (cohort: readonly number[]) => {
      const values = known(cohort);
      const n = values.length;
      const centre = (n * average(values) + 6 * average(usual)) / (n + 6);
      const variance = (squaresAbout(values, average(values)) + 20 * usualVariance) / (n - 1 + 20);
      return (agreement(suspect, reference) - centre) / Math.sqrt(variance * (1 + 1 / (n + 6)));
    };
    return average([
      standardised(controls.map((control) => agreement(control, reference, [suspect]))),
      standardised(controls.map((control) => agreement(suspect, control, [reference]))),
    ]);
  };

  const plainDepartures = denseViews.map((view) => {
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
      const origin = mean(means.filter((_, m) => panel.includes(m) && (byModel[m]?.length ?? 0) > 0));
      return means.map((vector) => minus(vector, origin));
    });
  });
  const blocks = probes.map((_, p) => blockOf[p] ?? p);
  const measurable = (m: number, omitted: number) =>
    new Set(probes.flatMap((_, p) => (has(p, m) && blocks[p] !== omitted ? [blocks[p]] : []))).size >= 2;
  const reliability = plainDepartures.map((delta) =>
    reliabilityOf({ delta, blocks, panel: panel.filter((m) => measurable(m, -1)), has }),
  );
  const departures = plainDepartures.map((delta, view) =>
    delta.map((ofProbe) =>
      ofProbe.map(
        (vector): Vector =>
          new Map(
            [...vector].flatMap(([feature, weight]) => {
              const share = reliability[view]?.get(feature) ?? 0;
              return share >= 0.1 ? [[feature, share * weight] as const] : [];
            }),
          ),
      ),
    ),
  );

  /** Mean of <delta(x,p), delta(y,q)> over probes p of x and q of y in different blocks. */
  const crossBlock = (view: number, x: number, y: number, omitted: number) => {
    const of = (m: number) => probes.flatMap((_, p) => (has(p, m) && blocks[p] !== omitted ? [p] : []));
    let sum = 0;
    let pairs = 0;
    for (const p of of(x))
      for (const q of of(y)) {
        if (blocks[p] === blocks[q]) continue;
        sum += dot(departures[view]?.[p]?.[x] as Vector, departures[view]?.[q]?.[y] as Vector);
        pairs++;
      }
    return sum / pairs;
  };
  const cache = new Map<string, number>();
  const g = (view: number, x: number, y: number, omitted: number) => {
    const key = `${view} ${Math.min(x, y)} ${Math.max(x, y)} ${omitted}`;
    const value = cache.get(key) ?? crossBlock(view, x, y, omitted);
    cache.set(key, value);
    return value;
  };
  /** h(a,b), h(a,a), h(b,b). */
  const centredHabits = (view: number, a: number, b: number, omitted: number) => {
    const here = panelOf(a, b).filter((m) => measurable(m, omitted));
    if (here.length < 2 || !measurable(a, omitted) || !measurable(b, omitted)) return null;
    const f4 = (x: number, y: number) => {
      let sum = 0;
      for (const i of here)
        for (const j of here)
          if (i !== j) {
            const [xy, xj] = [g(view, x, y, omitted), g(view, x, j, omitted)];
            sum += xy - xj - g(view, i, y, omitted) + g(view, i, j, omitted);
          }
      return sum / (here.length * (here.length - 1));
    };
    return [f4(a, b), f4(a, a), f4(b, b)] as const;
  };
  /** A cosine whose two lengths are each enlarged by a fiftieth of the panel's mean self term. */
  const cosine = (sums: readonly [number, number, number] | null, usual: number) =>
    sums === null
      ? Number.NaN
      : sums[0] / Math.sqrt((Math.max(0, sums[1]) + usual / 50) * (Math.max(0, sums[2]) + usual / 50));
  const scales = denseViews.map((_, view) => {
    const sums = unrelated.flatMap(([a, b]) => {
      const ofPair = centredHabits(view, a, b, -1);
      return ofPair === null ? [] : [ofPair];
    });
    const selfTerms = sums.flatMap(([, first, second]) => [first, second]);
    if (sums.length < 2) return { spread: 0, usual: 0 };
    const centre = average(selfTerms);
    const cosines = sums.map((ofPair) => cosine(ofPair, centre));
    const error = Math.sqrt(squaresAbout(selfTerms, centre) / (selfTerms.length - 1) / panel.length);
    const spread = centre > 2 * error ? Math.sqrt(average(cosines.map((value) => value ** 2))) : 0;
    return { spread, usual: centre };
  });
  const habitAffinity = (a: number, b: number, omitted = -1) => {
    const ofViews = scales.flatMap(({ spread, usual }, view) => {
      const value = spread > 0 ? cosine(centredHabits(view, a, b, omitted), usual) : Number.NaN;
      return Number.isNaN(value) ? [] : [{ value, weight: 1 / spread }];
    });
    const weights = ofViews.reduce((sum, { weight }) => sum + weight, 0);
    return ofViews.reduce((sum, { value, weight }) => sum + value * weight, 0) / weights;
  };
  const habits = known(unrelated.map(([a, b]) => habitAffinity(a, b)));
  return {
    kernel,
    has,
    contentAffinity,
    agreement,
    contentScore,
    habitAffinity,
    habitSpread: Math.sqrt(average(habits.map((value) => value ** 2))),
    reliability,
  };
}

/**
 * Reliability of every feature over 50 probes, by pairs of probes: the signal is the mean product of a panel model's
 * departures at probes of different blocks, the noise of a probe what products within a block have beyond it.
 */
function reliabilityOf(of: {
  readonly delta: readonly (readonly Vector[])[];
  readonly blocks: readonly number[];
  readonly panel: readonly number[];
  readonly has: (probe: number, model: number) => boolean;
}): Map<string, number> {
  const { delta, blocks, panel, has } = of;
  const features = new Set(delta.flatMap((ofProbe) => ofProbe.flatMap((vector) => [...vector.keys()])));
  const result = new Map<string, number>();
  for (const feature of features) {
    // A model that is absent departs by nothing.
    const values = delta.map((ofProbe, p) => {
      const plain = panel.map((m) => (has(p, m) ? (ofProbe[m]?.get(feature) ?? 0) : 0));
      return plain.map((value) => value - average(plain));
    });
    const product = (p: number, q: number) =>
      panel.reduce((sum, _, k) => sum + (values[p]?.[k] ?? 0) * (values[q]?.[k] ?? 0), 0);
    const across: number[] = [];
    const inside: number[] = [];
    values.forEach((_, p) => {
      values.forEach((_, q) => {
        (blocks[p] === blocks[q] ? inside : across).push(product(p, q));
      });
    });
    const signal = across.length === 0 ? 0 : average(across);
    const noise = inside.reduce((sum, value) => sum + value - signal, 0) / values.length;
    result.set(feature, panel.length < 2 || signal <= 0 ? 0 : signal / (signal + Math.max(0, noise) / 50));
  }
  return result;
}
