import { createHash } from "node:crypto";
import { basename, resolve } from "node:path";
import { loadLabels } from "../../config/labels-file.ts";
import { StoreError, UsageError } from "../../errors.ts";
import { type DetectedFile, importFormats } from "../../importers/detect-format.ts";
import { emptyManifest, joinManifest } from "../../importers/imported-manifest.ts";
import { readRows, resolveFiles } from "../../importers/read-rows.ts";
import { sourceHash } from "../../importers/source-bytes.ts";
import { sampleRecords, surveyRows } from "../../importers/survey-rows.ts";
import type { Manifest } from "../../schema/manifest.ts";
import { readManifest } from "../../store/manifest-file.ts";
import { readTranscripts } from "../../store/read-transcripts.ts";
import { createRun, openRun, type RunWriter } from "../../store/run-writer.ts";
import { defineCommand } from "../define-command.ts";

const count = (value: number, what: string): string =>
  `${value.toLocaleString("en")} ${what}${value === 1 ? "" : "s"}`;

async function existingManifest(dir: string): Promise<Manifest | null> {
  try {
    const manifest = await readManifest(dir);
    if (manifest.origin === "imported") return manifest;
  } catch (error) {
    if (error instanceof StoreError && error.code === "store.no-run") return null;
    throw error;
  }
  throw new UsageError(
    "import.run",
    `${dir} holds answers that were asked for, not imported ones; import into another folder`,
  );
}

const digest = (outcome: string, text: unknown): string =>
  createHash("sha1")
    .update(JSON.stringify([outcome, text]))
    .digest("base64");

/** @throws UsageError when a sample that the run has already comes with another text */
async function refuseOtherAnswers(writer: RunWriter, files: readonly DetectedFile[]): Promise<void> {
  if (writer.size() === 0) return;
  const recorded = new Map<string, string>();
  for (const { name } of writer.manifest().targets)
    for await (const { sampleId, outcome, text } of readTranscripts(writer.dir, name))
      recorded.set(sampleId, digest(outcome, text));
  for await (const record of sampleRecords(readRows(files))) {
    const known = recorded.get(writer.sampleIdOf(record));
    if (known !== undefined && known !== digest(record.outcome, record.text))
      throw new UsageError(
        "import.conflict",
        `model "${record.target}", prompt "${record.probe}", sample ${record.index} has another answer in ${writer.dir}; number the samples, or import into another folder`,
      );
  }
}

/** `congener import FILE... --run DIR`: recorded answers become a run that `compare` reads like any other. */
export const importCommand = defineCommand({
  command: "import <files..>",
  describe: "Turn recorded answers into a run",
  builder: (yargs) =>
    yargs
      .positional("files", {
        type: "string",
        array: true,
        demandOption: true,
        description:
          "Files of recorded answers, plain or gzip; for openai-batch its output and its input file",
      })
      .option("run", {
        type: "string",
        demandOption: true,
        requiresArg: true,
        description: "Folder of the run: new, or an imported run to extend",
      })
      .option("format", {
        choices: ["auto", ...importFormats] as const,
        default: "auto" as const,
        description: "Format of the files; auto looks at their content",
      })
      .option("labels", {
        type: "string",
        requiresArg: true,
        description: "JSON or YAML file that names each model's lab under families, and controls under panel",
      })
      .example(
        "$0 import answers.jsonl.gz --run results/mine --labels labels.yaml",
        "Import and label the models",
      ),
  handler: async ({ context, files, run, format, labels }) => {
    const dir = resolve(context.cwd, run);
    const known = labels === undefined ? null : await loadLabels(resolve(context.cwd, labels));
    const sources = await resolveFiles(
      files.map((file) => resolve(context.cwd, file)),
      format,
    );
    const old = await existingManifest(dir);
    context.detail(sources.map((file) => `${file.path}: ${file.format}`).join("\n"));
    context.note("Checking the rows ...");
    const survey = await surveyRows(readRows(sources));
    if (survey.samples === 0)
      throw new UsageError(
        "import.empty",
        `no answer in ${files.join(", ")}; expected at least one row with an answer`,
      );
    const now = new Date().toISOString();
    const records = await Promise.all(
      sources.map(async ({ path, format: found }) => ({
        ...(await sourceHash(path)),
        format: found,
        rows: survey.rowsByFile.get(path) ?? 0,
      })),
    );
    const manifest = joinManifest(
      old ?? emptyManifest(basename(dir), now, context.version),
      survey,
      known,
      records,
    );
    const writer = await (old === null ? createRun(dir, manifest) : openRun(dir));
    try {
      context.note(`Writing ${count(survey.samples, "answer")} ...`);
      if (old !== null) {
        await writer.setManifest(manifest);
        try {
          await refuseOtherAnswers(writer, sources);
        } catch (error) {
          await writer.setManifest(old);
          throw error;
        }
      }
      const { written } = await writer.appendMany(sampleRecords(readRows(sources)));
      await writer.setManifest({ ...manifest, status: "complete", updatedAt: now });
      context.print(
        `${count(written, "answer")} of ${count(survey.models.length, "model")} to ${count(survey.probes.length, "prompt")} imported into ${run}`,
      );
      if (written < survey.samples)
        context.note(`${count(survey.samples - written, "answer")} recorded already`);
    } finally {
      await writer.close();
    }
    if (survey.repeated > 0) context.note(`${count(survey.repeated, "row")} given twice, word for word`);
    for (const [reason, rows] of survey.skipped) context.note(`${count(rows, "row")} left out: ${reason}`);
    if (survey.reworded.size > 0)
      context.note(`${count(survey.reworded.size, "prompt id")} with more than one text; the first was kept`);
    const unknown = manifest.targets.filter(({ lab }) => lab === null).length;
    if (unknown > 0)
      context.note(
        `${count(unknown, "model")} of unknown lab, which cannot be controls: name their labs with --labels`,
      );
    context.note(`Next: congener compare ${run} --reference MODEL --suspect MODEL`);
  },
});
