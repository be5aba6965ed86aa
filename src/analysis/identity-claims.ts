import { mean } from "simple-statistics";
import { type ClaimedNames, labOf, namesOf } from "../extract/claimed-names.ts";
import { asksIdentity, claimsIdentity } from "../extract/identity-claim.ts";
import type { Evidence } from "../schema/analysis.ts";
import type { RecordedAnswers } from "../schema/corpus.ts";
import type { RecordedAnswer } from "../schema/withheld-answer.ts";
import { fisherExact } from "../stats/fisher-exact.ts";
import { holm } from "../stats/holm.ts";
import { type StratumTable, stratifiedFisherExact } from "../stats/stratified-fisher-exact.ts";
import { controlsOf } from "./content-score.ts";
import type { MeasuredAnswers } from "./measured-answers.ts";

/** A model as far as its names go. */
export interface NamedModel {
  readonly name: string;
  /** Id on the wire. */
  readonly model: string;
  readonly lab: string | null;
}

/** Answers to one probe that asks for identity. */
export interface IdentityProbe {
  readonly id: string;
  readonly language: string;
  /** Model index -> answers that claim to be of the reference's lab, and answers in all. */
  readonly counts: ReadonlyMap<number, { readonly claims: number; readonly answers: number }>;
}

/** Whether a probe asks who the model is. */
export function asksWho({ withheld, family, prompt }: RecordedAnswers): boolean {
  return withheld?.asksIdentity ?? asksIdentity({ family, prompt });
}

/** Claims by which all models were read: the reference's names, and who shares them. */
export interface IdentityClaims {
  readonly names: ClaimedNames | null;
  readonly probes: readonly IdentityProbe[];
  /** True where answers are withheld that were read for claims to be another model. */
  readonly readForAnother?: boolean;
  /** Models whose own names the reference's names are: they only tell the truth. */
  readonly namesakes: ReadonlySet<number>;
}

/** Counts claims to be the reference, or of its lab, while answers stream by; probes that do not ask who one is are left out. */
export function createIdentityClaimCollector(models: readonly NamedModel[], reference: number) {
  const own = models[reference];
  const names = own === undefined ? null : namesOf(own);
  const lab = own === undefined ? null : labOf(own);
  const probes: IdentityProbe[] = [];
  let readForAnother = false;
  const add = (item: RecordedAnswers) => {
    const { probe, language = "und", answers, withheld } = item;
    if (names === null || !asksWho(item)) return;
    if (withheld !== undefined && withheld.claimsOf !== own?.name) {
      readForAnother = true;
      return;
    }
    const counts = new Map<number, { claims: number; answers: number }>();
    models.forEach(({ name }, model) => {
      const given = answers.get(name) ?? [];
      if (given.length === 0) return;
      const claims = given.filter((answer) => isClaim(answer, names)).length;
      counts.set(model, { claims, answers: given.length });
    });
    probes.push({ id: probe, language, counts });
  };
  const sharesNames = (model: NamedModel) =>
    (own?.lab !== null && own?.lab === model.lab) || (lab !== null && labOf(model) === lab);
  return {
    add,
    finish: (): IdentityClaims => ({
      names,
      probes,
      ...(readForAnother ? { readForAnother } : {}),
      namesakes: new Set(models.flatMap((model, index) => (sharesNames(model) ? [index] : []))),
    }),
  };
}

function isClaim(answer: RecordedAnswer, names: ClaimedNames): boolean {
  return typeof answer === "string" ? claimsIdentity(answer, names) : answer.claims === true;
}

/**
 * How often the suspect says that it is the reference or of its maker, against the controls' rate. Weak evidence: models
 * that learnt from web text say so too.
 *
 * The line's p is at the level of models: under the null the suspect is exchangeable with the labs of the controls, and
 * p = (1 + k) / (m + 1), k of m labs having a model that claims it at least as often (mean over the probes). The table
 * compares answers: Fisher's exact test for each probe, and the exact test stratified by probe for each language and
 * over all, one-sided, each group with Holm's correction. These take answers of one model for independent of each other
 * and of the model: they say that the rates differ, not that they differ more than rates of unrelated models do.
 *
 * @returns the line; `reason` says why it does not apply
 * @see Li et al. (2024), arXiv:2411.10683, where 7 of 27 models misstate who they are, without any reuse being found
 */
export function identityClaims(
  measured: MeasuredAnswers,
  suspect: number,
  reference: number,
  { names, probes, namesakes, readForAnother }: IdentityClaims,
): Evidence {
  const nameOf = (model: number) => measured.models[model]?.name ?? "";
  const labKey = (model: number) => measured.models[model]?.lab ?? `unknown ${model}`;
  const controls = controlsOf(measured, suspect, reference).filter((control) => !namesakes.has(control));
  const usable = probes.filter(
    ({ counts }) => counts.has(suspect) && controls.filter((control) => counts.has(control)).length >= 2,
  );
  const line = {
    line: "identity-claims",
    title: "Says that it is the reference, or of its maker",
    nullHypothesis:
      "the suspect claims it as often as one more independent lab's model would: it is exchangeable with the labs of the controls",
    method:
      "first-person claims in answers to probes of identity; p = (1 + k) / (m + 1) over m control labs; in the table, exact tests of answers (Fisher; stratified by probe), one-sided, Holm",
    effectName: "share of answers with the claim, suspect minus the controls' mean",
    interval: null,
    level: null,
    eValue: null,
    n: usable.length,
    nUnit: "probes",
  };
  const notApplicable = (reason: string): Evidence => ({
    ...line,
    ...{ statistic: null, effect: null, pValue: null, table: [], caveats: [] },
    reason,
    summary: `Not applicable: ${reason}.`,
  });
  if (names === null) return notApplicable("neither lab nor model id of the reference is a name");
  if (namesakes.has(suspect))
    return notApplicable("suspect and reference go by the same lab's names, so that such a claim is true");
  if (readForAnother)
    return notApplicable("the answers are withheld, and they were read for claims to be another reference");
  if (probes.length === 0) return notApplicable("no probe asks who the model is");
  if (usable.length === 0)
    return notApplicable("suspect and two controls have no answers to a probe that asks who the model is");

  const rateOf = (model: number): number | null => {
    const rates = usable.flatMap(({ counts }) => {
      const count = counts.get(model);
      return count === undefined ? [] : [count.claims / count.answers];
    });
    return rates.length === 0 ? null : mean(rates);
  };
  const rate = rateOf(suspect) ?? 0;
  const rates = controls.flatMap((control) => {
    const own = rateOf(control);
    return own === null ? [] : [{ control, lab: labKey(control), rate: own }];
  });
  const labs = [...new Set(rates.map(({ lab }) => lab))];
  const panelRate = mean(
    labs.map((lab) => mean(rates.flatMap((entry) => (entry.lab === lab ? [entry.rate] : [])))),
  );
  const asOften = new Set(rates.filter((entry) => entry.rate >= rate - 1e-12).map(({ lab }) => lab)).size;
  const pValue = (1 + asOften) / (labs.length + 1);
  const referenceRate = rateOf(reference);
  const table = rowsOf(usable, { suspect, reference, controls });
  const answers = table[0]?.adjustedP;
  return {
    ...line,
    statistic: rate,
    effect: rate - panelRate,
    pValue,
    reason: null,
    summary: `${percent(rate)} of the suspect's answers on who it is name ${nameOf(reference)} or its maker (${names.names.slice(0, 3).join(", ")}, ...), against ${percent(panelRate)} of the controls'${referenceRate === null ? "" : ` and ${percent(referenceRate)} of the reference's own`}; ${asOften} of ${labs.length} control labs do so as often (p = ${pValue.toPrecision(2)}, ${usable.length} probes${typeof answers === "number" ? `; by answers alone, p = ${answers.toPrecision(2)}` : ""}). This is weak evidence.`,
    table,
    caveats: [
      {
        code: "identity-claims-are-weak",
        message:
          "Training on web text that is full of one lab's name has the same effect: about a quarter of models misstate who they are. A missing claim says nothing either, since names are trained away first.",
        advice: "Weigh the other lines first; ask in several languages and without a system prompt.",
      },
    ],
  };
}

const percent = (share: number) => `${Math.round(100 * share)} %`;

/** One row over all probes, one a language where there are several, one a probe; the panel's answers are pooled. */
function rowsOf(
  probes: readonly IdentityProbe[],
  roles: { readonly suspect: number; readonly reference: number; readonly controls: readonly number[] },
): Evidence["table"] {
  const pooled = ({ counts }: IdentityProbe, models: readonly number[]): readonly [number, number] => {
    const all = models.flatMap((model) => counts.get(model) ?? []);
    const claims = all.reduce((sum, count) => sum + count.claims, 0);
    return [claims, all.reduce((sum, count) => sum + count.answers, 0) - claims];
  };
  const strata = probes.map((probe) => ({
    ...probe,
    first: pooled(probe, [roles.suspect]),
    second: pooled(probe, roles.controls),
    reference: pooled(probe, [roles.reference]),
  }));
  type Stratum = (typeof strata)[number];
  const row = (scope: string, language: string, probe: string | null, of: readonly Stratum[]) => {
    const sum = (side: "first" | "second" | "reference", at: 0 | 1) =>
      of.reduce((total, stratum) => total + stratum[side][at], 0);
    return {
      scope,
      language,
      probe,
      suspectClaims: sum("first", 0),
      suspectAnswers: sum("first", 0) + sum("first", 1),
      panelClaims: sum("second", 0),
      panelAnswers: sum("second", 0) + sum("second", 1),
      referenceClaims: sum("reference", 0),
      referenceAnswers: sum("reference", 0) + sum("reference", 1),
      pValue: testOf(of),
    };
  };
  const languages = [...new Set(strata.map(({ language }) => language))];
  const groups = [
    [row("all", languages.join(" "), null, strata)],
    languages.length < 2
      ? []
      : languages.map((language) =>
          row(
            "language",
            language,
            null,
            strata.filter((stratum) => stratum.language === language),
          ),
        ),
    strata.map((stratum) => row("probe", stratum.language, stratum.id, [stratum])),
  ];
  return groups.flatMap((rows) => {
    const adjusted = rows.length === 0 ? [] : holm(rows.map(({ pValue }) => pValue));
    return rows.map((cells, index) => ({ ...cells, adjustedP: adjusted[index] as number }));
  });
}

function testOf(strata: readonly StratumTable[]): number {
  const only = strata.length === 1 ? strata[0] : undefined;
  if (only !== undefined) return fisherExact(only.first, only.second, "greater").pValue;
  return stratifiedFisherExact(strata).pValue;
}
