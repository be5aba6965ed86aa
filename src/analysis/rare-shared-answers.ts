import { mean } from "simple-statistics";
import type { Caveat, Evidence } from "../schema/analysis.ts";
import { blockMeanInterval } from "./block-mean-interval.ts";
import { chanceAdjustedAgreement } from "./chance-adjusted-agreement.ts";
import type { ClosedProbe } from "./closed-answers.ts";
import { controlsOf } from "./content-score.ts";
import type { MeasuredAnswers } from "./measured-answers.ts";

const level = 0.95;
/** Probes with fewer closed answers than this say too little to rank models by. */
const fewestProbes = 2;
/** Answers in the line's table. */
const shown = 15;

/**
 * Agreement of suspect and reference on answers that the panel almost never gives: wrong facts, arbitrary choices,
 * invented details.
 *
 * At a probe, the agreement of a model i with the reference R is sum_c q_i(c) q_R(c) w(c): the expected weight of the
 * category on which a random answer of each agrees, q being shares of readable answers. w(c) = -ln((v(c) + 1) / (n + K))
 * nats is the self-information of c among the n labs of the panel, v(c) their votes (one a lab, split over its models
 * and answers) and K the categories seen at the probe, with plus-one smoothing. Agreement on what everybody says hence
 * weighs little, and on what nobody else says most. The statistic is its mean over probes.
 *
 * Null: the suspect is one more independent lab, exchangeable with the labs of the controls. Each control in turn takes
 * the suspect's place and the suspect its lab's, so that no model weighs its own answers and every panel has as many
 * labs. p = (1 + k) / (m + 1) with m labs, k of which have a control that agrees with the reference at least as much on
 * the probes that both answered; counting labs rather than models makes siblings count once. A permutation of answers
 * within probes is no null here: it asks whether models differ at all, which they do.
 *
 * Where the right answer is known, CAPA says besides how much more both agree than two models as often right as they.
 *
 * @param probes - closed answers of all models (`createClosedAnswerCollector`)
 * @returns the line; `reason` says why it does not apply
 * @see Shannon (1948), doi:10.1002/j.1538-7305.1948.tb01338.x, for self-information; Lin (1998), "An
 *   information-theoretic definition of similarity", for weighing what is shared by it; Goel et al. (2025),
 *   arXiv:2502.04313, for CAPA
 */
export function rareSharedAnswers(
  measured: MeasuredAnswers,
  suspect: number,
  reference: number,
  probes: readonly ClosedProbe[],
): Evidence {
  const controls = controlsOf(measured, suspect, reference);
  const labOf = (model: number) => measured.models[model]?.lab ?? `unknown ${model}`;
  const scored = probes.flatMap((probe) => {
    const scores = scoreProbe(probe, { suspect, reference, controls, labOf });
    return scores === null ? [] : [scores];
  });
  const line = {
    line: "rare-shared-answers",
    title: "Shared answers that are rare among the controls",
    nullHypothesis:
      "the suspect agrees with the reference as one more independent lab would: it is exchangeable with the labs of the controls",
    method:
      "self-information of shared answers among the panel's labs (plus-one smoothing); exchange of the suspect with each control, p = (1 + k) / (m + 1) over m labs; block jackknife",
    effectName: "agreement weighted by rarity, suspect minus the controls' mean, in nats a probe",
    eValue: null,
    n: scored.length,
    nUnit: "probes",
  };
  if (scored.length < fewestProbes) {
    const reason =
      probes.length === 0
        ? "no probe has closed answers"
        : `only ${scored.length} probes have closed answers of suspect, reference and two control labs, and ${fewestProbes} are needed`;
    const nothing = { statistic: null, effect: null, interval: null, level: null, pValue: null };
    return { ...line, ...nothing, reason, summary: `Not applicable: ${reason}.`, table: [], caveats: [] };
  }
  const ranked = controls.flatMap((control) => {
    const both = scored.filter(({ ofControl }) => ofControl.has(control));
    if (both.length === 0) return [];
    const own = mean(both.map(({ ofControl }) => ofControl.get(control) as number));
    return [{ control, own, suspects: mean(both.map(({ ofSuspect }) => ofSuspect)) }];
  });
  const labs = new Set(ranked.map(({ control }) => labOf(control)));
  const ahead = new Set(
    // Sums in another order may differ in the last digit: such a tie counts as a tie.
    ranked.filter(({ own, suspects }) => own >= suspects - 1e-12).map(({ control }) => labOf(control)),
  );
  const statistic = mean(scored.map(({ ofSuspect }) => ofSuspect));
  const pValue = (1 + ahead.size) / (labs.size + 1);
  const closest = ranked.reduce((best, entry) => (entry.own > best.own ? entry : best));
  const interval = blockMeanInterval(
    measured,
    scored.map(({ index, difference }) => ({ index, value: difference })),
    level,
  );
  const rarest = scored
    .flatMap(({ id, shared }) => shared.map((entry) => ({ probe: id, ...entry })))
    .sort((first, second) => second.nats - first.nats || (first.probe < second.probe ? -1 : 1));
  return {
    ...line,
    statistic,
    effect: mean(scored.map(({ difference }) => difference)),
    interval,
    level: interval === null ? null : level,
    pValue,
    reason: null,
    summary: `Agreement on rare answers: ${statistic.toFixed(2)} nats a probe; ${labs.size - ahead.size} of ${labs.size} control labs agree less with the reference (closest control ${measured.models[closest.control]?.name ?? ""}, ${closest.own.toFixed(2)}); p = ${pValue.toPrecision(2)} (${labs.size} labs, ${scored.length} probes).${chanceSentence(probes, [suspect, reference], controls)}`,
    table: rarest.slice(0, shown),
    caveats: limits(labs.size),
  };
}

interface Roles {
  readonly suspect: number;
  readonly reference: number;
  readonly controls: readonly number[];
  readonly labOf: (model: number) => string;
}

interface ScoredProbe {
  readonly index: number;
  readonly id: string;
  readonly ofSuspect: number;
  readonly ofControl: ReadonlyMap<number, number>;
  /** Suspect minus the mean over the labs. */
  readonly difference: number;
  readonly shared: readonly {
    answer: string;
    suspectShare: number;
    referenceShare: number;
    /** Share of the control labs' votes. */
    panelShare: number;
    nats: number;
  }[];
}

type Shares = ReadonlyMap<string, number>;

/** Null where suspect, reference or two labs of controls have no readable answer. */
function scoreProbe(probe: ClosedProbe, { suspect, reference, controls, labOf }: Roles): ScoredProbe | null {
  const sharesOf = (model: number) => normalised(probe.counts.get(model));
  const ofSuspect = sharesOf(suspect);
  const ofReference = sharesOf(reference);
  const ofControls = new Map(
    controls.flatMap((control) => {
      const shares = sharesOf(control);
      return shares === null ? [] : [[control, shares] as const];
    }),
  );
  const labs = [...new Set([...ofControls.keys()].map(labOf))];
  if (ofSuspect === null || ofReference === null || labs.length < 2) return null;
  const votesOf = new Map(
    labs.map((lab) => [
      lab,
      average([...ofControls].flatMap(([c, shares]) => (labOf(c) === lab ? [shares] : []))),
    ]),
  );
  const kinds = new Set(
    [ofSuspect, ofReference, ...ofControls.values()].flatMap((shares) => [...shares.keys()]),
  ).size;
  const votes = (category: string) =>
    [...votesOf.values()].reduce((sum, lab) => sum + (lab.get(category) ?? 0), 0);
  const information = (count: number) => -Math.log((count + 1) / (labs.length + kinds));
  const referenceVotes = new Map([...ofReference.keys()].map((category) => [category, votes(category)]));
  /** Agreement with the reference, weighed by a panel with `entering` in the place of `leaving`. */
  const agreement = (own: Shares, leaving?: Shares, entering?: Shares) => {
    let sum = 0;
    for (const [category, share] of ofReference) {
      const ownShare = own.get(category) ?? 0;
      if (ownShare === 0) continue;
      const count =
        (referenceVotes.get(category) as number) -
        (leaving?.get(category) ?? 0) +
        (entering?.get(category) ?? 0);
      sum += ownShare * share * information(Math.max(0, count));
    }
    return sum;
  };
  const own = agreement(ofSuspect);
  const ofControl = new Map(
    [...ofControls].map(([control, shares]) => [
      control,
      agreement(shares, votesOf.get(labOf(control)), ofSuspect),
    ]),
  );
  const labMeans = labs.map((lab) =>
    mean([...ofControl].flatMap(([control, value]) => (labOf(control) === lab ? [value] : []))),
  );
  const shared = [...ofReference].flatMap(([answer, referenceShare]) => {
    const suspectShare = ofSuspect.get(answer) ?? 0;
    const count = referenceVotes.get(answer) as number;
    const nats = suspectShare * referenceShare * information(count);
    return nats > 0 ? [{ answer, suspectShare, referenceShare, panelShare: count / labs.length, nats }] : [];
  });
  const { index, id } = probe;
  return { index, id, ofSuspect: own, ofControl, difference: own - mean(labMeans), shared };
}

function normalised(counts: ReadonlyMap<string, number> | undefined): Shares | null {
  if (counts === undefined) return null;
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return new Map([...counts].map(([category, count]) => [category, count / total]));
}

function average(all: readonly Shares[]): Shares {
  const sum = new Map<string, number>();
  for (const shares of all)
    for (const [category, share] of shares) sum.set(category, (sum.get(category) ?? 0) + share / all.length);
  return sum;
}

/** What CAPA says where right answers are known; empty elsewhere. */
function chanceSentence(
  probes: readonly ClosedProbe[],
  [suspect, reference]: readonly [number, number],
  controls: readonly number[],
): string {
  const ofPair = chanceAdjustedAgreement(probes, suspect, reference);
  if (ofPair === null) return "";
  const ofControls = controls.flatMap(
    (control) => chanceAdjustedAgreement(probes, control, reference)?.kappa ?? [],
  );
  const beside =
    ofControls.length === 0 ? "" : `, ${mean(ofControls).toFixed(2)} on average for the controls`;
  return ` Adjusted for how often both are right (CAPA, ${ofPair.probes} probes with a known answer): ${ofPair.kappa.toFixed(2)}${beside}.`;
}

function limits(labs: number): Caveat[] {
  const caveats: Caveat[] = [
    {
      code: "rare-answers-have-other-causes",
      message:
        "A rare answer may be shared because both models read the same unusual text or are both right where the controls are wrong.",
      advice: "Look at the answers in the table, and add probes of arbitrary choice and invented detail.",
    },
  ];
  if (labs < 19)
    caveats.push({
      code: "few-labs-for-a-rank",
      message: `With ${labs} control labs the p-value of this line cannot fall below ${(1 / (labs + 1)).toPrecision(2)}.`,
      advice: "Add controls of other labs.",
    });
  return caveats;
}
