/**
 * Time and memory of the measure against the number of models and of probes, on made-up answers that are written anew
 * in each pass and never kept. Run: npm run bench:scaling (after a build); one cell: npx tsx bench/scaling.ts 50 1000
 *
 * Every cell is a process of its own, one after another. Seconds are processor time of all threads, so that other work
 * on the machine does not count. Memory is the peak resident set of the process, without the content kernels (four
 * bytes a pair of models and probe), which grow with the probes by design and stand in a column of their own.
 */
import { backgroundOf, cohortsOf, contentScore, controlsOf } from "../dist/analysis/content-score.js";
import { habitAffinity } from "../dist/analysis/habit-affinity.js";
import { measureAnswers } from "../dist/analysis/measure-answers.js";
import type { ProbeAnswers } from "../dist/schema/corpus.js";
import { seededRandom } from "../dist/schema/random.js";
import { threadedMeters } from "../dist/workers/threaded-meters.js";
import { inProcesses } from "./in-processes.ts";

interface Cell {
  readonly models: number;
  readonly probes: number;
  readonly measureSeconds: number;
  readonly scoreSeconds: number;
  readonly peakMB: number;
  readonly kernelMB: number;
}

const modelCounts = [50, 100, 200];
const probeCounts = [100, 500, 1000, 5000];
const wordsPerAnswer = 30;
const vocabulary = Array.from({ length: 20000 }, (_, i) => `w${i.toString(36)}`);

/** Answers by a skewed law; each model prefers words of its own, each probe has words of its own. */
function* madeUp(models: number, probes: number): Generator<ProbeAnswers> {
  for (let p = 0; p < probes; p++) {
    const random = seededRandom(p + 1);
    const word = (shift: number) =>
      vocabulary[(shift + Math.floor(vocabulary.length * random() ** 6)) % vocabulary.length] as string;
    const answer = (model: number) => {
      const words = Array.from({ length: wordsPerAnswer }, (_, i) =>
        word(i % 3 === 0 ? 37 * p : i % 3 === 1 ? 101 * model : 0),
      );
      return `${words.slice(0, 15).join(" ")}. ${words.slice(15).join(" ")}.`;
    };
    yield {
      probe: `p${String(p).padStart(5, "0")}`,
      family: "made-up",
      prompt: "",
      answers: new Map(Array.from({ length: models }, (_, model) => [`m${model}`, [answer(model)]])),
    };
  }
}

const processorSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

async function measureCell(models: number, probes: number): Promise<Cell> {
  // Two models a lab; the first two models are the pair, all others the panel.
  const panel = Array.from({ length: models - 2 }, (_, i) => i + 2);
  const measured = await measureAnswers(
    { [Symbol.iterator]: () => madeUp(models, probes) },
    {
      models: Array.from({ length: models }, (_, m) => ({ name: `m${m}`, lab: `lab ${Math.floor(m / 2)}` })),
      panel,
      meters: threadedMeters,
    },
  );
  const measureSeconds = processorSeconds();
  const background = backgroundOf(measured);
  if (background !== null) contentScore(cohortsOf(measured, 1, 0), background);
  habitAffinity(measured, 1, 0, controlsOf(measured, 1, 0));
  return {
    models,
    probes,
    measureSeconds,
    scoreSeconds: processorSeconds() - measureSeconds,
    peakMB: process.resourceUsage().maxRSS / 1024,
    kernelMB: (4 * probes * models * (models + 1)) / 2 / 2 ** 20,
  };
}

async function printTable() {
  const cells = await inProcesses<Cell>(
    import.meta.filename,
    modelCounts.flatMap((models) => probeCounts.map((probes) => [String(models), String(probes)])),
    1,
  );
  const cell = (models: number | undefined, probes: number | undefined) =>
    cells.find((one) => one.models === models && one.probes === probes);
  const ratio = (value: number, before: number | undefined) =>
    before === undefined ? "-" : (value / before).toFixed(2);
  const rows = cells.map((here) => {
    const fewerProbes = cell(here.models, probeCounts[probeCounts.indexOf(here.probes) - 1]);
    const fewerModels = cell(modelCounts[modelCounts.indexOf(here.models) - 1], here.probes);
    const flat = here.peakMB - here.kernelMB;
    return {
      models: here.models,
      probes: here.probes,
      "measure s": here.measureSeconds.toFixed(1),
      "score s": here.scoreSeconds.toFixed(2),
      "MB without kernels": flat.toFixed(0),
      "kernels MB": here.kernelMB.toFixed(0),
      "probes x": ratio(here.probes, fewerProbes?.probes),
      "time x (probes)": ratio(here.measureSeconds, fewerProbes?.measureSeconds),
      "MB x (probes)": ratio(flat, fewerProbes && fewerProbes.peakMB - fewerProbes.kernelMB),
      "models x": ratio(here.models, fewerModels?.models),
      "time x (models)": ratio(here.measureSeconds, fewerModels?.measureSeconds),
      "MB x (models)": ratio(flat, fewerModels && fewerModels.peakMB - fewerModels.kernelMB),
    };
  });
  console.table(rows);
}

const [models, probes] = process.argv.slice(2).map(Number);
if (models === undefined || probes === undefined) await printTable();
else console.log(JSON.stringify(await measureCell(models, probes)));
