import type { ProbeVectors } from "../../stats/mean-shift-test.ts";
import type { ProbeKernel } from "../../stats/probe-kernel.ts";
import { createScanner, hashPair } from "../../views/token-scan.ts";
import { views } from "../../views/views.ts";
import type { DocumentFrequency } from "../document-frequency.ts";
import { logCount } from "../mean-vectors.ts";
import { type CountedProbe, createProbeCounter } from "../probe-counter.ts";
import { createContentKernels } from "../view-kernels.ts";

/** The usable answers of one target to one probe in one wording, in two runs. */
export interface SharedAnswers {
  readonly probe: string;
  readonly family: string;
  readonly first: readonly string[];
  readonly second: readonly string[];
}

/** Cells of a hashed vector. */
export const vectorDimensions = 256;

/**
 * Weights that depend on the pooled answers alone, never on which run an answer is of: only then is a permutation test
 * exact. What every answer to the probe says weighs nothing.
 */
const pooled: DocumentFrequency = { voteOf: [1], added: 1, minVotes: 0 };

/** Answers as points, in the views of the measure, each view weighing the same. */
export interface AnswerGeometry {
  /** Similarities in [0, 1] of all answers to a probe: inner products of unit vectors, mean over views. */
  kernelOf(answers: SharedAnswers): ProbeKernel;
  /** Signed hashed vectors of length at most about 1, comparable over probes (no weights by rarity). */
  vectorsOf(answers: SharedAnswers): ProbeVectors;
}

/** Keeps its buffers between probes: one for each stream of answers. */
export function createAnswerGeometry(): AnswerGeometry {
  const scan = createScanner();
  const counters = views.map(createProbeCounter);
  const kernels = views.map(() =>
    // All answers as those of one model: its inner products with those of a model that is not there.
    createContentKernels({ modelCount: 1, rule: pooled, pairs: [[0, 1]] }),
  );
  const counted = ({ first, second }: SharedAnswers): CountedProbe[] => {
    const texts = [...first, ...second];
    for (const counter of counters) counter.start();
    for (const text of texts) {
      const tokens = scan(text);
      for (const counter of counters) counter.add(0, 1 / texts.length, tokens);
    }
    return counters.map((counter) => counter.counted());
  };
  return {
    kernelOf: (answers) => {
      const size = answers.first.length + answers.second.length;
      const values = new Float32Array(size * size);
      counted(answers).forEach((probe, view) => {
        const gram = kernels[view]?.(probe).grams[0] ?? [];
        gram.forEach((value, at) => {
          values[at] = (values[at] as number) + value / views.length;
        });
      });
      return { firstCount: answers.first.length, secondCount: answers.second.length, values };
    },
    vectorsOf: (answers) => {
      const size = answers.first.length + answers.second.length;
      const values = new Float32Array(size * vectorDimensions);
      counted(answers).forEach((probe, view) => {
        addHashed(values, probe, view);
      });
      return { firstCount: answers.first.length, secondCount: answers.second.length, values };
    },
  };
}

/** Adds each answer's unit vector in one view, over the root of the number of views; the sign is part of the hash. */
function addHashed(values: Float32Array, probe: CountedProbe, view: number): void {
  const { starts, ids, counts, features } = probe;
  for (let row = 0; row + 1 < starts.length; row++) {
    const from = starts[row] as number;
    const to = starts[row + 1] as number;
    let squares = 0;
    for (let i = from; i < to; i++) squares += logCount(counts[i] as number) ** 2;
    const scale = 1 / (Math.sqrt(squares * views.length) || 1);
    for (let i = from; i < to; i++) {
      const hash = hashPair(features[ids[i] as number] as number, view + 1);
      const at = row * vectorDimensions + ((hash >>> 1) % vectorDimensions);
      const weight = logCount(counts[i] as number) * scale;
      values[at] = (values[at] as number) + ((hash & 1) === 0 ? weight : -weight);
    }
  }
}
