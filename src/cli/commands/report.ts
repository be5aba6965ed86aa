import { resolve } from "node:path";
import { renderReportFiles } from "../../report/report-files.ts";
import { type ReportFormat, reportFormats } from "../../report/report-formats.ts";
import { readAnalysis } from "../../store/analysis-file.ts";
import { writeReportFile } from "../../store/run-writer.ts";
import { defineCommand } from "../define-command.ts";
import { listOption } from "../list-option.ts";

/** `congener report`: from a run's analysis to files that can be handed over. */
export const reportCommand = defineCommand({
  command: "report <run>",
  describe: "Write a run's report as HTML, Markdown, JSON and CSV",
  builder: (yargs) =>
    yargs
      .positional("run", {
        type: "string",
        demandOption: true,
        describe: "Run folder that `congener compare` has analysed",
      })
      .option("format", listOption(`Formats to write; default: ${reportFormats.join(",")}`, reportFormats))
      .option("out", {
        alias: "o",
        type: "string",
        requiresArg: true,
        describe: "Folder for the report; default: the run folder",
      })
      .example("$0 report results/acme", "every format, into the run folder")
      .example("$0 report results/acme --format html -o public", "one page, into another folder"),
  handler: async (argv) => {
    const { context } = argv;
    const analysis = await readAnalysis(resolve(context.cwd, argv.run));
    const folder = resolve(context.cwd, argv.out ?? argv.run);
    const formats = argv.format as readonly ReportFormat[] | undefined;
    for (const { name, content } of await renderReportFiles(analysis, formats))
      context.print(await writeReportFile(folder, name, content));
  },
});
