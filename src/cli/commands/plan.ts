import { resolve } from "node:path";
import { findingThreshold } from "../../analysis/finding.ts";
import type { Config } from "../../config/config.ts";
import { loadLabels } from "../../config/labels-file.ts";
import { UsageError } from "../../errors.ts";
import { whyNoBatches } from "../../providers/batch/create-batch-api.ts";
import { visibleJson } from "../../report/json.ts";
import { probeOrder } from "../../sampling/plan.ts";
import { planRun } from "../../sampling/sample-run.ts";
import type { Calibration } from "../../schema/calibration.ts";
import type { Manifest } from "../../schema/manifest.ts";
import type { Target } from "../../schema/target.ts";
import { readManifest } from "../../store/manifest-file.ts";
import type { CliContext } from "../context.ts";
import { defineCommand } from "../define-command.ts";
import { listOption } from "../list-option.ts";
import { loadCalibration, shippedCalibrations } from "../load-calibration.ts";
import { optionalConfig } from "../optional-config.ts";
import { type Asking, makePlan } from "../plan/make-plan.ts";
import { type Pilot, runPilot, zooPilot } from "../plan/pilot.ts";
import { noRecordedTokens, type RecordedUse, recordedUse } from "../plan/recorded-tokens.ts";
import { renderPlan } from "../plan/render-plan.ts";
import { priceLists } from "../price-lists.ts";
import { loadSuites, runRequest } from "../run-request.ts";

/** Control labs of the miniature pilot where no configuration names any. */
const usualLabs = 12;
const zooLabs = { fewest: 3, most: 20 };

/** `congener plan`: probes, samples, requests, tokens and cost that a given effect takes. */
export const planCommand = defineCommand({
  command: "plan",
  describe: "Say which effect how many probes detect, and what asking them takes",
  builder: (yargs) =>
    yargs
      .option("pilot", {
        type: "string",
        requiresArg: true,
        describe: "Run folder with answers to plan from; default: answers of miniature models",
      })
      .option("fraction", {
        type: "number",
        default: 0.5,
        describe: "Share of the probes that the suspect answers as the reference does, to be detected",
      })
      .option("false-alarms", {
        type: "number",
        default: 0.01,
        describe: "Probability of calling an independent model detected",
      })
      .option("power", { type: "number", default: 0.8, describe: "Probability of detecting the suspect" })
      .option("reference", {
        type: "string",
        requiresArg: true,
        describe: "With --pilot: the model asked about; default: the run's own",
      })
      .option(
        "suspect",
        listOption("With --pilot: models whose labs stay out of the panel; default: the run's own"),
      )
      .option("control", listOption("With --pilot: controls; default: as compare chooses them"))
      .option("labels", {
        type: "string",
        requiresArg: true,
        describe: "With --pilot: file with families (model -> lab) and panel, JSON or YAML",
      })
      .option("calibration", {
        type: "string",
        requiresArg: true,
        describe: "Calibration file, or none; default: the one shipped",
      })
      .option("suite", listOption("Suites by name, or YAML files, instead of the configuration's"))
      .option("samples", { type: "number", requiresArg: true, describe: "Samples a probe and target" })
      .option("prices", {
        type: "string",
        requiresArg: true,
        describe: "File of prices, before the configuration's and the few that are shipped",
      })
      .option("batch", {
        type: "boolean",
        describe: "As run --batch would ask: at half price where the host's batch API says so",
      })
      .option("seed", { type: "number", default: 1, describe: "Seed of the simulation" })
      .option("json", { type: "boolean", default: false, describe: "Print the plan as JSON" })
      .example("$0 plan", "What it takes in the miniature, and what the configuration would ask")
      .example("$0 plan --pilot results/pilot --fraction 0.3", "Plan from a small run of your own models"),
  handler: async (argv) => {
    const { context, fraction, falseAlarms, power, seed } = argv;
    checkShare("fraction", fraction, true);
    checkShare("false-alarms", falseAlarms, false);
    checkShare("power", power, false);
    if (falseAlarms >= power)
      throw new UsageError(
        "plan.rates",
        `--power must be larger than --false-alarms: a suspect has to be detected more often than an independent model; got ${power} and ${falseAlarms}`,
      );
    for (const [flag, value] of Object.entries({ seed, samples: argv.samples ?? 1 }))
      if (!Number.isInteger(value) || (flag === "samples" && value < 1))
        throw new UsageError(
          "plan.number",
          `--${flag} expects a whole number${flag === "samples" ? " of 1 or more" : ""}, got ${value}`,
        );
    for (const flag of ["reference", "suspect", "control", "labels"] as const)
      if (argv[flag] !== undefined && argv.pilot === undefined)
        throw new UsageError(
          "plan.pilot",
          `--${flag} expects --pilot RUN beside it: the miniature has models of its own`,
        );
    const config = await optionalConfig(argv, context);
    const manifest = argv.pilot === undefined ? null : await readManifest(resolve(context.cwd, argv.pilot));
    const calibration = await calibrationOf(argv, manifest, context);
    const prices = await priceLists(argv.prices, config, context.cwd);
    const asking = config === null ? null : await configuredAsking(config, argv, context);
    const { pilot, use } = await pilotOf(argv, manifest, config, context);
    const plan = await makePlan({
      congenerVersion: context.version,
      pilot,
      fraction,
      rates: { falseAlarms, power },
      seed,
      calibration,
      asking: asking ?? (await pilotAsking(pilot, manifest, argv, context)),
      use,
      prices,
      note: context.note,
    });
    context.print(argv.json ? visibleJson(plan) : renderPlan(plan, context.columns));
  },
});

interface PlanFlags {
  readonly config: string;
  readonly configGiven: boolean;
  readonly pilot?: string | undefined;
  readonly labels?: string | undefined;
  readonly calibration?: string | undefined;
  readonly suite?: readonly string[] | undefined;
  readonly samples?: number | undefined;
  readonly batch?: boolean | undefined;
  readonly seed: number;
}

function checkShare(flag: string, value: number, oneAllowed: boolean): void {
  if (value > 0 && (value < 1 || (oneAllowed && value === 1))) return;
  throw new UsageError(
    "plan.share",
    `--${flag} expects a number above 0 and ${oneAllowed ? "at most" : "below"} 1, for example ${flag === "false-alarms" ? 0.01 : 0.5}; got ${value}`,
  );
}

/** @throws UsageError for a file that was named and can report no likelihood ratio above 10 */
async function calibrationOf(
  argv: PlanFlags,
  manifest: Manifest | null,
  context: CliContext,
): Promise<Calibration | null> {
  if (argv.calibration === "none") return null;
  if (argv.calibration === undefined)
    return loadCalibration(
      shippedCalibrations[manifest === null || manifest.origin === "demo" ? "zoo-miniature" : "real-models"],
    );
  const calibration = await loadCalibration(resolve(context.cwd, argv.calibration));
  const most = calibration.bounds.log10LR[1];
  if (most <= findingThreshold)
    throw new UsageError(
      "plan.calibration-cannot-reach",
      `${argv.calibration} reports no likelihood ratio above ${(10 ** most).toPrecision(2)}, and above 10 is needed: no design reaches it; fit one on more sources with congener calibrate, or plan by the controls alone with --calibration none`,
    );
  return calibration;
}

async function configuredAsking(config: Config, argv: PlanFlags, context: CliContext): Promise<Asking> {
  const request = await runRequest(config, argv, context);
  const plans = await planRun(resolve(context.cwd, `results/${config.name}`), request, {
    only: undefined,
    date: () => new Date(),
  });
  return {
    from: "configuration",
    name: config.name,
    suites: request.suites.map(({ name }) => name),
    targets: config.targets.map(({ target }) => target),
    ...inBatchesOf(config.targets, argv),
    probes: probeOrder({ ...request, suites: [...request.suites] }),
    recorded: plans.reduce((sum, { planned, missing }) => sum + planned - missing.length, 0),
    limits: config.limits,
  };
}

async function pilotOf(
  argv: PlanFlags & Parameters<typeof runPilot>[2]["flags"],
  manifest: Manifest | null,
  config: Config | null,
  context: CliContext,
): Promise<{ pilot: Pilot; use: RecordedUse }> {
  if (argv.pilot === undefined || manifest === null) {
    const labs = Math.min(
      zooLabs.most,
      Math.max(zooLabs.fewest, config === null ? usualLabs : labsOf(config)),
    );
    context.note("Training miniature models to plan from: no pilot was named; some ten seconds ...");
    return {
      pilot: await zooPilot({ seed: argv.seed, labs }),
      use: { tokens: noRecordedTokens, latencyMs: new Map() },
    };
  }
  const dir = resolve(context.cwd, argv.pilot);
  const labels = argv.labels === undefined ? null : await loadLabels(resolve(context.cwd, argv.labels));
  const pilot = await runPilot(dir, manifest, { flags: argv, labels });
  return { pilot, use: await recordedUse(dir, manifest) };
}

/** Labs of the controls; one that is not named is one of its own. */
function labsOf({ roles, targets }: Config): number {
  const lab = (name: string) => targets.find(({ target }) => target.name === name)?.target.lab;
  return new Set(roles.controls.map((name) => lab(name)?.trim().toLowerCase() ?? `unknown ${name}`)).size;
}

/** Without a configuration: what asking the pilot's probes of its own models again would take, with one suspect at least. */
async function pilotAsking(
  pilot: Pilot,
  manifest: Manifest | null,
  argv: PlanFlags,
  context: CliContext,
): Promise<Asking> {
  const suites =
    argv.suite === undefined && manifest !== null
      ? manifest.suites
      : await loadSuites(argv.suite ?? ["demo"], context.cwd);
  const targets = pilot.models.map(
    ({ name }) => manifest?.targets.find((target) => target.name === name) ?? unknownTarget(name),
  );
  return {
    from: "pilot",
    name: pilot.name,
    suites: suites.map(({ name }) => name),
    ...inBatchesOf(
      targets.map((target) => ({ target })),
      argv,
    ),
    targets: pilot.suspects > 0 ? targets : [...targets, unknownTarget("a suspect")],
    probes: probeOrder({ suites: [...suites], samples: argv.samples ?? pilot.samples, seed: null }),
    recorded: 0,
    limits: null,
  };
}

/** With `--batch`, the targets that have a batch API. */
function inBatchesOf(
  endpoints: readonly { readonly target: Target; readonly batch?: boolean }[],
  { batch }: PlanFlags,
): Pick<Asking, "inBatches"> {
  if (batch !== true) return {};
  const fitting = endpoints.filter((endpoint) => whyNoBatches(endpoint.target, endpoint.batch) === null);
  return { inBatches: new Set(fitting.map(({ target }) => target.name)) };
}

const unknownTarget = (name: string): Target => ({
  name,
  api: "recorded",
  baseURL: null,
  model: name,
  lab: null,
  params: {},
  rename: {},
  drop: [],
  extraBody: {},
});
