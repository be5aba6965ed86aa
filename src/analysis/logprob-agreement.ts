import { mean } from "simple-statistics";
import type { Caveat, Evidence } from "../schema/analysis.ts";
import { blockMeanInterval } from "./block-mean-interval.ts";
import { controlsOf } from "./content-score.ts";
import type { MeasuredAnswers } from "./measured-answers.ts";
import type { NextTokenDivergence, NextTokens } from "./next-tokens.ts";

const level = 0.95;
const fewestProbes = 2;
const fewestLabs = 2;

/**
 * Agreement of suspect and reference in next-token probabilities, where the endpoints list them: mean Jensen-Shannon
 * divergence (nats, 0 to ln 2) over probes, beside the controls' divergences from the reference.
 *
 * Lists are cut after a few tokens: the estimate takes unlisted tokens for absent and what is missing for one further
 * token, and the table bounds what whole lists could give. Strings must mean the same tokens: a model that cuts text
 * otherwise than the reference is left out, and the line does not apply where the suspect does.
 *
 * Null: the suspect is exchangeable with the labs of the controls; p = (1 + k) / (m + 1), k of m labs having a model at
 * least as close to the reference on the probes that both answered. The effect's interval is a jackknife over blocks.
 *
 * @returns the line; `reason` says why it does not apply
 * @see Lin (1991), doi:10.1109/18.61115; `createNextTokenCollector` for what is compared
 */
export function logprobAgreement(
  measured: MeasuredAnswers,
  suspect: number,
  reference: number,
  tokens: NextTokens,
): Evidence {
  const name = (model: number) => measured.models[model]?.name ?? "";
  const labOf = (model: number) => measured.models[model]?.lab ?? `unknown ${model}`;
  const controls = controlsOf(measured, suspect, reference).filter(
    (control) => tokens.informative.has(control) && !tokens.otherTokens.has(control),
  );
  const probes = tokens.probes.flatMap(({ index, divergences }) => {
    const own = divergences.get(suspect);
    const ofControls = new Map(
      controls.flatMap((control) => {
        const divergence = divergences.get(control);
        return divergence === undefined ? [] : [[control, divergence] as const];
      }),
    );
    return own === undefined || new Set([...ofControls.keys()].map(labOf)).size < fewestLabs
      ? []
      : [{ index, own, ofControls }];
  });
  const line = {
    line: "logprob-agreement",
    title: "Agreement in next-token probabilities",
    nullHypothesis:
      "the suspect's next-token probabilities are as far from the reference's as one more independent lab's: it is exchangeable with the labs of the controls",
    method:
      "Jensen-Shannon divergence of listed next-token probabilities at beginnings that both wrote, missing mass as one token; p = (1 + k) / (m + 1) over m control labs; block jackknife",
    effectName: "divergence from the reference in nats, the controls' mean minus the suspect's",
    eValue: null,
    n: probes.length,
    nUnit: "probes",
  };
  const reason = whyNot(tokens, {
    suspect,
    reference,
    controls: controls.length,
    probes: probes.length,
    name,
  });
  if (reason !== null)
    return {
      ...line,
      ...{ statistic: null, effect: null, interval: null, level: null, pValue: null, table: [], caveats: [] },
      reason,
      summary: `Not applicable: ${reason}.`,
    };

  const differences = probes.map(({ index, own, ofControls }) => {
    const labs = [...new Set([...ofControls.keys()].map(labOf))];
    const ofLab = (lab: string) =>
      mean([...ofControls].flatMap(([control, { estimate }]) => (labOf(control) === lab ? [estimate] : [])));
    return { index, value: mean(labs.map(ofLab)) - own.estimate };
  });
  const interval = blockMeanInterval(measured, differences, level);
  const rows = controls.flatMap((control) => {
    const both = probes.filter(({ ofControls }) => ofControls.has(control));
    if (both.length === 0) return [];
    const own = both.map(({ ofControls }) => ofControls.get(control) as NextTokenDivergence);
    const suspects = mean(both.map((probe) => probe.own.estimate));
    return [{ control, suspects, ...summaryOf(own) }];
  });
  rows.sort((a, b) => a.divergence - b.divergence);
  const labs = new Set(rows.map(({ control }) => labOf(control))).size;
  const closer = new Set(
    rows
      .filter(({ divergence, suspects }) => divergence <= suspects + 1e-12)
      .map(({ control }) => labOf(control)),
  ).size;
  const pValue = (1 + closer) / (labs + 1);
  const own = summaryOf(probes.map((probe) => probe.own));
  const nearest = rows[0];
  return {
    ...line,
    statistic: own.divergence,
    effect: mean(differences.map(({ value }) => value)),
    interval,
    level: interval === null ? null : level,
    pValue,
    reason: null,
    summary: `The suspect's next-token probabilities diverge from the reference's by ${own.divergence.toFixed(3)} nats (between ${own.atLeast.toFixed(3)} and ${own.atMost.toFixed(3)}, given what the lists leave out); ${labs - closer} of ${labs} control labs diverge more${nearest === undefined ? "" : ` (nearest control ${name(nearest.control)}, ${nearest.divergence.toFixed(3)})`}; p = ${pValue.toPrecision(2)} (${labs} labs, ${probes.length} probes).`,
    table: [
      { model: name(suspect), role: "suspect", lab: measured.models[suspect]?.lab ?? null, ...own },
      ...rows.map(({ control, suspects: _suspects, ...ofControl }) => ({
        model: name(control),
        role: "control",
        lab: measured.models[control]?.lab ?? null,
        ...ofControl,
      })),
    ],
    caveats: limits(own, nearest?.atLeast ?? null),
  };
}

function summaryOf(divergences: readonly NextTokenDivergence[]) {
  const meanOf = (key: keyof NextTokenDivergence) => mean(divergences.map((divergence) => divergence[key]));
  return {
    divergence: meanOf("estimate"),
    atLeast: meanOf("low"),
    atMost: meanOf("high"),
    firstToken: meanOf("firstToken"),
    probes: divergences.length,
    placesPerProbe: meanOf("places"),
  };
}

function whyNot(
  { informative, otherTokens }: NextTokens,
  given: {
    suspect: number;
    reference: number;
    controls: number;
    probes: number;
    name: (model: number) => string;
  },
): string | null {
  for (const model of [given.reference, given.suspect])
    if (!informative.has(model))
      return `the responses of ${given.name(model)} hold no token log-probabilities; where the endpoint gives them, ask with params { logprobs: true, top_logprobs: 5 }`;
  if (otherTokens.has(given.suspect))
    return "suspect and reference cut text into different tokens, so that their probabilities are not comparable";
  if (given.controls < fewestLabs)
    return "fewer than two controls give token log-probabilities in comparable tokens";
  return given.probes < fewestProbes
    ? `only ${given.probes} probes have log-probabilities of suspect, reference and two control labs, and ${fewestProbes} are needed`
    : null;
}

function limits(own: { atMost: number }, nearestAtLeast: number | null): Caveat[] {
  const caveats: Caveat[] = [
    {
      code: "logprobs-as-reported",
      message:
        "Servers differ in whether they report probabilities before or after temperature and penalties, and equal strings are taken for equal tokens.",
      advice: "Ask all models with the same sampling parameters, best at temperature 1 without penalties.",
    },
  ];
  if (nearestAtLeast !== null && own.atMost > nearestAtLeast)
    caveats.push({
      code: "truncated-logprobs",
      message:
        "The lists of alternatives leave out so much that the suspect's rank among the controls could be another with whole lists.",
      advice: "Ask for more alternatives (top_logprobs), where the endpoint allows it.",
    });
  return caveats;
}
