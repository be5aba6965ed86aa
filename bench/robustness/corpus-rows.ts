import { createFormCollector, formCaveats } from "../../src/analysis/answer-form.ts";
import { affinityOf } from "../../src/analysis/content-affinity.ts";
import { cohortsOf, controlsOf } from "../../src/analysis/content-score.ts";
import { controlCaveats } from "../../src/analysis/control-caveats.ts";
import { fusedLogOdds } from "../../src/analysis/fit-fusion.ts";
import { createKernelStack } from "../../src/analysis/kernel-stack.ts";
import { measureAnswers } from "../../src/analysis/measure-answers.ts";
import type { MeasuredAnswers } from "../../src/analysis/measured-answers.ts";
import { scoreCorpus } from "../../src/analysis/score-corpus.ts";
import type { Calibration } from "../../src/schema/calibration.ts";
import type { ProbeAnswers } from "../../src/schema/corpus.ts";
import type { Labels, Pair } from "../../src/schema/labels.ts";
import { seededRandom } from "../../src/schema/random.ts";
import { type Audit, baselineRow } from "./audit.ts";
import { cutTo, lowerCased, markdownStripped, type Perturbation, paraphrased } from "./perturbations.ts";
import { englishSynonym } from "./synonyms.ts";

export interface CorpusRowsOptions {
  readonly name: string;
  readonly probes: readonly ProbeAnswers[];
  readonly models: readonly string[];
  readonly labels: Labels;
  readonly calibration: Calibration;
  readonly seed: number;
  readonly wanted?: (row: string) => boolean;
}

const mixtures = 40;
/** Names of perturbed copies: no recorded model is called so. */
const copy = (model: string) => `${model} (as suspect)`;

/**
 * The rows of the robustness table that recorded answers allow: suspects' texts are changed, references' and controls'
 * are not. Students are scored with their pre-named teachers, honest suspects are those of the unrelated pairs; distilled
 * fractions are mixtures of the reference's own recorded answers and an unrelated model's.
 */
export async function corpusRows(options: CorpusRowsOptions): Promise<Audit[]> {
  const { probes, labels, seed, calibration, wanted = () => true } = options;
  const recorded = new Set(options.models);
  const known = (labels.pairs ?? []).filter(
    ({ reference, suspect }) => recorded.has(reference) && recorded.has(suspect),
  );
  const taught = known.filter(({ relation }) => relation === "distilled");
  const students = taught.filter(({ teacher }) => teacher);
  const unrelated = known.filter(({ relation }) => relation === "independent" || relation === "undocumented");
  const panel = (labels.panel ?? []).filter((name) => recorded.has(name));
  const labOf = (name: string) => labels.families[name] ?? name;
  const coefficients = [calibration.intercept, ...calibration.weights];

  /** Models that stay as they are, and suspects under names of their own. */
  interface Measuring {
    readonly pairs: readonly Pair[];
    readonly texts: (suspect: string, probe: ProbeAnswers) => readonly string[] | undefined;
    readonly labOfSuspect?: (suspect: string) => string;
    readonly panel?: readonly string[];
  }
  const measure = async ({ pairs, texts, labOfSuspect = labOf }: Measuring) => {
    const suspects = [...new Set(pairs.map(({ suspect }) => suspect))];
    const kept = [...new Set([...panel, ...pairs.map(({ reference }) => reference)])];
    const models = [
      ...kept.map((name) => ({ name, lab: labOf(name) })),
      ...suspects.map((name) => ({ name: copy(name), lab: labOfSuspect(name) })),
    ];
    const forms = createFormCollector();
    const changed = probes.map((probe): ProbeAnswers => {
      const answers = new Map<string, readonly string[]>();
      for (const name of kept) {
        const own = probe.answers.get(name);
        if (own) answers.set(name, own);
      }
      for (const name of suspects) {
        const own = texts(name, probe);
        if (own) answers.set(copy(name), own);
      }
      forms.add({ answers });
      return { ...probe, answers };
    });
    const measured = await measureAnswers(changed, {
      models,
      panel: panel.map((name) => kept.indexOf(name)),
    });
    return { measured, forms };
  };
  type Measured = Awaited<ReturnType<typeof measure>>;

  const audit = (row: string, { measured, forms }: Measured, pairs: readonly Pair[]): Audit[] => {
    const families = Object.fromEntries(measured.models.map(({ name, lab }) => [name, lab ?? name]));
    const scored = scoreCorpus(
      measured,
      { families, pairs: pairs.map((pair) => ({ ...pair, suspect: copy(pair.suspect) })) },
      { name: row, sha256: "" },
    );
    const indexOf = new Map(measured.models.map(({ name }, index) => [name, index]));
    return scored.pairs.map(({ reference, suspect, relation, features }) => {
      const [s, r] = [indexOf.get(suspect) ?? 0, indexOf.get(reference) ?? 0];
      const controls = controlsOf(measured, s, r).map((control) => measured.models[control]?.name ?? "");
      const named = (name: string) => ({ name, form: forms.of(name) });
      const nearness = [...cohortsOf(measured, s, r).withReference].map(([control, sums]) => ({
        name: measured.models[control]?.name ?? "",
        lab: null,
        estimate: affinityOf(sums),
      }));
      return {
        row,
        student: relation === "distilled",
        score: features === null ? null : fusedLogOdds(coefficients, features),
        finding: null,
        warnings: [
          ...formCaveats(named(suspect), named(reference), controls.map(forms.of)),
          ...controlCaveats({ controls: nearness }, null, []),
        ].map(({ code }) => code),
      };
    });
  };

  const audits: Audit[] = [];
  const own = (suspect: string, probe: ProbeAnswers) => probe.answers.get(suspect);
  const all = [...students, ...unrelated];
  const baseline = await measure({ pairs: [...all, ...taught], texts: own });
  audits.push(...audit(baselineRow, baseline, all));

  const changes: [string, Perturbation][] = [
    ["lower case", lowerCased],
    ["markdown stripped", markdownStripped],
    ...[10, 30, 50, 100].map((percent): [string, Perturbation] => [
      `synonyms for ${percent} % of the listed words`,
      paraphrased(percent / 100, englishSynonym, seededRandom(seed + percent)),
    ]),
    ["cut to 200 characters", cutTo(200)],
  ];
  for (const [row, change] of changes) {
    if (!wanted(row)) continue;
    const texts = (suspect: string, probe: ProbeAnswers) => probe.answers.get(suspect)?.map(change);
    audits.push(...audit(row, await measure({ pairs: all, texts }), all));
  }

  const random = seededRandom(seed);
  const drawn = [...unrelated]
    .map((pair) => ({ pair, key: random() }))
    .sort((a, b) => a.key - b.key)
    .slice(0, mixtures)
    .map(({ pair }) => pair);
  for (const percent of [1, 5, 10, 25, 50, 75]) {
    const row = `mixture with ${percent} % of the reference's answers`;
    if (!wanted(row)) continue;
    const mixed = drawn.map((pair, i): Pair => ({ ...pair, relation: "distilled", suspect: `mixture ${i}` }));
    const share = seededRandom(seed + percent);
    const texts = (suspect: string, probe: ProbeAnswers) => {
      const pair = drawn[Number(suspect.slice("mixture ".length))];
      const source = share() < percent / 100 ? pair?.reference : pair?.suspect;
      return probe.answers.get(source ?? "");
    };
    const labOfSuspect = (suspect: string) =>
      labOf(drawn[Number(suspect.slice("mixture ".length))]?.suspect ?? "");
    audits.push(...audit(row, await measure({ pairs: mixed, texts, labOfSuspect }), mixed));
  }

  audits.push(
    ...audit(
      "two teachers: another documented one as reference",
      baseline,
      taught.filter(({ teacher }) => !teacher),
    ),
  );

  // The nearest other release of the teacher's lab that did not teach the student, as far as is documented.
  const kept = new Set([...panel, ...all.map(({ reference }) => reference)]);
  const siblings = students.flatMap((pair): Pair[] => {
    const others = [...kept].filter(
      (name) =>
        name !== pair.reference &&
        labOf(name) === labOf(pair.reference) &&
        !taught.some(({ suspect, reference }) => suspect === pair.suspect && reference === name),
    );
    const nearest = nearestTo(pair.reference, others, baseline.measured);
    return nearest === null ? [] : [{ ...pair, reference: nearest }];
  });
  audits.push(...audit("the teacher's sibling version as reference", baseline, siblings));

  // A student of the same teacher, of another lab than the suspect's, sits in the panel.
  for (const pair of all) {
    const spy = students.find(
      ({ reference, suspect }) => reference === pair.reference && labOf(suspect) !== labOf(pair.suspect),
    );
    if (!spy) continue;
    const { measured } = baseline;
    const index = measured.models.findIndex(({ name }) => name === copy(spy.suspect));
    const stack = createKernelStack({ ...measured.stack, panel: [...measured.stack.panel, index] });
    audits.push(
      ...audit("one control secretly derived", { ...baseline, measured: { ...measured, stack } }, [pair]),
    );
  }
  return audits;
}

function nearestTo(model: string, others: readonly string[], measured: MeasuredAnswers): string | null {
  const families = Object.fromEntries(measured.models.map(({ name, lab }) => [name, lab ?? name]));
  const { pairs } = scoreCorpus(
    measured,
    {
      families,
      pairs: others.map((suspect) => ({ reference: model, suspect, relation: "version" as const })),
    },
    { name: "siblings", sha256: "" },
  );
  const ordered = pairs.toSorted(
    (a, b) =>
      (b.contentAffinity ?? Number.NEGATIVE_INFINITY) - (a.contentAffinity ?? Number.NEGATIVE_INFINITY),
  );
  return ordered[0]?.suspect ?? null;
}
