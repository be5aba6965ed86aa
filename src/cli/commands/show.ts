import { resolve } from "node:path";
import { UsageError } from "../../errors.ts";
import { visibleJson } from "../../report/json.ts";
import { formatCount } from "../../report/numbers.ts";
import { visibleText } from "../../report/visible-text.ts";
import { readManifest } from "../../store/manifest-file.ts";
import { defineCommand } from "../define-command.ts";
import { listOption } from "../list-option.ts";
import { textTable } from "../plan/text-table.ts";
import { probeAnswers } from "../run-state/probe-answers.ts";
import { recordedProbes } from "../run-state/recorded-probes.ts";
import { renderProbeAnswers } from "../run-state/render-probe-answers.ts";

/** Most answers that are shown of one target. */
const mostShown = 100;

/** `congener show`: what was answered, probe by probe. */
export const showCommand = defineCommand({
  command: "show <run> [probe]",
  describe: "Show what was answered to a probe, by target",
  builder: (yargs) =>
    yargs
      .positional("run", { type: "string", demandOption: true, describe: "Run folder" })
      .positional("probe", { type: "string", describe: "Id of a probe; left out, the probes are listed" })
      .option("target", listOption("Only these targets"))
      .option("answers", {
        type: "number",
        default: 3,
        requiresArg: true,
        describe: "Answers to show of each target",
      })
      .option("json", { type: "boolean", default: false, describe: "Print as JSON" })
      .example("$0 show results/acme", "The probes of the run")
      .example("$0 show results/acme fiction.lighthouse-keeper", "What each target answered"),
  handler: async (argv) => {
    const { context, probe, answers } = argv;
    if (!Number.isInteger(answers) || answers < 0 || answers > mostShown)
      throw new UsageError(
        "show.answers",
        `--answers expects a whole number from 0 to ${mostShown}, got ${answers}`,
      );
    const dir = resolve(context.cwd, argv.run);
    const manifest = await readManifest(dir);
    const known = manifest.targets.map(({ name }) => name);
    const unknown = argv.target?.find((name) => !known.includes(name));
    if (unknown !== undefined)
      throw new UsageError(
        "show.target",
        `no target ${unknown} in ${argv.run}: expected one of ${known.join(", ")}`,
      );
    const targets = argv.target ?? known;
    if (probe === undefined) {
      const probes = await recordedProbes(dir, manifest, targets);
      if (argv.json) context.print(visibleJson({ schemaVersion: 1, run: manifest.name, probes }));
      else
        for (const line of textTable(
          ["Probe", "Family", "Kind", "Recorded"],
          probes.map(({ id, family, kind, recorded, planned }) => [
            visibleText(id, { maxLength: 200 }),
            visibleText(family, { maxLength: 80 }),
            kind,
            `${formatCount(recorded)} of ${formatCount(planned)}`,
          ]),
          context.columns,
        ))
          context.print(line);
      return;
    }
    const shown = await probeAnswers(dir, manifest, { probe, targets, answers });
    context.print(argv.json ? visibleJson(shown) : renderProbeAnswers(shown, context.columns));
  },
});
