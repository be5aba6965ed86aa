import { fitCalibration } from "../../src/analysis/calibrate.ts";
import { backgroundFor, controlsOf } from "../../src/analysis/content-score.ts";
import { enoughControlLabs, findingThreshold } from "../../src/analysis/finding.ts";
import { createKernelStack } from "../../src/analysis/kernel-stack.ts";
import { likelihoodRatio } from "../../src/analysis/likelihood-ratio.ts";
import { measureAnswers } from "../../src/analysis/measure-answers.ts";
import type { MeasuredAnswers } from "../../src/analysis/measured-answers.ts";
import { rankAmongControls } from "../../src/analysis/rank-among-controls.ts";
import { type CorpusPair, type MeasuredCorpus, scoreCorpus } from "../../src/analysis/score-corpus.ts";
import { isDistilled, isUnrelated, type ScoredPair } from "../../src/analysis/scored-pair.ts";
import type { Calibration } from "../../src/schema/calibration.ts";
import type { Pair } from "../../src/schema/labels.ts";
import { type Random, seededRandom } from "../../src/schema/random.ts";
import { modelsOf, panelOf, type RecordedCorpus } from "../recorded-corpus.ts";

/** A recorded corpus, measured, with the scores of its labelled pairs and of controls taken as suspects. */
interface Measured {
  readonly corpus: RecordedCorpus;
  readonly measured: MeasuredAnswers;
  readonly scored: MeasuredCorpus;
  /** Controls as suspects of each teacher, with all other controls. */
  readonly controls: readonly CorpusPair[];
  /** The same with panels drawn at random: by panel size. */
  readonly drawn: ReadonlyMap<number, readonly CorpusPair[]>;
  /** Names of the controls drawn for a pair of `drawn`. */
  readonly panels: ReadonlyMap<ScoredPair, readonly string[]>;
}

/** A pair with its log10 LR from fits without its own cluster and lab, before bounding; null where undefined. */
export interface LeftOutPair {
  readonly pair: CorpusPair;
  readonly corpus: string;
  readonly log10LR: number | null;
}

/** What the line of ranks says of one unrelated pair at one panel size, for one panel drawn. */
export interface RankClaim {
  readonly null: "unrelated pair" | "control as suspect";
  readonly size: number;
  readonly labs: readonly [string, string];
  readonly pair: string;
  /** Controls that were there to be drawn: at most `size`. */
  readonly controls: number;
  readonly closerP: number | null;
  readonly rankP: number | null;
}

export interface CorpusClaims {
  readonly calibration: Calibration;
  readonly distilled: readonly LeftOutPair[];
  readonly unrelated: readonly LeftOutPair[];
  /** Controls as suspects with the whole panel, and with panels drawn, by size. */
  readonly controls: readonly LeftOutPair[];
  readonly drawn: ReadonlyMap<number, readonly LeftOutPair[]>;
  readonly ranks: readonly RankClaim[];
  /** Entries of all of these whose whole 95 % interval lies above 10 although bounds are off, left out, with 10 control labs. */
  readonly intervalAboveTen: readonly LeftOutPair[];
}

const lrSizes = [10, 20] as const;
const rankSizes = [5, 10, 20] as const;

export interface ClaimOptions {
  readonly seed: number;
  /** Random panels drawn for each pair and size. */
  readonly draws: number;
  /** Whether intervals are wanted, which need a measurement with a jackknife of habits. */
  readonly intervals: boolean;
}

/**
 * False claims about unrelated models of recorded corpora, under two nulls: the labelled unrelated pairs, and every
 * control as suspect against every teacher (its lab out of the panel).
 */
export async function corpusClaims(
  corpora: readonly RecordedCorpus[],
  options: ClaimOptions,
): Promise<CorpusClaims> {
  const random = seededRandom(options.seed);
  const all: Measured[] = [];
  for (const corpus of corpora) all.push(await measure(corpus, options, random));
  const fitted = fitCalibration(
    all.map(({ scored, controls, drawn }) => ({
      ...scored,
      // Pairs of a relation that is neither distilled nor unrelated take no part in the fit but get its LR.
      pairs: [...scored.pairs, ...controls, ...[...drawn.values()].flat()],
    })),
    { name: "bench", domain: "real-models", congenerVersion: "0", random: seededRandom(options.seed) },
  );
  const leftOut = (pairs: (of: Measured) => readonly CorpusPair[]): LeftOutPair[] =>
    all.flatMap((of) =>
      pairs(of).map((pair) => ({
        pair,
        corpus: of.corpus.name,
        log10LR: fitted.leftOutLog10LR.get(pair) ?? null,
      })),
    );
  const unrelated = leftOut(({ scored }) => scored.pairs.filter(isUnrelated));
  const controls = leftOut((of) => of.controls);
  const drawn = new Map(lrSizes.map((size) => [size, leftOut((of) => of.drawn.get(size) ?? [])]));
  const high = [...unrelated, ...controls, ...[...drawn.values()].flat()].filter(
    ({ log10LR }) => log10LR !== null && log10LR > findingThreshold,
  );
  return {
    calibration: fitted.calibration,
    distilled: leftOut(({ scored }) => scored.pairs.filter(isDistilled)),
    unrelated,
    controls,
    drawn,
    ranks: all.flatMap((of) => rankClaims(of, options, random)),
    intervalAboveTen: options.intervals ? await aboveTen(high, all) : [],
  };
}

async function measure(corpus: RecordedCorpus, options: ClaimOptions, random: Random): Promise<Measured> {
  const { labels } = corpus;
  const measured = await measureAnswers(corpus.probes, {
    models: modelsOf(corpus),
    panel: panelOf(corpus),
  });
  const source = { name: corpus.name, sha256: corpus.sha256 };
  const asSuspects = controlPairs(corpus);
  const score = (on: MeasuredAnswers, pairs: readonly Pair[]) =>
    scoreCorpus(on, { families: labels.families, pairs: [...pairs] }, source).pairs;
  const panels = new Map<ScoredPair, readonly string[]>();
  const drawn = new Map(
    lrSizes.map((size) => [
      size,
      asSuspects.flatMap((pair) =>
        Array.from({ length: options.draws }, () => {
          const on = withPanel(measured, pair, size, random);
          const scored = score(on, [pair]);
          for (const one of scored)
            panels.set(
              one,
              on.stack.panel.map((control) => measured.models[control]?.name ?? ""),
            );
          return scored;
        }).flat(),
      ),
    ]),
  );
  return {
    corpus,
    measured,
    scored: scoreCorpus(measured, labels, source),
    controls: score(measured, asSuspects),
    drawn,
    panels,
  };
}

/** Every control as a suspect of every teacher of another lab, unless a lineage of the two is known. */
export function controlPairs({ labels, models }: RecordedCorpus): Pair[] {
  const known = (labels.pairs ?? []).filter(
    ({ reference, suspect }) => models.includes(reference) && models.includes(suspect),
  );
  const teachers = [
    ...new Set(
      known.filter((pair) => pair.relation === "distilled" && pair.teacher).map((pair) => pair.reference),
    ),
  ];
  const related = new Set(
    known
      .filter(({ relation }) => relation !== "independent" && relation !== "undocumented")
      .flatMap(({ reference, suspect }) => [`${reference}\n${suspect}`, `${suspect}\n${reference}`]),
  );
  const labOf = (name: string) => labels.families[name] ?? name;
  return teachers.flatMap((reference) =>
    (labels.panel ?? [])
      .filter((suspect) => models.includes(suspect) && labOf(suspect) !== labOf(reference))
      .filter((suspect) => !related.has(`${reference}\n${suspect}`))
      .map((suspect): Pair => ({ reference, suspect, relation: "version" })),
  );
}

/** The same measurements with `size` controls drawn from those of a pair (all, where there are no more). */
function withPanel(
  measured: MeasuredAnswers,
  pair: Pick<Pair, "reference" | "suspect">,
  size: number,
  random: Random,
): MeasuredAnswers {
  const indexOf = (name: string) => measured.models.findIndex((model) => model.name === name);
  const controls = controlsOf(measured, indexOf(pair.suspect), indexOf(pair.reference))
    .map((control) => ({ control, key: random() }))
    .sort((a, b) => a.key - b.key)
    .slice(0, size)
    .map(({ control }) => control);
  return { ...measured, stack: createKernelStack({ ...measured.stack, panel: controls }) };
}

function rankClaims(
  { corpus, measured, scored }: Measured,
  options: ClaimOptions,
  random: Random,
): RankClaim[] {
  const indexOf = (name: string) => measured.models.findIndex((model) => model.name === name);
  const labOf = (name: string) => corpus.labels.families[name] ?? name;
  const nulls = [
    { null: "unrelated pair" as const, pairs: scored.pairs.filter(isUnrelated) },
    { null: "control as suspect" as const, pairs: controlPairs(corpus) },
  ];
  return nulls.flatMap(({ null: kind, pairs }) =>
    pairs.flatMap(({ reference, suspect }) =>
      rankSizes.flatMap((size) =>
        Array.from({ length: options.draws }, (): RankClaim => {
          const on = withPanel(measured, { reference, suspect }, size, random);
          const { pValue, statistic, n } = rankAmongControls(on, indexOf(suspect), indexOf(reference));
          return {
            null: kind,
            size,
            labs: [labOf(reference), labOf(suspect)],
            pair: `${corpus.name}\n${reference}\n${suspect}`,
            controls: n,
            closerP: pValue,
            rankP: statistic,
          };
        }),
      ),
    ),
  );
}

/** Of pairs with a high LR, those whose interval would make a finding, were it not for the bounds. */
async function aboveTen(high: readonly LeftOutPair[], all: readonly Measured[]): Promise<LeftOutPair[]> {
  const found: LeftOutPair[] = [];
  const folds = new Map<string, Calibration>();
  for (const { corpus, panels } of all) {
    const own = high.filter((entry) => entry.corpus === corpus.name);
    if (own.length === 0) continue;
    // Intervals need the habits without each block: measured again, with no more models than they need.
    const needed = new Set([
      ...(corpus.labels.panel ?? corpus.models),
      ...own.flatMap(({ pair }) => [pair.reference, pair.suspect]),
    ]);
    const models = corpus.models.filter((name) => needed.has(name));
    const part = { ...corpus, models };
    const whole = await measureAnswers(corpus.probes, {
      models: modelsOf(part),
      panel: panelOf(part),
      habitJackknife: true,
    });
    for (const entry of own) {
      const { reference, suspect, suspectLab } = entry.pair;
      const calibration = folds.get(suspectLab) ?? withoutBounds(all, suspectLab);
      folds.set(suspectLab, calibration);
      const panel = panels.get(entry.pair)?.map((name) => models.indexOf(name));
      const measured =
        panel === undefined ? whole : { ...whole, stack: createKernelStack({ ...whole.stack, panel }) };
      const [s, r] = [models.indexOf(suspect), models.indexOf(reference)];
      const background = backgroundFor(measured, calibration.background);
      const lr = likelihoodRatio(measured, s, r, { calibration, background });
      const labs = new Set(
        controlsOf(measured, s, r).map((control) => measured.models[control]?.lab ?? control),
      );
      if (lr !== null && lr.interval[0] > findingThreshold && labs.size >= enoughControlLabs)
        found.push(entry);
    }
  }
  return found;
}

/** A calibration that has not seen this lab as a suspect's, nor in an unrelated pair, with bounds off. */
function withoutBounds(all: readonly Measured[], lab: string): Calibration {
  const { calibration } = fitCalibration(
    all.map(({ scored }) => ({
      ...scored,
      pairs: scored.pairs.filter(
        (other) => other.suspectLab !== lab && !(isUnrelated(other) && other.referenceLab === lab),
      ),
    })),
    { name: "fold", domain: "real-models", congenerVersion: "0", random: seededRandom(1) },
  );
  return {
    ...calibration,
    bounds: { ...calibration.bounds, log10LR: [-Number.MAX_VALUE, Number.MAX_VALUE] },
  };
}
