import type { AccessAnalysis } from "../../schema/access.ts";
import { rocAuc } from "../../stats/roc-auc.ts";
import { fitCampaignModel, type LabelledCase, probabilityOf } from "./campaign-model.ts";

/** How a model does on campaigns that it has not seen. */
export interface CrossValidation {
  readonly summary: NonNullable<AccessAnalysis["probabilityModel"]>["crossValidated"];
  /** By case: its probability by the model that has seen neither its campaign nor, if it is ordinary, itself. */
  readonly probabilities: readonly number[];
}

const reliabilityBins = 10;

/**
 * Cross-validation by campaign: each campaign in turn is left out, with as large a part of the ordinary accounts (every
 * k-th, in the order of the cases), and predicted by a model of the rest. Random folds would let a campaign's accounts
 * vouch for each other.
 *
 * @param cases - of at least two campaigns, and at least two ordinary ones; else null
 * @param budget - cases that an analyst can look at: precision and recall are those of the `budget` most probable (ties
 *   in the order of the cases)
 */
export function crossValidate(cases: readonly LabelledCase[], budget: number): CrossValidation | null {
  const campaigns = [...new Set(cases.map(({ campaign }) => campaign))].filter((name) => name !== "").sort();
  const ordinary = cases.filter(({ campaign }) => campaign === "").length;
  if (campaigns.length < 2 || ordinary < campaigns.length) return null;
  let place = 0;
  const foldOf = cases.map(({ campaign }) =>
    campaign === "" ? place++ % campaigns.length : campaigns.indexOf(campaign),
  );
  const models = campaigns.map((_, fold) =>
    fitCampaignModel(cases.filter((_case, index) => foldOf[index] !== fold)),
  );
  const probabilities = cases.map(({ features }, index) => {
    const model = models[foldOf[index] as number];
    return model === undefined ? 0 : probabilityOf(model, features);
  });
  return { summary: judge(cases, probabilities, budget), probabilities };
}

/** Area under the curve, Brier score, reliability by tenths of probability, precision and recall at a budget. */
function judge(
  cases: readonly LabelledCase[],
  probabilities: readonly number[],
  budget: number,
): CrossValidation["summary"] {
  const truth = cases.map(({ campaign }) => campaign !== "");
  const of = (wanted: boolean) => probabilities.filter((_, index) => truth[index] === wanted);
  const order = probabilities
    .map((probability, index) => ({ probability, index }))
    .sort((first, second) => second.probability - first.probability || first.index - second.index);
  const looked = order.slice(0, budget);
  const hits = looked.filter(({ index }) => truth[index]).length;
  return {
    auc: rocAuc(of(true), of(false)),
    brier:
      probabilities.reduce(
        (sum, probability, index) => sum + (probability - (truth[index] ? 1 : 0)) ** 2,
        0,
      ) / probabilities.length,
    reliability: reliability(truth, probabilities),
    budget,
    precision: hits / Math.max(1, looked.length),
    recall: hits / of(true).length,
  };
}

function reliability(truth: readonly boolean[], probabilities: readonly number[]) {
  const bins = Array.from({ length: reliabilityBins }, () => ({ predicted: 0, observed: 0, n: 0 }));
  probabilities.forEach((probability, index) => {
    const bin = bins[Math.min(reliabilityBins - 1, Math.floor(probability * reliabilityBins))];
    if (bin === undefined) return;
    bin.predicted += probability;
    bin.observed += truth[index] ? 1 : 0;
    bin.n += 1;
  });
  return bins
    .filter(({ n }) => n > 0)
    .map(({ predicted, observed, n }) => ({ predicted: predicted / n, observed: observed / n, n }));
}
