import { logisticRegression } from "../../stats/logistic-regression.ts";

/** A labelled account: its features, and the campaign it belongs to, if any. */
export interface LabelledCase {
  readonly features: readonly number[];
  /** Name of its campaign; empty for an ordinary customer. */
  readonly campaign: string;
}

/** Log odds of being part of a campaign: intercept + sum(weight * feature). */
export interface CampaignModel {
  readonly intercept: number;
  readonly weights: readonly number[];
}

/** Ordinary accounts that a fit reads at most: every one of these then stands for several. */
const mostOrdinary = 10_000;
/** Of the penalty on the squared weights; features are of the order of 1. */
const ridge = 1;

/**
 * Logistic regression of campaign membership, ridge 1. Every campaign weighs the same, all together as much as its
 * accounts: else the largest would be the only one that is learnt. Of more than 10,000 ordinary accounts every k-th is
 * read and stands for k. Some seconds at most.
 *
 * @param cases - both classes present; not modified
 * @throws InsufficientDataError when a class is missing
 */
export function fitCampaignModel(cases: readonly LabelledCase[]): CampaignModel {
  const inCampaigns = cases.filter(({ campaign }) => campaign !== "");
  const ordinary = cases.filter(({ campaign }) => campaign === "");
  const stride = Math.max(1, Math.ceil(ordinary.length / mostOrdinary));
  const read = ordinary.filter((_, index) => index % stride === 0);
  const sizes = new Map<string, number>();
  for (const { campaign } of inCampaigns) sizes.set(campaign, (sizes.get(campaign) ?? 0) + 1);
  const mean = inCampaigns.length / Math.max(1, sizes.size);
  const rows = [...inCampaigns, ...read];
  const fit = logisticRegression(
    rows.map(({ features }) => features),
    rows.map(({ campaign }) => campaign !== ""),
    {
      ridge,
      weights: rows.map(({ campaign }) =>
        campaign === "" ? ordinary.length / read.length : mean / (sizes.get(campaign) ?? 1),
      ),
    },
  );
  return { intercept: fit.intercept, weights: fit.coefficients };
}

/** Probability by a model, in (0, 1). */
export function probabilityOf({ intercept, weights }: CampaignModel, features: readonly number[]): number {
  const logOdds = weights.reduce((sum, weight, index) => sum + weight * (features[index] ?? 0), intercept);
  return 1 / (1 + Math.exp(-logOdds));
}
