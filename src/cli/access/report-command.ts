import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { StoreError, UsageError } from "../../errors.ts";
import { excerptModes } from "../../report/access/access-report.ts";
import { type ReportFormat, reportFormats } from "../../report/report-formats.ts";
import { accessAnalysisSchema } from "../../schema/access.ts";
import { accessExcerptsSchema } from "../../schema/access-excerpts.ts";
import { accessPolicySchema } from "../../schema/access-policy.ts";
import { analysisPath, readAnalysis } from "../../store/analysis-file.ts";
import { checkRecord, readJson } from "../../store/manifest-file.ts";
import { writeAtomically } from "../../store/write-atomically.ts";
import { defineCommand } from "../define-command.ts";
import { listOption } from "../list-option.ts";

/** `congener access report`: from a scan to files that can be handed to a colleague. */
export const accessReportCommand = defineCommand({
  command: "report <dir>",
  describe: "Write a scan's report as HTML, Markdown, JSON and CSV, without personal data",
  builder: (yargs) =>
    yargs
      .positional("dir", { type: "string", demandOption: true, describe: "Folder of a scan" })
      .option("format", listOption(`Formats to write; default: ${reportFormats.join(",")}`, reportFormats))
      .option("out", { alias: "o", type: "string", describe: "Folder for the report; default: the scan's" })
      .option("excerpts", {
        choices: excerptModes,
        default: "none" as const,
        describe: "Prompts in it: none, the hashes of templates, or short masked excerpts",
      })
      .option("run", {
        type: "string",
        describe:
          "Run folder of a comparison to set beside it: its likelihood ratio, its canaries by cluster",
      })
      .option("json", { type: "boolean", describe: "Print the files as JSON" })
      .example("$0 access report access --format html", "One page, into the scan's folder")
      .example("$0 access report access --run results/acme", "Beside what the suspect's answers say"),
  handler: async ({ context, dir, format, out, excerpts, run, json }) => {
    const folder = resolve(context.cwd, dir);
    const scan = join(folder, "access.json");
    const analysis = checkRecord(scan, await readJson(scan, () => noScan(folder)), (input) =>
      accessAnalysisSchema.safeParse(input),
    );
    const policyFile = join(folder, "policy.json");
    const policyJson = await optionalJson(policyFile);
    const policy =
      policyJson === null
        ? null
        : checkRecord(policyFile, policyJson, (input) => accessPolicySchema.safeParse(input));
    if (policy !== null && policy.scannedAt !== analysis.createdAt)
      context.note(
        `${policyFile} rests on another scan and is left out; make it again with congener access policy ${dir}`,
      );
    const runFolder = run === undefined ? null : resolve(context.cwd, run);
    const read = [scan, ...(runFolder === null ? [] : [analysisPath(runFolder)])];
    // Charts take a while to load, and the other access commands draw none.
    const { renderAccessReportFiles } = await import("../../report/access/access-report-files.ts");
    const files = await renderAccessReportFiles(
      {
        analysis,
        excerptMode: excerpts,
        excerpts: excerpts === "short" ? await readExcerpts(folder, analysis.exhibits.length) : null,
        policy: policy?.scannedAt === analysis.createdAt ? policy : null,
        run: runFolder === null ? null : await readAnalysis(runFolder),
        commands: [
          "congener access scan LOG... --map mapping.yaml --settings access.yaml -o DIR",
          `congener access report DIR --excerpts ${excerpts}${run === undefined ? "" : " --run RUN"}`,
        ],
        hashes: await Promise.all(
          read.map(async (file) => ({ file: basename(file), sha256: await sha256Of(file) })),
        ),
      },
      (format as readonly ReportFormat[] | undefined) ?? reportFormats,
    );
    // Not for everybody on the machine: customers are pseudonymous in it, not anonymous.
    const paths: string[] = [];
    for (const { name, content } of files) {
      const path = join(out === undefined ? folder : resolve(context.cwd, out), name);
      await writeAtomically(path, content, { mode: 0o600 });
      paths.push(path);
      if (!json) context.print(path);
    }
    if (json) context.print(JSON.stringify({ schemaVersion: 1, files: paths }));
  },
});

const noScan = (folder: string) =>
  new StoreError(
    "access.no-scan",
    `${folder} holds no scan: expected access.json; make one with congener access scan LOG --map mapping.yaml -o ${folder}`,
  );

async function readExcerpts(folder: string, exhibits: number) {
  const file = join(folder, "excerpts.json");
  const value = await optionalJson(file);
  if (value !== null) return checkRecord(file, value, (input) => accessExcerptsSchema.safeParse(input));
  if (exhibits === 0) return null;
  throw new UsageError(
    "access.no-excerpts",
    `--excerpts short needs ${file}, which is not there: expected the scan's own; a log with hashes alone has none: use --excerpts hashed`,
  );
}

/** The JSON value of a file; null where there is none. */
async function optionalJson(file: string): Promise<unknown> {
  const missing = new StoreError("access.missing", file);
  return readJson(file, () => missing).catch((error: unknown) => {
    if (error === missing) return null;
    throw error;
  });
}

const sha256Of = async (file: string) =>
  createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
