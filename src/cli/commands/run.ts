import { relative, resolve } from "node:path";
import { type Config, loadConfig } from "../../config/config.ts";
import { UsageError } from "../../errors.ts";
import { visibleText } from "../../report/visible-text.ts";
import { sampleRun } from "../../sampling/sample-run.ts";
import type { SamplingResult } from "../../sampling/sampling-events.ts";
import type { Spending } from "../../sampling/spending.ts";
import type { StoppingRuleOf } from "../../sampling/stopping-rule.ts";
import { readManifest } from "../../store/manifest-file.ts";
import type { CliContext } from "../context.ts";
import { defineCommand } from "../define-command.ts";
import { listOption } from "../list-option.ts";
import { loadCalibration, shippedCalibrations } from "../load-calibration.ts";
import { enoughUSD, spentLines } from "../money/after-run.ts";
import { askFirst } from "../money/ask-first.ts";
import { mostUSD, outlookLines } from "../money/outlook-lines.ts";
import { checkBudgetPrices, type RunOutlook, runOutlook } from "../money/run-outlook.ts";
import { costWords } from "../plan/amount-words.ts";
import { priceLists } from "../price-lists.ts";
import { watchedRun } from "../progress/watched-run.ts";
import { runRequest } from "../run-request.ts";
import { nextOf, shardSuffix } from "../shard-folder.ts";
import { shellWord } from "../shell-word.ts";
import { tellStopping } from "../tell-stopping.ts";

/** With `--until`, probes of the pilot where none are named. */
const defaultPilot = 20;
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
        describe: "Only so many probes of the suites: those that tell most by --ranking",
      })
      .option("ranking", {
        type: "string",
        requiresArg: true,
        describe: "With --best: a file of congener probes rank --out",
      })
      .option("best-by", {
        choices: ["token", "probe"] as const,
        requiresArg: true,
        describe: "With --best: those that tell most a token (default), or most at equal number",
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
      .option("budget-usd", {
        type: "number",
        requiresArg: true,
        describe: "Stop before the run as a whole costs more US dollars; before limits.budgetUSD",
      })
      .option("prices", {
        type: "string",
        requiresArg: true,
        describe: "File of prices, before the configuration's and the few that are shipped",
      })
      .option("yes", {
        alias: "y",
        type: "boolean",
        describe: "Do not ask before a run that may cost more than limits.askAboveUSD",
      })
      .option("shard", {
        type: "string",
        requiresArg: true,
        describe:
          "i/n: ask only the i-th of n parts, in a run folder of its own (default: results/<name>-shard-i-of-n); unite them with congener merge",
      })
      .option("batch", {
        type: "boolean",
        describe:
          "Ask through the batch APIs of OpenAI and Anthropic, at half price; issue it again to go on waiting",
      })
      .option("abandon-batches", {
        type: "boolean",
        describe: "Give up batches that are open: cancel them, and ask their samples anew",
      })
      .option("dry-run", { type: "boolean", describe: "Say what would be asked, and ask nothing" })
      .check(
        (argv) =>
          positive(argv, ["samples", "best", "concurrency", "max-requests", "pilot"], true) &&
          positive(argv, ["max-minutes", "budget-usd"], false) &&
          fitsUntil(argv),
      )
      .example("$0 run", "Ask what the configuration says; issue it again to resume")
      .example("$0 run --only acme-chat --samples 20", "Ask one target more often")
      .example("$0 run --budget-usd 5", "Stop before the whole run costs more than 5 dollars"),
  handler: async (argv) => {
    const { context } = argv;
    const dryRun = argv.dryRun === true;
    const config = await loadConfig(resolve(context.cwd, argv.config), {
      env: context.env,
      ...(dryRun ? { keysFor: [] } : argv.only === undefined ? {} : { keysFor: argv.only }),
    });
    context.keepSecrets(config.secrets);
    const dir = resolve(context.cwd, argv.run ?? `results/${config.name}${shardSuffix(argv.shard)}`);
    const shownDir = relative(context.cwd, dir) || ".";
    const request = await runRequest(config, argv, context);
    for (const { message, advice } of config.caveats) context.note(`note: ${message}; ${advice}`);
    const date = () => new Date();
    const prices = await priceLists(argv.prices, config, context.cwd);
    const outlook = await runOutlook(dir, request, {
      only: argv.only,
      prices,
      batch: argv.batch,
      date: date(),
    });
    const budgetUSD = argv.budgetUsd ?? config.limits.budgetUSD ?? null;
    const told = missingOf(outlook) === 0 ? [] : outlookLines(outlook, budgetUSD);
    for (const line of told) (dryRun ? context.print : context.note)(line);
    if (dryRun) printPlan(outlook, shownDir, context);
    if (budgetUSD !== null)
      checkBudgetPrices(outlook, argv.budgetUsd === undefined ? "limits.budgetUSD" : "--budget-usd");
    if (dryRun) return;
    const most = mostUSD(outlook, { budgetUSD, maxRequests: argv.maxRequests });
    const { askAboveUSD } = config.limits;
    if (argv.yes !== true && !(await askFirst({ mostUSD: most, askAboveUSD }, context))) {
      context.note("nothing was asked");
      return;
    }
    const stoppingRule = argv.until === undefined ? undefined : await ruleOf(argv, dir, context);
    const limits = {
      ...config.limits,
      concurrency: argv.concurrency ?? config.limits.concurrency,
      maxRequests: argv.maxRequests,
      maxMinutes: argv.maxMinutes,
    };
    const watched = watchedRun(outlook, { budgetUSD, limits, argv, command: resumeCommand(argv), context });
    const result = await watched.during(
      sampleRun(dir, request, {
        date,
        only: argv.only,
        stoppingRule,
        batch: argv.batch === true ? {} : undefined,
        abandonBatches: argv.abandonBatches,
        secrets: config.secrets,
        limits,
        ...watched.options,
        stopSignal: context.takeInterrupts(),
      }),
    );
    const { stopping } = argv.until === undefined ? {} : await readManifest(dir);
    if (stopping !== undefined) tellStopping(result, stopping, context);
    tellResult(result, { config, argv, shownDir, context, spending: watched.spending(), outlook });
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
  readonly bestBy?: "token" | "probe" | undefined;
  readonly paraphrase?: boolean | undefined;
  readonly batch?: boolean | undefined;
  readonly until?: "decided" | undefined;
  readonly pilot?: number | undefined;
  readonly calibration?: string | undefined;
  readonly budgetUsd?: number | undefined;
  readonly prices?: string | undefined;
  readonly shard?: string | undefined;
  readonly envFile?: readonly string[] | undefined;
}

async function ruleOf(flags: RunFlags, dir: string, context: CliContext): Promise<StoppingRuleOf> {
  const calibration = await loadCalibration(
    flags.calibration === undefined
      ? shippedCalibrations["real-models"]
      : resolve(context.cwd, flags.calibration),
  );
  // The statistics take as long to load as all else, and hardly any run needs them.
  const { untilDecided } = await import("../until-decided.ts");
  const { note } = context;
  return (manifest) => untilDecided(manifest, { dir, calibration, pilot: flags.pilot ?? defaultPilot, note });
}

/** Sampling until decided needs all targets, and its flags need it. */
function fitsUntil({ until, only, pilot, calibration, shard, batch }: Partial<RunFlags>): true {
  if (until !== undefined && shard !== undefined)
    throw new UsageError(
      "cli.until",
      "--until decided looks at all answers together: it does not go with --shard",
    );
  if (until !== undefined && batch === true)
    throw new UsageError(
      "cli.until",
      "--until decided looks at the answers as they come: it does not go with --batch",
    );
  if (until !== undefined && only !== undefined)
    throw new UsageError("cli.until", "--until decided asks all targets alike: it does not go with --only");
  const needing = until === undefined && (pilot === undefined ? calibration && "calibration" : "pilot");
  if (needing) throw new UsageError("cli.until", `--${needing} expects --until decided beside it`);
  return true;
}

function printPlan(outlook: RunOutlook, dir: string, context: CliContext): void {
  const width = Math.max(...outlook.targets.map(({ left }) => left.name.length), 6);
  for (const { planned, recorded, left } of outlook.targets) {
    const label = visibleText(left.name, { maxLength: 200 }).padEnd(width);
    const cost = left.requests === 0 ? "" : `, cost ${costWords({ costUSD: left.costUSD, unpriced: [] })}`;
    context.print(`${label}  ${left.requests} to ask, ${recorded} of ${planned} recorded${cost}`);
  }
  context.print(`${missingOf(outlook)} requests at least, recorded in ${dir}`);
}

const missingOf = ({ targets }: RunOutlook) => targets.reduce((sum, { left }) => sum + left.requests, 0);

function tellResult(
  result: SamplingResult,
  about: {
    readonly config: Config;
    readonly argv: RunFlags;
    readonly shownDir: string;
    readonly context: CliContext;
    readonly spending: Spending | null;
    readonly outlook: RunOutlook;
  },
): void {
  const { config, argv, shownDir, context, spending, outlook } = about;
  const recorded = result.targets.reduce((sum, target) => sum + target.recordedBefore + target.recorded, 0);
  const planned = result.targets.reduce((sum, target) => sum + target.planned, 0);
  // Without --quiet the progress said so when it happened.
  for (const { name, ended } of result.targets)
    if (ended !== null && argv.quiet)
      context.stderr.write(
        `congener: ${visibleText(`${name} was ended (${ended.errorClass}): ${ended.message}`, { maxLength: 800 })}\n`,
      );
  context.print(`${recorded} of ${planned} samples recorded in ${shownDir}`);
  if (spending !== null) for (const line of spentLines(spending)) context.note(line);
  if (result.stopReason === "decided")
    context.note(
      `next: congener compare ${shownDir}${argv.calibration === undefined ? "" : ` --calibration ${shellWord(argv.calibration)}`}; to ask the other probes too: ${resumeCommand({ ...argv, until: undefined, pilot: undefined, calibration: undefined })}`,
    );
  else if (result.stopReason === "budget" && spending !== null)
    context.note(
      `stopped at the budget, for the next request could go beyond it; to go on, give it more: ${resumeCommand({ ...argv, budgetUsd: enoughUSD(result, spending, outlook) })}`,
    );
  else if (result.status === "stopped")
    context.note(`${whyStopped(result)}; to go on: ${resumeCommand(argv)}`);
  else context.note(`next: ${nextOf(shownDir, argv.shard)}`);
  const without = (name: string) => {
    const target = result.targets.find((candidate) => candidate.name === name);
    // A small shard may have nothing to ask of a target, and a batch may be open still: neither is a failure.
    if (target === undefined || (target.ended === null && target.failed === 0)) return false;
    return target.recordedBefore + target.recorded === 0;
  };
  // Whoever stops a run, or limits it, wants what is there by then.
  if (result.stopReason !== null && result.stopReason !== "decided") return;
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

function resumeCommand(argv: RunFlags): string {
  return [
    "congener run",
    ...(argv.configGiven ? ["--config", shellWord(argv.config)] : []),
    ...(argv.envFile ?? []).flatMap((file) => ["--env-file", shellWord(file)]),
    ...(argv.run === undefined ? [] : ["--run", shellWord(argv.run)]),
    ...(argv.only === undefined ? [] : ["--only", shellWord(argv.only.join(","))]),
    ...(argv.suite === undefined ? [] : ["--suite", shellWord(argv.suite.join(","))]),
    ...(argv.samples === undefined ? [] : ["--samples", String(argv.samples)]),
    ...(argv.shard === undefined ? [] : ["--shard", argv.shard]),
    ...(argv.best === undefined ? [] : ["--best", String(argv.best)]),
    ...(argv.ranking === undefined ? [] : ["--ranking", shellWord(argv.ranking)]),
    ...(argv.bestBy === undefined ? [] : ["--best-by", argv.bestBy]),
    ...(argv.paraphrase === true ? ["--paraphrase"] : []),
    ...(argv.budgetUsd === undefined ? [] : ["--budget-usd", String(argv.budgetUsd)]),
    ...(argv.prices === undefined ? [] : ["--prices", shellWord(argv.prices)]),
    ...(argv.batch === true ? ["--batch"] : []),
    ...(argv.until === undefined ? [] : ["--until", argv.until]),
    ...(argv.pilot === undefined ? [] : ["--pilot", String(argv.pilot)]),
    ...(argv.calibration === undefined ? [] : ["--calibration", shellWord(argv.calibration)]),
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
