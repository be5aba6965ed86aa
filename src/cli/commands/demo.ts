import { access } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { SingleBar } from "cli-progress";
import { loadSuite } from "../../probes/load-suite.ts";
import { promptText } from "../../probes/prompt-text.ts";
import { renderReportFiles } from "../../report/report-files.ts";
import { renderTerminal } from "../../report/terminal.ts";
import { sampleRun } from "../../sampling/sample-run.ts";
import type { Target } from "../../schema/target.ts";
import { writeAnalysis } from "../../store/analysis-file.ts";
import { writeReportFile } from "../../store/run-writer.ts";
import { startZoo, type Zoo, type ZooProgress } from "../../zoo/start-zoo.ts";
import { compareRun } from "../compare-run.ts";
import type { CliContext } from "../context.ts";
import { defineCommand } from "../define-command.ts";
import { loadCalibration, shippedCalibrations } from "../load-calibration.ts";
import { createSamplingProgress } from "../sampling-progress.ts";

const shippedFolder = fileURLToPath(new URL("../../../probes", import.meta.url));
/** Requests at once: the miniature models answer in this very process, so more would only queue. */
const concurrency = 16;

/** `congener demo`: the whole job on embedded miniature models, without key and network. */
export const demoCommand = defineCommand({
  command: "demo",
  describe: "Run the whole job offline, on embedded miniature models",
  builder: (yargs) =>
    yargs
      .option("out", {
        alias: "o",
        type: "string",
        requiresArg: true,
        describe: "Run folder; default: results/demo-SEED",
      })
      .option("seed", {
        type: "number",
        default: 1,
        requiresArg: true,
        describe: "Seed of the labs, their models and their answers",
      })
      .option("samples", {
        type: "number",
        default: 8,
        requiresArg: true,
        describe: "Samples a probe and model",
      })
      .example("$0 demo", "labs, answers, findings and a report in about a minute"),
  handler: async ({ context, out, seed, samples, quiet }) => {
    const dir = await freeFolder(resolve(context.cwd, out ?? `results/demo-${seed}`), out !== undefined);
    const stopSignal = context.takeInterrupts();
    const suite = await loadSuite("demo", shippedFolder);
    context.note(
      "A miniature: small word-level models of invented labs, served over HTTP on 127.0.0.1. It says nothing about any real model.",
    );
    const zooProgress = progressOfZoo(context, quiet);
    const zoo = await startZoo({
      seed,
      suitePrompts: suite.probes.map(promptText),
      onProgress: zooProgress.onProgress,
    }).finally(zooProgress.stop);
    try {
      const progress = createSamplingProgress(context, { quiet });
      const result = await sampleRun(
        dir,
        {
          ...requestOf(zoo),
          name: `demo-${seed}`,
          congenerVersion: context.version,
          suites: [suite],
          samples,
          seed,
        },
        {
          date: () => new Date(),
          limits: { concurrency, timeoutMs: 60_000, retryMinutes: 1 },
          onEvent: progress.onEvent,
          stopSignal,
        },
      ).finally(progress.stop);
      if (result.status === "stopped") {
        context.note(
          `stopped; what was answered lies in ${relative(context.cwd, dir)}; a demo starts anew with: congener demo`,
        );
        return;
      }
    } finally {
      await zoo.close();
    }
    const run = relative(context.cwd, dir) || ".";
    const analysis = await compareRun(dir, {
      flags: {},
      labels: null,
      calibration: await loadCalibration(shippedCalibrations["zoo-miniature"]),
      prior: null,
      seed,
      version: context.version,
      createdAt: new Date().toISOString(),
      commands: [
        `congener demo --seed ${seed} --samples ${samples}`,
        `congener compare ${run} --seed ${seed}`,
      ],
    });
    await writeAnalysis(dir, analysis);
    for (const { name, content } of await renderReportFiles(analysis))
      await writeReportFile(dir, name, content);
    context.print(renderTerminal(analysis, { columns: context.columns, color: context.color }));
    context.print(`\nReport: ${relative(context.cwd, join(dir, "report.html"))}`);
  },
});

/** The folder asked for, or the first of NAME, NAME-2, NAME-3 ... that is free when none was. */
async function freeFolder(dir: string, asked: boolean): Promise<string> {
  const exists = (path: string) =>
    access(path).then(
      () => true,
      () => false,
    );
  if (asked) return dir;
  for (let number = 1; ; number++) {
    const candidate = number === 1 ? dir : `${dir}-${number}`;
    if (!(await exists(candidate))) return candidate;
  }
}

/** Roles and endpoints of the zoo's models: what a configuration file would say. */
function requestOf(zoo: Zoo) {
  const named = (role: "suspect" | "control") =>
    zoo.labs.filter((lab) => lab.role === role).map(({ name }) => name);
  return {
    origin: "demo" as const,
    roles: {
      reference: zoo.labs.find(({ role }) => role === "reference")?.name ?? null,
      suspects: named("suspect"),
      controls: named("control"),
      baselines: {},
    },
    endpoints: zoo.labs.map(({ name, lab, baseURL, model }) => {
      const target: Target = {
        name,
        api: "openai",
        baseURL,
        model,
        lab,
        params: { temperature: 1 },
        rename: {},
        drop: [],
        extraBody: {},
      };
      return { target, apiKey: null, headers: {} };
    }),
  };
}

/** A bar for training and harvesting in a terminal, a line a stage otherwise. */
function progressOfZoo(
  context: CliContext,
  quiet: boolean,
): { onProgress: (progress: ZooProgress) => void; stop: () => void } {
  const words = { train: "Training labs", harvest: "Harvesting the reference" } as const;
  let stage: ZooProgress["stage"] | null = null;
  let bar: SingleBar | null = null;
  const stop = () => {
    bar?.stop();
    bar = null;
  };
  return {
    onProgress: (progress) => {
      if (quiet) return;
      if (progress.stage !== stage) {
        stop();
        stage = progress.stage;
        if (context.isTTY) {
          bar = new SingleBar({
            format: `${words[stage].padEnd(26)} {bar} {value}/{total}`,
            stream: context.stderr,
            hideCursor: true,
          });
          bar.start(progress.total, progress.done);
        } else context.note(`${words[stage]} ...`);
      }
      bar?.update(progress.done);
    },
    stop,
  };
}
