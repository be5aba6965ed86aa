import { createFeatureIndex } from "../views/feature-index.ts";
import { type DocumentFrequency, inverseDocumentFrequency } from "./document-frequency.ts";
import { type BagOfModel, meanVectors } from "./mean-vectors.ts";
import { addSparseGram, packed } from "./sparse-gram.ts";

/**
 * Kernel of one probe in one view: k(a, b) = <mu_a, mu_b>, where mu_m is the mean over m's responses of the unit
 * vector with weights log(1 + tf) * idf, document frequencies counted within the probe (MEASURE: content affinity).
 * Self terms k(m, m) use distinct responses; with a single response they are 1.
 *
 * @param modelCount - size of the matrix
 * @returns a function from the probe's bags to its packed lower triangle, length modelCount * (modelCount + 1) / 2;
 *   entries of absent models are 0
 */
export function createContentKernel(
  modelCount: number,
  rule: DocumentFrequency,
): (bags: readonly BagOfModel[]) => Float64Array {
  const index = createFeatureIndex(1 << 14);
  let votes = new Float64Array(1 << 13);
  let scratch = new Float64Array(1 << 13);

  return (bags) => {
    const sampleCount = new Int32Array(modelCount);
    for (const { model } of bags) (sampleCount[model] as number)++;
    let total = 0;
    for (let m = 0; m < modelCount; m++) if ((sampleCount[m] as number) > 0) total += rule.voteOf[m] ?? 0;

    const idsOf = bags.map(({ model, bag }) => {
      const vote = (rule.voteOf[model] ?? 0) / (sampleCount[model] as number);
      const ids = new Int32Array(bag.features.length);
      for (let i = 0; i < ids.length; i++) {
        const id = index.add(bag.features[i] as number);
        if (id >= votes.length) {
          const longer = new Float64Array(votes.length * 2);
          longer.set(votes);
          votes = longer;
        }
        ids[i] = id;
        votes[id] = (votes[id] as number) + vote;
      }
      return ids;
    });
    const size = index.size();
    index.clear();
    const idf = new Float64Array(size);
    for (let id = 0; id < size; id++) {
      idf[id] = inverseDocumentFrequency(rule, votes[id] as number, total);
      votes[id] = 0;
    }
    if (scratch.length < size) scratch = new Float64Array(size * 2);

    const matrix = new Float64Array((modelCount * (modelCount + 1)) / 2);
    const vectors = meanVectors(bags, idsOf, idf, scratch);
    for (const { model, self } of vectors) matrix[packed(model, model)] = self;
    addSparseGram(matrix, vectors, size);
    return matrix;
  };
}
