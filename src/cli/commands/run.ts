import { relative, resolve } from "node:path";
import { type Config, loadConfig } from "../../config/config.ts";
import { UsageError } from "../../errors.ts";
import { visibleText } from "../../report/visible-text.ts";
import { planRun, sampleRun, type TargetPlan } from "../../sampling/sample-run.ts";
import type { SamplingResult } from "../../sampling/sampling-events.ts";
import type { StoppingRuleOf } from "../../sampling/stopping-rule.ts";
import { readManifest } from "../../store/manifest-file.ts";
import type { CliContext } from "../context.ts";
import { defineCommand } from "../define-command.ts";
import { listOption } from "../list-option.ts";
import { loadCalibration, shippedCalibrations } from "../load-calibration.ts";
import { runRequest } from "../run-request.ts";
import { createSamplingProgress } from "../sampling-progress.ts";
import { nextOf, shardSuffix } from "../shard-folder.ts";
import { tellStopping } from "../tell-stopping.ts";
import { defaultPilot, untilDecided } from "../until-decided.ts";

/** A comparison needs answers of so many controls. */
const fewestControls = 3;

/** `congener run`: starts, resumes and extends a run. */
export const runCommand = defineCommand({
  command: "run",
  describe: "Ask the models; starts, resumes and extends a run",
  builder: (yargs) =>
    yargs
      .option("run", {
        type: "string",
        requiresArg: true,
        describe: "Run folder; default: results/<name of the configuration>",
      })
      .option("only", listOption("Ask these targets only"))
      .option("suite", listOption("Suites by name, or YAML files, instead of the configuration's"))
      .option("samples", { type: "number", requiresArg: true, describe: "Samples a probe and target" })
      .option("best", {
        type: "number",
        requiresArg: true,
        describe: "Only so many probes of the suites: those that tell most a token by --ranking",
      })
      .option("ranking", {
        type: "string",
        requiresArg: true,
        describe: "With --best: a file of congener probes rank --out",
      })
      .option("paraphrase", {
        type: "boolean",
        describe: "Ask each sample in one of its probe's wordings, drawn by the seed",
      })
      .option("concurrency", {
        alias: "j",
        type: "number",
        requiresArg: true,
        describe: "Requests at once, per origin and key",
      })
      .option("until", {
        choices: ["decided"] as const,
        requiresArg: true,
        describe: "Ask probe by probe, and stop once every suspect's likelihood ratio is above 10 or below 1",
      })
      .option("pilot", {
        type: "number",
        requiresArg: true,
        describe: `With --until: probes on which scales are fixed first; default: ${defaultPilot}`,
      })
      .option("calibration", {
        type: "string",
        requiresArg: true,
        describe: "With --until: the calibration file; default: the one shipped",
      })
      .option("max-requests", {
        type: "number",
        requiresArg: true,
        describe: "Stop after this many requests, retries included",
      })
      .option("max-minutes", { type: "number", requiresArg: true, describe: "Stop after this many minutes" })
      .option("shard", {
        type: "string",
        requiresArg: true,
        describe:
          "i/n: ask only the i-th of n parts, in a run folder of its own (default: results/<name>-shard-i-of-n); unite them with congener merge",
      })
      .option("dry-run", { type: "boolean", describe: "Say what would be asked, and ask nothing" })
      .check(
        (argv) =>
          positive(argv, ["samples", "best", "concurrency", "max-requests", "pilot"], true) &&
          positive(argv, ["max-minutes"], false) &&
          fitsUntil(argv),
      )
      .example("$0 run", "Ask what the configuration says; issue it again to resume")
      .example("$0 run --only acme-chat --samples 20", "Ask one target more often"),
  handler: async (argv) => {
    const { context } = argv;
    const dryRun = argv.dryRun === true;
    const config = await loadConfig(resolve(context.cwd, argv.config), {
      env: context.env,
      ...(dryRun ? { keysFor: [] } : argv.only === undefined ? {} : { keysFor: argv.only }),
    });
    const dir = resolve(context.cwd, argv.run ?? `results/${config.name}${shardSuffix(argv.shard)}`);
    const shownDir = relative(context.cwd, dir) || ".";
    const request = await runRequest(config, argv, context);
    for (const { message, advice } of config.caveats) context.note(`note: ${message}; ${advice}`);
    const date = () => new Date();
    if (dryRun) {
      printPlan(await planRun(dir, request, { only: argv.only, date }), shownDir, context);
      return;
    }
    if (config.limits.budgetUSD !== undefined)
      context.note(
        "note: limits.budgetUSD is not applied, for no price is known; use --max-requests or --max-minutes",
      );
    const stoppingRule = argv.until === undefined ? undefined : await ruleOf(argv, dir, context);
    const progress = createSamplingProgress(context, { quiet: argv.quiet });
    const result = await sampleRun(dir, request, {
      date,
      only: argv.only,
      stoppingRule,
      secrets: config.secrets,
      limits: {
        ...config.limits,
        concurrency: argv.concurrency ?? config.limits.concurrency,
        maxRequests: argv.maxRequests,
        maxMinutes: argv.maxMinutes,
      },
      onEvent: progress.onEvent,
      stopSignal: context.takeInterrupts(),
    }).finally(progress.stop);
    const { stopping } = argv.until === undefined ? {} : await readManifest(dir);
    if (stopping !== undefined) tellStopping(result, stopping, context);
    tellResult(result, { config, argv, shownDir, context });
  },
});

interface RunFlags {
  readonly run?: string | undefined;
  readonly config: string;
  readonly configGiven: boolean;
  readonly quiet: boolean;
  readonly only?: readonly string[] | undefined;
  readonly suite?: readonly string[] | undefined;
  readonly samples?: number | undefined;
  readonly best?: number | undefined;
  readonly ranking?: string | undefined;
  readonly paraphrase?: boolean | undefined;
  readonly until?: "decided" | undefined;
  readonly pilot?: number | undefined;
  readonly calibration?: string | undefined;
  readonly shard?: string | undefined;
  readonly envFile?: readonly string[] | undefined;
}

async function ruleOf(flags: RunFlags, dir: string, context: CliContext): Promise<StoppingRuleOf> {
  const calibration = await loadCalibration(
    flags.calibration === undefined
      ? shippedCalibrations["real-models"]
      : resolve(context.cwd, flags.calibration),
  );
  const { note } = context;
  return (manifest) => untilDecided(manifest, { dir, calibration, pilot: flags.pilot ?? defaultPilot, note });
}

/** Sampling until decided needs all targets, and its flags need it. */
function fitsUntil({ until, only, pilot, calibration, shard }: Partial<RunFlags>): true {
  if (until !== undefined && shard !== undefined)
    throw new UsageError(
      "cli.until",
      "--until decided looks at all answers together: it does not go with --shard",
    );
  if (until !== undefined && only !== undefined)
    throw new UsageError("cli.until", "--until decided asks all targets alike: it does not go with --only");
  const needing = until === undefined && (pilot === undefined ? calibration && "calibration" : "pilot");
  if (needing) throw new UsageError("cli.until", `--${needing} expects --until decided beside it`);
  return true;
}

function printPlan(plans: readonly TargetPlan[], dir: string, context: CliContext): void {
  const width = Math.max(...plans.map(({ name }) => name.length), 6);
  for (const { name, planned, missing } of plans) {
    const label = visibleText(name, { maxLength: 200 }).padEnd(width);
    context.print(`${label}  ${missing.length} to ask, ${planned - missing.length} of ${planned} recorded`);
  }
  const requests = plans.reduce((sum, { missing }) => sum + missing.length, 0);
  context.print(`${requests} requests at least, recorded in ${dir}`);
}

function tellResult(
  result: SamplingResult,
  about: {
    readonly config: Config;
    readonly argv: RunFlags;
    readonly shownDir: string;
    readonly context: CliContext;
  },
): void {
  const { config, argv, shownDir, context } = about;
  const recorded = result.targets.reduce((sum, target) => sum + target.recordedBefore + target.recorded, 0);
  const planned = result.targets.reduce((sum, target) => sum + target.planned, 0);
  // Without --quiet the progress said so when it happened.
  for (const { name, ended } of result.targets)
    if (ended !== null && argv.quiet)
      context.stderr.write(
        `congener: ${visibleText(`${name} was ended (${ended.errorClass}): ${ended.message}`, { maxLength: 800 })}\n`,
      );
  context.print(`${recorded} of ${planned} samples recorded in ${shownDir}`);
  if (result.stopReason === "decided")
    context.note(
      `next: congener compare ${shownDir}${argv.calibration === undefined ? "" : ` --calibration ${shellWord(argv.calibration)}`}; to ask the other probes too: ${resumeCommand({ ...argv, until: undefined, pilot: undefined, calibration: undefined })}`,
    );
  else if (result.status === "stopped")
    context.note(`${whyStopped(result)}; to go on: ${resumeCommand(argv)}`);
  else context.note(`next: ${nextOf(shownDir, argv.shard)}`);
  const without = (name: string) => {
    const target = result.targets.find((candidate) => candidate.name === name);
    // A small shard may have nothing to ask of a target.
    return target !== undefined && target.planned > 0 && target.recordedBefore + target.recorded === 0;
  };
  const { reference, suspects, controls } = config.roles;
  const answering = controls.filter((name) => !without(name)).length;
  const why =
    reference !== null && without(reference)
      ? `the reference ${reference} has no answer`
      : suspects.every(without)
        ? "no suspect has an answer"
        : answering < fewestControls
          ? `only ${answering} of the controls have answers, and ${fewestControls} are needed`
          : null;
  if (why === null) return;
  context.stderr.write(
    `congener: nothing to compare: ${visibleText(why, { maxLength: 400 })}; see the lines above\n`,
  );
  context.setExitCode(3);
}

function whyStopped({ stopReason, targets }: SamplingResult): string {
  if (stopReason === "asked-to") return "stopped as asked";
  if (stopReason === "max-requests") return "stopped at --max-requests";
  if (stopReason === "max-minutes") return "stopped at --max-minutes";
  const missing = targets.reduce(
    (sum, { planned, recordedBefore, recorded }) => sum + planned - recordedBefore - recorded,
    0,
  );
  return missing === 1 ? "1 sample is missing" : `${missing} samples are missing`;
}

const shellWord = (text: string) =>
  /^[\w./:@+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

function resumeCommand(argv: RunFlags): string {
  const word = shellWord;
  return [
    "congener run",
    ...(argv.configGiven ? ["--config", word(argv.config)] : []),
    ...(argv.envFile ?? []).flatMap((file) => ["--env-file", word(file)]),
    ...(argv.run === undefined ? [] : ["--run", word(argv.run)]),
    ...(argv.only === undefined ? [] : ["--only", word(argv.only.join(","))]),
    ...(argv.suite === undefined ? [] : ["--suite", word(argv.suite.join(","))]),
    ...(argv.samples === undefined ? [] : ["--samples", String(argv.samples)]),
    ...(argv.shard === undefined ? [] : ["--shard", argv.shard]),
    ...(argv.best === undefined ? [] : ["--best", String(argv.best)]),
    ...(argv.ranking === undefined ? [] : ["--ranking", word(argv.ranking)]),
    ...(argv.paraphrase === true ? ["--paraphrase"] : []),
    ...(argv.until === undefined ? [] : ["--until", argv.until]),
    ...(argv.pilot === undefined ? [] : ["--pilot", String(argv.pilot)]),
    ...(argv.calibration === undefined ? [] : ["--calibration", word(argv.calibration)]),
  ].join(" ");
}

function positive(argv: Readonly<Record<string, unknown>>, names: readonly string[], whole: boolean): true {
  for (const name of names) {
    const value = argv[name];
    if (value === undefined) continue;
    if (typeof value !== "number" || !(value > 0) || (whole && !Number.isInteger(value)))
      throw new UsageError("cli.number", `--${name} expects a positive ${whole ? "whole " : ""}number`);
  }
  return true;
}
