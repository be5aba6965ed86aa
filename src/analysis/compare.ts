import { UsageError } from "../errors.ts";
import type { Analysis, ModelSummary, ReportData, SuspectAnalysis } from "../schema/analysis.ts";
import { type Calibration, statisticVersion } from "../schema/calibration.ts";
import type { OutcomesByProbe, RecordedAnswers } from "../schema/corpus.ts";
import type { Manifest, Roles } from "../schema/manifest.ts";
import { seededRandom } from "../schema/random.ts";
import { createFormCollector, formCaveats } from "./answer-form.ts";
import { compareSuspect } from "./compare-suspect.ts";
import { centredSums } from "./content-affinity.ts";
import { backgroundFor, backgroundOf, excludedFor } from "./content-score.ts";
import { controlCaveats } from "./control-caveats.ts";
import { createExhibitCollector, createWordReader } from "./exhibits.ts";
import { contiguousRuns } from "./jackknife-blocks.ts";
import { verbalLadder } from "./ladder.ts";
import { type Measuring, startMeasuring } from "./measure-answers.ts";
import type { MeasuredAnswers } from "./measured-answers.ts";
import { modelTree, replicatesFor } from "./model-tree.ts";
import { createAnswerObserver } from "./observed-answers.ts";
import { type OutcomeVariant, outcomeSelections } from "./outcome-sensitivity.ts";
import { type PairAffinities, pairAffinities } from "./pair-affinities.ts";
import { parameterCaveats } from "./parameter-caveats.ts";
import { samplesPerProbe } from "./score-corpus.ts";
import type { AnswerSelection } from "./selected-answers.ts";
import { servedModelCaveats } from "./served-model-caveats.ts";
import { stoppingCaveats } from "./stopping-notes.ts";
import type { MeterFactory } from "./view-meter.ts";

/** A recorded run, ready to be compared. */
export interface CompareInput {
  readonly run: string;
  readonly congenerVersion: string;
  /** ISO time that the analysis carries. */
  readonly createdAt: string;
  readonly seed: number;
  readonly miniature: boolean;
  readonly roles: Roles;
  /** Every target of the run, with its lab; those without a role are left out of the comparison. */
  readonly models: readonly ModelSummary[];
  /** Opens the answers; called again where they are too many to be kept in memory between passes. */
  readonly answers: () => AsyncIterable<RecordedAnswers> | Iterable<RecordedAnswers>;
  readonly outcomes: OutcomesByProbe;
  readonly suites: ReportData["suites"];
  /** Which wording each sample was asked in; absent where every sample was asked in its probe's own. */
  readonly wordings?: ReportData["wordings"];
  readonly sources: ReportData["sources"];
  readonly calibration: Calibration | null;
  /** Why there is no calibration, in a clause. */
  readonly calibrationReason: string | null;
  readonly prior: number | null;
  /** How sampling was to stop, and whether it has; a run that stopped early gets a caveat. */
  readonly stopping?: Pick<Manifest, "stopping" | "status">;
  readonly commands: readonly string[];
  /** Where views are measured; in the calling thread by default. */
  readonly meters?: MeterFactory;
  /** Lets meters in other threads report, between long computations in this one; nothing by default. */
  readonly pause?: () => Promise<unknown>;
}

const fewestControls = 3;

/**
 * Compares every suspect with the reference against the controls: all evidence lines, likelihood ratios, findings and
 * what the report needs. Pure: the same input gives the same analysis.
 *
 * @throws UsageError with fewer than three controls left once the labs of suspect and reference are taken out
 */
export async function compare(input: CompareInput): Promise<Analysis> {
  const { roles, calibration } = input;
  const reference = roles.reference;
  if (reference === null)
    throw new UsageError(
      "compare.no-reference",
      "No reference: expected the name of a target; name one with --reference.",
    );
  const names = [
    ...new Set([reference, ...roles.suspects, ...roles.controls, ...Object.values(roles.baselines)]),
  ];
  const summaries = names.map((name) => {
    const summary = input.models.find((model) => model.name === name);
    if (!summary)
      throw new UsageError(
        "compare.unknown-model",
        `No target ${name} in the run: expected one of ${input.models
          .slice(0, 12)
          .map((model) => model.name)
          .join(", ")}${input.models.length > 12 ? ", ..." : ""}.`,
      );
    return summary;
  });
  const indexOf = (name: string) => names.indexOf(name);
  // A control named twice is one control.
  const panel = [...new Set(roles.controls)].map(indexOf);
  const wordsIn = createWordReader();
  const collectors = roles.suspects.map((suspect) =>
    createExhibitCollector(suspect, reference, panelNames(summaries, roles, suspect, reference), wordsIn),
  );
  const forms = createFormCollector();
  const observer = createAnswerObserver(summaries, 0, panel);
  const options = {
    models: summaries.map(({ name, lab }) => ({ name, lab })),
    panel,
    pairs: roles.suspects.map((suspect) => [indexOf(suspect), 0] as const),
    habitJackknife: true,
    onProbe: (probe: RecordedAnswers) => {
      observer.add(probe);
      forms.add(probe);
      for (const collector of collectors) collector.add(probe);
    },
    ...(input.meters === undefined ? {} : { meters: input.meters }),
  };
  let anyRetried = false;
  const answers = {
    async *[Symbol.asyncIterator]() {
      for await (const probe of input.answers()) {
        anyRetried ||= names.some((name) => probe.retried?.has(name));
        yield probe;
      }
    },
  };
  let firstOnly = false;
  let usable = calibration;
  let left: OutcomeVariant["left"][] = [];
  const measuring = startMeasuring(answers, options, (counted) => {
    const samples = samplesPerProbe(counted);
    // A calibration fitted at one sample a probe does not hold at several: affinities depend on it.
    firstOnly = calibration?.samplesPerProbe === "one" && samples === "several";
    if (calibration?.samplesPerProbe === "several" && samples === "one") usable = null;
    const variants =
      usable === null
        ? []
        : outcomeSelections({ reference, suspects: roles.suspects, outcomes: input.outcomes, anyRetried });
    left = variants.map((variant) => variant.left);
    const ofVariants = variants.map(({ selection }) => selection);
    return firstOnly ? [everyAnswer, ...ofVariants].map(firstOf) : ofVariants;
  });
  try {
    const measured = await measuring.next();
    for (const suspect of roles.suspects) {
      const controls = panel.length - excludedFor(measured, [indexOf(suspect), 0]).length;
      if (controls < fewestControls)
        throw new UsageError(
          "compare.too-few-controls",
          `Too few controls for ${suspect}: expected at least ${fewestControls} of other labs than the suspect's and the reference's, got ${controls}; name more with --control.`,
        );
    }
    const onlyOne = calibration !== null && usable === null;
    const forRatio = firstOnly ? await measuring.next() : measured;
    const variants = measureVariants(measuring, left);
    // Whoever awaits them is told; that may be later than the failure, or never, if something else fails before.
    variants.catch(() => {});
    const observed = observer.finish();
    await input.pause?.();
    const background =
      calibration === null ? backgroundOf(forRatio) : backgroundFor(forRatio, calibration.background);

    const begun: Awaited<ReturnType<typeof compareSuspect>>[] = [];
    for (const [i, suspect] of roles.suspects.entries()) {
      await input.pause?.();
      begun.push(
        await compareSuspect({
          measured,
          forRatio,
          suspect: indexOf(suspect),
          reference: 0,
          baseline: roles.baselines[suspect] === undefined ? null : indexOf(roles.baselines[suspect]),
          grams: measured.grams[i] ?? [],
          outcomes: input.outcomes,
          observed,
          calibration: usable,
          calibrationReason: onlyOne
            ? "the calibration was fitted at several samples a probe and this run has one"
            : input.calibrationReason,
          outOfDomain: calibration !== null && (calibration.domain === "zoo-miniature") !== input.miniature,
          background,
          prior: input.prior,
          random: seededRandom(input.seed + i),
          ...(input.pause === undefined ? {} : { pause: input.pause }),
        }),
      );
    }
    await input.pause?.();
    const affinities = allAffinities(measured);
    await input.pause?.();
    const tree = modelTree(
      measured.models.map(({ name }) => name),
      affinities,
      // Suspects draw with the seeds from `seed` on.
      { random: seededRandom(input.seed - 1), first: 0 },
    );
    const outcomeVariants = await variants;
    const results = begun.map((finish) => finish(outcomeVariants));
    const summaryOf = (name: string) => summaries[indexOf(name)] as ModelSummary;
    /** Caveats that need more than one pair's statistics: how the answers look, how they were asked for, single controls. */
    const caveatsOfAnswers = (
      { name, panel: controls, contentAffinity, log10LR }: SuspectAnalysis,
      leaveOneControlOut: readonly { readonly name: string; readonly log10LR: number | null }[],
    ) => [
      ...formCaveats(
        { name, form: forms.of(name) },
        { name: reference, form: forms.of(reference) },
        controls.map(forms.of),
      ),
      ...parameterCaveats(summaryOf(name), summaryOf(reference), controls.map(summaryOf)),
      ...servedModelCaveats([name, reference, ...controls].map(summaryOf)),
      ...controlCaveats(contentAffinity, log10LR, leaveOneControlOut),
    ];
    const bySuspect = <T>(of: (index: number) => T): Record<string, T> =>
      Object.fromEntries(roles.suspects.map((suspect, i) => [suspect, of(i)]));
    return {
      schemaVersion: 1,
      congenerVersion: input.congenerVersion,
      statisticVersion,
      run: input.run,
      createdAt: input.createdAt,
      seed: input.seed,
      miniature: input.miniature,
      reference,
      roles,
      hypotheses: {
        derived: `The suspect was trained on outputs of ${reference}.`,
        independent: `The suspect came about as the controls did: without the outputs of ${reference}, but perhaps from the same public text and habits of the field.`,
      },
      ladder: { source: verbalLadder.source, steps: verbalLadder.steps.map((step) => ({ ...step })) },
      suspects: results.map(({ analysis, leaveOneControlOut }) => ({
        ...analysis,
        caveats: [...analysis.caveats, ...caveatsOfAnswers(analysis, leaveOneControlOut)],
      })),
      caveats: input.stopping === undefined ? [] : stoppingCaveats(input.stopping),
      reportData: {
        models: input.models.map((model) => ({ ...model, role: roleOf(model.name, roles) })),
        suites: [...input.suites],
        ...(input.wordings === undefined ? {} : { wordings: input.wordings }),
        sources: [...input.sources],
        exhibits: bySuspect((i) => collectors[i]?.finish() ?? []),
        families: bySuspect((i) => familyShares(measured, indexOf(roles.suspects[i] ?? ""), 0)),
        leaveOneControlOut: bySuspect((i) => results[i]?.leaveOneControlOut ?? []),
        leaveOneFamilyOut: bySuspect(
          (i) => results[i]?.leaveOneFamilyOut ?? { families: [], reason: "no such suspect" },
        ),
        matrix: affinityMatrix(measured, affinities),
        modelTree: tree,
        calibration: withoutPairs(calibration),
        commands: [...input.commands],
      },
    };
  } finally {
    measuring.close();
  }
}

/** What is left to be measured. */
async function measureVariants(
  measuring: Measuring,
  left: readonly OutcomeVariant["left"][],
): Promise<OutcomeVariant[]> {
  const variants: OutcomeVariant[] = [];
  for (const one of left) variants.push({ left: one, measured: await measuring.next() });
  return variants;
}

/** The pairs that a calibration was fitted on stay in its own file: an analysis need not repeat them. */
function withoutPairs(calibration: Calibration | null): Calibration | null {
  if (calibration === null) return null;
  const { pairs: _pairs, ...rest } = calibration;
  return rest;
}

/** Role of a target in a comparison. */
function roleOf(name: string, roles: Roles): ModelSummary["role"] {
  if (name === roles.reference) return "reference";
  if (roles.suspects.includes(name)) return "suspect";
  if (roles.controls.includes(name)) return "control";
  return Object.values(roles.baselines).includes(name) ? "baseline" : "other";
}

function panelNames(
  models: readonly ModelSummary[],
  roles: Roles,
  suspect: string,
  reference: string,
): string[] {
  const labOf = (name: string) => models.find((model) => model.name === name)?.lab ?? null;
  const out = [labOf(suspect), labOf(reference)].filter((lab) => lab !== null);
  return [...new Set(roles.controls)].filter((name) => name !== suspect && !out.includes(labOf(name) ?? ""));
}

const everyAnswer: AnswerSelection = (_shape, _model, count) =>
  Array.from({ length: count }, (_, place) => place);

/** The first of the answers that a selection keeps. */
const firstOf =
  (selection: AnswerSelection): AnswerSelection =>
  (...of) =>
    selection(...of).slice(0, 1);

/** Share of each family in the pair's content affinity, and the affinity within it. */
function familyShares(
  measured: MeasuredAnswers,
  suspect: number,
  reference: number,
): ReportData["families"][string] {
  const families = [...new Set(measured.probes.map(({ family }) => family))];
  const blockOf = Int32Array.from(measured.probes, ({ family }) => families.indexOf(family));
  const sums = centredSums(
    { ...measured.stack, blockOf, blockCount: families.length },
    suspect,
    reference,
    excludedFor(measured, [suspect, reference]),
  );
  const total = sums.between.reduce((sum, value) => sum + value, 0);
  return families.flatMap((family, block) => {
    const probes = sums.probes[block] ?? 0;
    if (probes === 0) return [];
    const [between = 0, first = 0, second = 0] = [sums.between[block], sums.first[block], sums.second[block]];
    return [
      {
        family,
        probes,
        share: total === 0 ? 0 : between / total,
        affinity: first > 0 && second > 0 ? between / Math.sqrt(first * second) : null,
      },
    ];
  });
}

function affinityMatrix(measured: MeasuredAnswers, affinities: PairAffinities): ReportData["matrix"] {
  return { names: measured.models.map(({ name }) => name), content: affinities.matrix() };
}

/** More blocks than this cost memory for every pair of models, and contiguous runs do as well. */
const mostTreeBlocks = 50;

/** Affinities of all pairs, by block as far as the tree's bootstrap will draw blocks. */
function allAffinities(measured: MeasuredAnswers): PairAffinities {
  const probes = measured.probes.length;
  if (replicatesFor(measured.models.length) === 0)
    return pairAffinities(measured, { blockOf: new Int32Array(probes), blockCount: 1 });
  return measured.blocks.blockCount > mostTreeBlocks
    ? pairAffinities(measured, contiguousRuns(probes))
    : pairAffinities(measured);
}
