/**
 * Predicted power against how often suspects are detected in independent worlds of the zoo; a table in Markdown.
 * Usage: npm run --silent bench:power [-- --worlds 12] [--jobs 2]
 *
 * In each world the power is predicted from a reference and twelve controls. Then three honest models of further labs
 * answer some of the probes as the reference does, with new answers of it, and two students are really trained on it.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { simulateDetection } from "../src/analysis/detectable-effect.ts";
import { fusedLogOdds } from "../src/analysis/fit-fusion.ts";
import { measureAnswers } from "../src/analysis/measure-answers.ts";
import { powerCurve, usualErrorRates } from "../src/analysis/power-curve.ts";
import { scoreCorpus } from "../src/analysis/score-corpus.ts";
import { loadCalibration, shippedCalibrations } from "../src/cli/load-calibration.ts";
import { loadSuite } from "../src/probes/load-suite.ts";
import { seededRandom } from "../src/schema/random.ts";
import { wilsonInterval } from "../src/stats/wilson-interval.ts";
import { layCommonGround } from "../src/zoo/population.ts";
import { dealt, inProcesses } from "./in-processes.ts";
import { type Answers, createWorld, probeAnswers } from "./zoo-world.ts";

const { values } = parseArgs({
  options: {
    worlds: { type: "string", default: "12" },
    jobs: { type: "string", default: "2" },
    // One part of the work, for a process of its own: seeds of worlds.
    seeds: { type: "string" },
  },
});
/** Seeds of these worlds are no demo's, no calibration's and no other bench's. */
const firstSeed = 800_000;
const controls = 12;
const honest = 3;
const samples = 4;
/** Shares of the probes that are answered as the reference answers them. */
const shares = [0, 0.1, 0.2, 0.3, 0.5];
/** Shares of a trained student's dialogues that are the reference's. */
const trained = [0.25, 0.5];

interface Row {
  readonly kind: "answers" | "training";
  readonly fraction: number;
  /** Predicted for this fraction of the answers. */
  readonly predicted: number;
  readonly detected: boolean;
}

if (values.seeds !== undefined) {
  for (const seed of values.seeds.split(",").map(Number))
    for (const row of await auditWorld(seed)) console.log(JSON.stringify(row));
} else {
  const worlds = Number(values.worlds);
  const rows = await inProcesses<Row>(
    fileURLToPath(import.meta.url),
    dealt(firstSeed, firstSeed + worlds, worlds).map((seeds) => ["--seeds", seeds.join(",")]),
    Number(values.jobs),
  );
  console.log(table(rows, worlds));
}

async function auditWorld(seed: number): Promise<Row[]> {
  const { probes } = await loadSuite("demo", "probes");
  const calibration = await loadCalibration(shippedCalibrations["zoo-miniature"]);
  const world = createWorld(seed, layCommonGround(), probes);
  const reference = world.independent("reference");
  const panel = Array.from({ length: controls }, (_, i) => world.independent(`control-${i}`));
  const others = Array.from({ length: honest }, (_, i) => world.independent(`honest-${i}`));
  const students = trained.map((share) => world.student(`student-${share}`, [{ teacher: reference, share }]));
  const ask = (asked: number) => (model: Parameters<typeof world.ask>[0]) =>
    world.ask(model, { samples, seed: asked });
  const again = ask(2)(reference);
  const random = seededRandom(seed);
  const suspects: { name: string; lab: string; answers: Answers; kind: Row["kind"]; fraction: number }[] = [
    ...others.flatMap((model) => {
      const own = ask(1)(model);
      return shares.map((fraction) => ({
        name: `${model.name} ${fraction}`,
        lab: model.lab.slug,
        answers: new Map(
          [...own].map(([id, texts]) => [id, random() < fraction ? (again.get(id) ?? []) : texts]),
        ),
        kind: "answers" as const,
        fraction,
      }));
    }),
    ...students.map((model, i) => ({
      name: model.name,
      lab: model.lab.slug,
      answers: ask(1)(model),
      kind: "training" as const,
      fraction: trained[i] ?? 0,
    })),
  ];
  const models = [reference, ...panel].map(({ name, lab }) => ({ name, lab: lab.slug }));
  const byModel = new Map<string, Answers>([
    ...[reference, ...panel].map((model): [string, Answers] => [model.name, ask(1)(model)]),
    ...suspects.map(({ name, answers }): [string, Answers] => [name, answers]),
  ]);
  const measured = await measureAnswers(probeAnswers(probes, byModel), {
    models: [...models, ...suspects.map(({ name, lab }) => ({ name, lab }))],
    panel: panel.map((_, i) => i + 1),
  });
  const { rule, design } = simulateDetection(
    { measured, forRatio: measured, reference: 0, besides: [], calibration, outOfDomain: false },
    usualErrorRates,
  );
  if (design === null || rule.rule !== "likelihood-ratio")
    throw new Error(`no power in world ${seed}: ${rule.why}`);
  const { curve, expectedFalseAlarms, threshold } = powerCurve(design, rule.rule, usualErrorRates);
  const { pairs } = scoreCorpus(
    measured,
    {
      families: Object.fromEntries(measured.models.map(({ name, lab }) => [name, lab ?? name])),
      pairs: suspects.map(({ name }) => ({
        reference: "reference",
        suspect: name,
        relation: "undocumented",
      })),
    },
    { name: "world", sha256: "" },
  );
  return suspects.map(({ name, kind, fraction }) => {
    const features = pairs.find(({ suspect }) => suspect === name)?.features ?? null;
    if (features === null) throw new Error(`no score of ${name} in world ${seed}`);
    const score = fusedLogOdds([calibration.intercept, ...calibration.weights], features) / Math.LN10;
    const predicted = curve.find((point) => point.fraction === fraction)?.power ?? expectedFalseAlarms;
    return { kind, fraction, predicted, detected: score > threshold };
  });
}

function table(rows: readonly Row[], worlds: number): string {
  const line = (kind: Row["kind"], fraction: number) => {
    const these = rows.filter((row) => row.kind === kind && row.fraction === fraction);
    const detected = these.filter((row) => row.detected).length;
    const [low, high] = wilsonInterval(detected, these.length, 0.95);
    const predicted = these.reduce((sum, row) => sum + row.predicted, 0) / these.length;
    const percent = `${Math.round(100 * fraction)} % of its ${kind === "answers" ? "answers" : "training dialogues"}`;
    return `| ${percent} | ${predicted.toFixed(3)} | ${detected} of ${these.length} (${low.toFixed(2)} to ${high.toFixed(2)}) |`;
  };
  return [
    `${worlds} worlds, ${controls} controls, 64 probes at ${samples} samples; detected is a likelihood ratio above 10.`,
    "",
    "| reference's share | predicted for that share of answers | detected (95 % interval) |",
    "| --- | --- | --- |",
    ...shares.map((fraction) => line("answers", fraction)),
    ...trained.map((fraction) => line("training", fraction)),
  ].join("\n");
}
