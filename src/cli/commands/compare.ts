import { resolve } from "node:path";
import { loadLabels } from "../../config/labels-file.ts";
import { UsageError } from "../../errors.ts";
import { renderComparisonJson } from "../../report/json.ts";
import { renderTerminal } from "../../report/terminal.ts";
import type { Analysis } from "../../schema/analysis.ts";
import { writeAnalysis } from "../../store/analysis-file.ts";
import { readManifest } from "../../store/manifest-file.ts";
import { loadOpenings } from "../canary/load-openings.ts";
import { compareRun } from "../compare-run.ts";
import { defineCommand } from "../define-command.ts";
import { listOption } from "../list-option.ts";
import { loadCalibration, shippedCalibrations } from "../load-calibration.ts";
import { shellWord } from "../shell-word.ts";

const failConditions = ["derived", "same-model", "not-distinguished", "inconclusive"] as const;

/** `congener compare`: from a run's transcripts to its analysis. */
export const compareCommand = defineCommand({
  command: "compare <run>",
  describe: "Weigh the evidence in a run's answers",
  builder: (yargs) =>
    yargs
      .positional("run", {
        type: "string",
        demandOption: true,
        describe: "Run folder, for example results/acme",
      })
      .option("reference", {
        type: "string",
        requiresArg: true,
        describe: "The model asked about; default: the run's own",
      })
      .option("suspect", listOption("Models under test; default: the run's own"))
      .option(
        "control",
        listOption(
          "Models known not to descend from the reference; default: the run's own, else the panel of the labels, else all of other known labs",
        ),
      )
      .option("baseline", {
        type: "string",
        requiresArg: true,
        describe: "An ancestor or sibling base of the suspects",
      })
      .option("labels", {
        type: "string",
        requiresArg: true,
        describe: "File with families (model -> lab) and panel, JSON or YAML",
      })
      .option("calibration", {
        type: "string",
        requiresArg: true,
        describe: "Calibration file, or none; default: the one shipped",
      })
      .option(
        "canary",
        listOption("Openings of canaries that the run asked about, with their published commitments"),
      )
      .option("prior", {
        type: "number",
        requiresArg: true,
        describe: "Your own prior probability of derived, between 0 and 1; prints a posterior",
      })
      .option("seed", { type: "number", default: 1, requiresArg: true, describe: "Seed of permutations" })
      .option("json", {
        type: "boolean",
        default: false,
        describe: "Print the analysis as JSON, without report data",
      })
      .option("out", {
        alias: "o",
        type: "string",
        requiresArg: true,
        describe: "File for the analysis; default: RUN/analysis.json",
      })
      .option(
        "fail-on",
        listOption(
          "Exit with 1 when a suspect has this finding; derived includes same-model",
          failConditions,
        ),
      )
      .example("$0 compare results/acme", "compare as the configuration says")
      .example(
        "$0 compare results/alpaca --reference text_davinci_003 --suspect alpaca-7b,guanaco-7b",
        "name the roles",
      ),
  handler: async (argv) => {
    const { context, prior, failOn } = argv;
    if (prior !== undefined && !(prior > 0 && prior < 1))
      throw new UsageError("compare.prior", `--prior must lie between 0 and 1, got ${prior}`);
    const dir = resolve(context.cwd, argv.run);
    const manifest = await readManifest(dir);
    const calibrationFile =
      argv.calibration === undefined
        ? shippedCalibrations[manifest.origin === "demo" ? "zoo-miniature" : "real-models"]
        : resolve(context.cwd, argv.calibration);
    const canaries = await loadOpenings(context.cwd, argv.canary ?? []);
    const analysis = await compareRun(dir, {
      flags: argv,
      labels: argv.labels === undefined ? null : await loadLabels(resolve(context.cwd, argv.labels)),
      calibration: argv.calibration === "none" ? null : await loadCalibration(calibrationFile),
      prior: prior ?? null,
      seed: argv.seed,
      version: context.version,
      createdAt: new Date().toISOString(),
      commands: [commandLine(argv)],
      canaries: canaries.openings,
      secretsCommitted: canaries.secretsCommitted,
    });
    const path = await writeAnalysis(
      dir,
      analysis,
      argv.out === undefined ? {} : { path: resolve(context.cwd, argv.out) },
    );
    if (argv.json) {
      context.print(renderComparisonJson(analysis));
    } else {
      context.print(renderTerminal(analysis, { columns: context.columns, color: context.color }));
      context.note(`\nAnalysis: ${path}\nReport:   congener report ${argv.run}`);
    }
    if (failOn !== undefined && holds(analysis, failOn)) context.setExitCode(1);
    else if (
      analysis.suspects.every(({ reason }) => reason === "no-answers" || reason === "too-few-controls")
    )
      context.setExitCode(3);
  },
});

/** Whether a suspect has one of the findings; `derived` includes `same-model`. */
function holds(analysis: Analysis, conditions: readonly string[]): boolean {
  return analysis.suspects.some(
    ({ finding }) =>
      conditions.includes(finding) || (finding === "same-model" && conditions.includes("derived")),
  );
}

/** The command that repeats the comparison, with every choice spelt out. */
function commandLine(argv: {
  run: string;
  reference?: string | undefined;
  suspect?: readonly string[] | undefined;
  control?: readonly string[] | undefined;
  baseline?: string | undefined;
  labels?: string | undefined;
  calibration?: string | undefined;
  canary?: readonly string[] | undefined;
  prior?: number | undefined;
  seed: number;
}): string {
  const flag = (name: string, value: string | number | readonly string[] | undefined) =>
    value === undefined
      ? []
      : [`--${name}`, shellWord(Array.isArray(value) ? value.join(",") : String(value))];
  return [
    "congener compare",
    shellWord(argv.run),
    ...flag("reference", argv.reference),
    ...flag("suspect", argv.suspect),
    ...flag("control", argv.control),
    ...flag("baseline", argv.baseline),
    ...flag("labels", argv.labels),
    ...flag("calibration", argv.calibration),
    ...flag("canary", argv.canary),
    ...flag("prior", argv.prior),
    ...flag("seed", argv.seed),
  ].join(" ");
}
