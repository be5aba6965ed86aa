import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { loadLabels } from "../../config/labels-file.ts";
import { UsageError } from "../../errors.ts";
import { visibleJson } from "../../report/json.ts";
import { visibleText } from "../../report/visible-text.ts";
import type { Ranking } from "../../schema/ranking.ts";
import { defineCommand } from "../define-command.ts";
import { listOption } from "../list-option.ts";
import { textTable } from "../plan/text-table.ts";
import { rankRun } from "./rank-run.ts";

/** `congener probes rank`. */
export const rankCommand = defineCommand({
  command: "rank <run>",
  describe: "Measure on a run's controls how much each probe separates labs, and what it costs",
  builder: (yargs) =>
    yargs
      .positional("run", { type: "string", demandOption: true, description: "Run folder, asked or imported" })
      .option("reference", {
        type: "string",
        requiresArg: true,
        describe: "Left out; default: the run's own",
      })
      .option("suspect", listOption("Left out; default: the run's own"))
      .option("control", listOption("The panel to rank on; default: as compare chooses it"))
      .option("labels", {
        type: "string",
        requiresArg: true,
        describe: "File with families (model -> lab) and panel, JSON or YAML",
      })
      .option("top", {
        type: "number",
        requiresArg: true,
        describe: "Print so many of the most telling only",
      })
      .option("out", {
        alias: "o",
        type: "string",
        requiresArg: true,
        describe: "Write the ranking to this file, for run --best N --ranking FILE",
      })
      .option("json", { type: "boolean", default: false, describe: "Print the ranking as JSON" })
      .example("$0 probes rank results/pilot --out ranking.json", "Rank by what a pilot shows")
      .example("$0 run --best 50 --ranking ranking.json", "Ask the 50 that tell most for their tokens"),
  handler: async (argv) => {
    const { context, top } = argv;
    if (top !== undefined && !(Number.isInteger(top) && top > 0))
      throw new UsageError("cli.number", `--top expects a positive whole number, got ${top}`);
    const ranking = await rankRun(resolve(context.cwd, argv.run), {
      flags: argv,
      labels: argv.labels === undefined ? null : await loadLabels(resolve(context.cwd, argv.labels)),
      version: context.version,
    });
    const text = visibleJson(ranking);
    if (argv.out !== undefined) await save(resolve(context.cwd, argv.out), text);
    if (argv.json) context.print(text);
    else for (const line of tableOf(ranking, top, context.columns)) context.print(line);
    if (!argv.json) context.print(basisOf(ranking));
    for (const { message, advice } of ranking.caveats) context.note(`note: ${message}; ${advice}`);
    if (argv.out !== undefined) context.note(`next: congener run --best 50 --ranking ${argv.out}`);
  },
});

async function save(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, `${text}\n`);
  } catch (cause) {
    throw new UsageError(
      "rank.out",
      `cannot write the ranking to ${path}: ${(cause as Error).message}; choose another file with --out`,
      { cause },
    );
  }
}

function tableOf({ probes }: Ranking, top: number | undefined, columns: number): string[] {
  const number = (value: number) => value.toFixed(2);
  const rows = probes
    .slice(0, top)
    .map(({ probe, family, telling, interval, tokens, perThousandTokens }) => [
      visibleText(probe, { maxLength: 60 }),
      visibleText(family, { maxLength: 30 }),
      number(telling),
      `${number(interval[0])} to ${number(interval[1])}`,
      `${tokens.estimated ? "~" : ""}${Math.round(tokens.input + tokens.output)}`,
      perThousandTokens.toPrecision(2),
    ]);
  return textTable(
    ["probe", "family", "telling", "95 % interval", "tokens", "per 1,000 tokens"],
    rows,
    columns,
  );
}

function basisOf({ panel, labs, probes, unranked, run, heterogeneity }: Ranking): string {
  const share = probes.reduce((sum, { ownShare }) => sum + ownShare, 0) / probes.length;
  const missing =
    unranked.length === 0 ? "" : `; ${unranked.length} probes have too few answers to be ranked`;
  return `\n${probes.length} probes of ${visibleText(run, { maxLength: 100 })} on ${panel.length} controls of ${labs} labs${missing}. Telling 0: a lab's answers are no more alike than different labs'. ${Math.round(100 * share)} % of it is the probe's own evidence, the rest what probes like it show (do they differ? p = ${heterogeneity.pValue.toPrecision(2)}).`;
}
