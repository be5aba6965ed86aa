import { access } from "node:fs/promises";
import { join, resolve } from "node:path";
import { loadAccessLabels, unknownLabelsNote } from "../../access/load-labels.ts";
import { dryRun } from "../../access/policy/dry-run.ts";
import { decideAll, policyOf } from "../../access/policy/make-policy.ts";
import { type OpenScan, withScan } from "../../access/policy/open-scan.ts";
import { policyCsv } from "../../access/policy/policy-csv.ts";
import { readSubjects } from "../../access/policy/read-subjects.ts";
import { readFindings } from "../../access/policy/stix/read-findings.ts";
import { renderStix } from "../../access/policy/stix/stix-bundle.ts";
import { tlpLevels } from "../../access/policy/stix/stix-object.ts";
import { loadYamlSettings } from "../../access/settings-file.ts";
import { UsageError } from "../../errors.ts";
import { type AccessLimits, accessLimitsSchema } from "../../schema/access-settings.ts";
import { writeAtomically } from "../../store/write-atomically.ts";
import type { CliContext } from "../context.ts";
import { defineCommand } from "../define-command.ts";
import { databaseLimits } from "./database-limits.ts";
import { dryRunLines, policyLines } from "./policy-lines.ts";

/** `congener access policy`: what to do with every account and cluster of a scan. */
export const accessPolicyCommand = defineCommand({
  command: "policy <dir>",
  describe: "Say for every account: allow, watch, slow, verify or stop, and why",
  builder: (yargs) =>
    yargs
      .positional("dir", { type: "string", demandOption: true, describe: "Folder of a scan" })
      .option("limits", {
        type: "string",
        describe: "What an account may do; left out, every default. congener access init writes it",
      })
      .option("out", {
        alias: "o",
        type: "string",
        describe: "File of the decisions; beside it the same as .csv [DIR/policy.json]",
      })
      .option("overwrite", { type: "boolean", describe: "Replace files that are there already" })
      .option("dry-run", {
        type: "boolean",
        describe: "Replay the log against the limits, write no decisions",
      })
      .option("labels", {
        type: "string",
        describe: "With --dry-run: CSV of what accounts are known to be: account, kind, campaign",
      })
      .option("stix", {
        type: "string",
        describe: "Write a STIX 2.1 bundle without personal data to this file",
      })
      .option("stix-producer", {
        type: "string",
        default: "Provider of a language model",
        describe: "Name of who shares the bundle",
      })
      .option("tlp", { choices: tlpLevels, default: "amber" as const, describe: "Marking of the bundle" })
      .option("memory", { type: "string", default: "2GB", describe: "Memory of the database" })
      .option("threads", { type: "number", default: 2, describe: "Threads of the database" })
      .option("json", { type: "boolean", describe: "Print counts, or the dry run, as JSON" })
      .example("$0 access policy access --limits limits.yaml --dry-run", "Who would have been hit"),
  handler: async (argv) => {
    const { context } = argv;
    const at = (path: string) => resolve(context.cwd, path);
    if (argv.labels !== undefined && !argv.dryRun)
      throw new UsageError("access.policy", "--labels goes with --dry-run: decisions rest on the log alone");
    const folder = at(argv.dir);
    const json = argv.out === undefined ? (argv.dryRun ? null : join(folder, "policy.json")) : at(argv.out);
    const csv = json === null || argv.dryRun ? null : `${json.replace(/\.json$/i, "")}.csv`;
    const stix = argv.stix === undefined ? null : at(argv.stix);
    if (!argv.overwrite) await expectNew([json, csv, stix]);
    const limits =
      argv.limits === undefined
        ? accessLimitsSchema.parse({})
        : await loadYamlSettings(at(argv.limits), accessLimitsSchema);
    await withScan(folder, databaseLimits(argv), async (scan) => {
      context.note("reading the scan");
      const subjects = await readSubjects(scan.database);
      const decisions = decideAll(subjects, limits);
      noteUnknownExempt(context, limits, new Set(subjects.accounts.map(({ id }) => id)));
      if (argv.dryRun) {
        const labels =
          argv.labels === undefined ? null : await loadAccessLabels(scan.database, at(argv.labels));
        if (labels !== null)
          noteUnknownLabels(context, labels.keys(), new Set(subjects.accounts.map(({ id }) => id)));
        context.note("replaying the log");
        const groups = await dryRun(scan.database, { subjects, decisions, limits, labels });
        const result = { schemaVersion: 1, limits, groups } as const;
        const text = JSON.stringify(result, null, 2);
        if (json !== null) await writeAtomically(json, `${text}\n`, { mode: 0o600 });
        context.print(argv.json ? text : dryRunLines(groups, limits, context.columns).join("\n"));
      } else {
        const policy = policyOf(decisions, limits, {
          now: new Date(),
          congenerVersion: context.version,
          scannedAt: scan.analysis.createdAt,
        });
        if (json !== null)
          await writeAtomically(json, `${JSON.stringify(policy, null, 1)}\n`, { mode: 0o600 });
        if (csv !== null) await writeAtomically(csv, policyCsv(decisions), { mode: 0o600 });
        const { counts } = policy;
        if (argv.json) context.print(JSON.stringify({ schemaVersion: 1, counts }, null, 2));
        else context.print(policyLines(counts, context.columns).join("\n"));
        context.note(`wrote ${json} and ${csv} (real ids, keep them)`);
      }
      if (stix !== null) await writeBundle(scan, { argv, decisions, stix });
    });
  },
});

async function writeBundle(
  scan: OpenScan,
  {
    argv,
    decisions,
    stix,
  }: {
    readonly argv: {
      readonly stixProducer: string;
      readonly tlp: (typeof tlpLevels)[number];
      readonly context: CliContext;
    };
    readonly decisions: ReturnType<typeof decideAll>;
    readonly stix: string;
  },
): Promise<void> {
  const findings = await readFindings(scan, decisions);
  const bundle = renderStix(findings, {
    producer: argv.stixProducer,
    tlp: argv.tlp,
    created: scan.analysis.createdAt,
  });
  await writeAtomically(stix, `${JSON.stringify(bundle, null, 2)}\n`);
  argv.context.note(
    `wrote ${stix}: ${findings.length} campaigns (clusters of at least 3 accounts that have to verify or are stopped), no personal data`,
  );
}

async function expectNew(files: readonly (string | null)[]): Promise<void> {
  for (const file of files) {
    if (file === null) continue;
    const there = await access(file).then(
      () => true,
      () => false,
    );
    if (there)
      throw new UsageError(
        "access.output-exists",
        `${file} is there already: expected a new file; move it away, name another, or say --overwrite`,
      );
  }
}

function noteUnknownLabels(context: CliContext, labelled: Iterable<string>, ids: ReadonlySet<string>): void {
  const note = unknownLabelsNote(labelled, ids);
  if (note !== null) context.note(note);
}

function noteUnknownExempt(context: CliContext, { exempt }: AccessLimits, ids: ReadonlySet<string>): void {
  const unknown = exempt.filter((id) => !ids.has(id));
  if (unknown.length > 0)
    context.note(
      `exempt: ${unknown.length} of ${exempt.length} accounts of the limits file are not in this log`,
    );
}
