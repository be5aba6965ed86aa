import type { AccessAnalysis } from "../../schema/access.ts";
import { type AccessSettings, scoredIndicators } from "../../schema/access-settings.ts";
import type { Scores, Step, StepContext, StepResult } from "../step.ts";
import { type CampaignModel, fitCampaignModel, type LabelledCase, probabilityOf } from "./campaign-model.ts";
import { crossValidate } from "./cross-validate.ts";
import { featureNames, featuresOf } from "./features.ts";
import { reasonsOf } from "./reasons.ts";
import { riskOf, riskParts } from "./risk.ts";
import { loadShippedModel } from "./shipped-model.ts";

type ProbabilityModel = NonNullable<AccessAnalysis["probabilityModel"]>;

/** Fewer of the five indicators, and the risk is that of one or two alone. */
const fewIndicators = 3;

/**
 * Risk, probability and reasons of every unit. The probability comes from the labels where they name two campaigns and
 * ordinary accounts, else from the model that is shipped. A labelled account's is that of the model which has not seen
 * its campaign. A few microseconds an account; fitting takes seconds.
 */
export const scoreStep: Step = {
  name: "score",
  stage: "score",
  needs: [],
  async run(_database, settings, context) {
    const { found, units } = context;
    const parts = (unit: number) => riskParts(found, unit, settings);
    const risk = Float64Array.from({ length: units.count }, (_, unit) => riskOf(parts(unit)));
    const reasons = (unit: number) => reasonsOf(found, unit, { parts: parts(unit), settings });
    const fitted = units.of === "account" ? await modelOfAccounts(settings, context) : knownModel(context);
    const scores: Scores = {
      risk,
      reasons,
      probability: fitted === null ? null : probabilities(fitted, context),
    };
    if (units.of === "cluster") return { scores };
    const caveats = [...(fitted?.caveats ?? []), ...fewIndicatorsCaveat(context)];
    const result: StepResult = { scores, caveats };
    return fitted === null ? result : { ...result, parts: { probabilityModel: fitted.model } };
  },
};

interface Fitted {
  readonly model: ProbabilityModel;
  /** By account: its probability by a model that has not seen it; empty without labels. */
  readonly unseen: ReadonlyMap<number, number>;
  readonly caveats: AccessAnalysis["caveats"];
}

async function modelOfAccounts(settings: AccessSettings, context: StepContext): Promise<Fitted | null> {
  if (context.found.baselines.size === 0) return null;
  return fromLabels(settings, context) ?? (await shipped(context));
}

/** Null where labels are missing, or too few to be validated. */
function fromLabels({ reviewBudget }: AccessSettings, context: StepContext): Fitted | null {
  if (context.labels === null) return null;
  const features = featuresOf(context.found, context);
  // By number: the order of the labels file must not matter.
  const labelled = [...context.labels].sort(([first], [second]) => first - second);
  const cases: LabelledCase[] = labelled.map(([account, { campaign }]) => ({
    features: features(account),
    campaign,
  }));
  const validated = crossValidate(cases, reviewBudget);
  if (validated === null) return null;
  const model = fitCampaignModel(cases);
  const campaignAccounts = cases.filter(({ campaign }) => campaign !== "").length;
  return {
    model: {
      source: "labels",
      features: [...featureNames],
      intercept: model.intercept,
      weights: [...model.weights],
      campaigns: new Set(cases.map(({ campaign }) => campaign)).size - 1,
      campaignAccounts,
      ordinaryAccounts: cases.length - campaignAccounts,
      crossValidated: validated.summary,
    },
    unseen: new Map(labelled.map(([account], index) => [account, validated.probabilities[index] as number])),
    caveats: [],
  };
}

async function shipped({ labels }: StepContext): Promise<Fitted> {
  const { model } = await loadShippedModel();
  const few =
    labels === null
      ? ""
      : " The labels name fewer than two campaigns, or too few ordinary accounts, to fit one.";
  return {
    model,
    unseen: new Map(),
    caveats: [
      {
        code: "access.simulated-probability",
        message: `The probability is that of a model fitted on simulated logs: its calibration holds for simulated behaviour only.${few}`,
        advice:
          "Read it as an order in which to look; give --labels with at least two campaigns and ordinary accounts for probabilities of your own log.",
      },
    ],
  };
}

/** Clusters are read with the model of the accounts. */
function knownModel({ parts }: StepContext): Fitted | null {
  const model = parts.probabilityModel ?? null;
  return model === null ? null : { model, unseen: new Map(), caveats: [] };
}

function probabilities({ model, unseen }: Fitted, context: StepContext): Float64Array {
  const features = featuresOf(context.found, context);
  const weights = featureNames.map((name) => model.weights[model.features.indexOf(name)] ?? 0);
  const aligned: CampaignModel = { intercept: model.intercept, weights };
  return Float64Array.from(
    { length: context.units.count },
    (_, unit) => unseen.get(unit) ?? probabilityOf(aligned, features(unit)),
  );
}

function fewIndicatorsCaveat({ found }: StepContext): AccessAnalysis["caveats"] {
  const there = scoredIndicators.filter(
    (name) => found.indicators.get(name)?.values.some(Number.isFinite) === true,
  );
  if (there.length >= fewIndicators) return [];
  return [
    {
      code: "access.few-indicators",
      message: `The risk rests on ${there.length} of the five indicators (${there.join(", ") || "none"}): one high value is enough to pass the threshold.`,
      advice: "Map the columns that the others need; mapping.yaml says which.",
    },
  ];
}
