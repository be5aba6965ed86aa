import { relative, resolve } from "node:path";
import { UsageError } from "../../errors.ts";
import { batchName, openBatches } from "../../sampling/batch/open-batches.ts";
import { mergeManifests, missingShards } from "../../sampling/merge-manifests.ts";
import { createGapCounter } from "../../sampling/run-gaps.ts";
import { readManifest } from "../../store/manifest-file.ts";
import { mergeRuns } from "../../store/merge-runs.ts";
import { refuseRedacted } from "../../store/refuse-redacted.ts";
import { defineCommand } from "../define-command.ts";

/** `congener merge RUN... --run DIR`: shards or partial runs of one request become one run. */
export const mergeCommand = defineCommand({
  command: "merge <runs..>",
  describe: "Unite shards or partial runs of one configuration",
  builder: (yargs) =>
    yargs
      .positional("runs", {
        type: "string",
        array: true,
        demandOption: true,
        describe: "Run folders, for example results/acme-shard-*-of-8",
      })
      .option("run", {
        type: "string",
        demandOption: true,
        requiresArg: true,
        describe: "Folder of the united run; it must not exist",
      })
      .option("allow-gaps", {
        type: "boolean",
        default: false,
        describe: "Write what there is although shards or samples are missing; congener run goes on with it",
      })
      .example(
        "$0 merge results/acme-shard-*-of-8 --run results/acme",
        "Unite eight shards; then congener compare results/acme",
      ),
  handler: async ({ context, runs, run, allowGaps }) => {
    const dir = resolve(context.cwd, run);
    const dirs = runs.map((name) => resolve(context.cwd, name));
    const twice = runs.find((_, at) => dirs.indexOf(dirs[at] as string) !== at);
    if (twice !== undefined)
      throw new UsageError("merge.twice", `${twice} is named twice: expected each run once`);
    const shown = (path: string) => relative(context.cwd, path) || ".";
    const sources = (
      await Promise.all(
        dirs.map(async (path) => ({ dir: path, name: shown(path), manifest: await readManifest(path) })),
      )
    ).sort((a, b) => (a.manifest.shard?.index ?? 0) - (b.manifest.shard?.index ?? 0));
    for (const { name, manifest } of sources) refuseRedacted(name, manifest);
    const dates = sources.map(({ manifest }) => manifest.createdAt).sort();
    const manifest = {
      ...mergeManifests(sources),
      congenerVersion: context.version,
      createdAt: dates[0] ?? new Date().toISOString(),
      updatedAt: new Date().toISOString(),
    };
    for (const { dir: path, name, manifest: part } of sources) {
      const targets = part.targets.map((target) => target.name);
      const [batch, ...others] = await openBatches(path, targets);
      if (batch === undefined) continue;
      const more = others.length === 0 ? "" : ` and ${others.length} more`;
      throw new UsageError(
        "merge.open-batches",
        `${name}: ${batchName(batch)}${more} ${more === "" ? "is" : "are"} open: expected runs without, for the united run would ask, and pay, the same samples again; collect with the command that began ${name}, or give up with --abandon-batches beside it`,
      );
    }
    const absent = missingShards(sources);
    // Before the long work: no sample needs to be read to see that a shard is missing.
    if (absent.length > 0 && !allowGaps)
      throw new UsageError(
        "merge.gaps",
        `shard ${absent.join(", ")} of ${sources[0]?.manifest.shard?.count} ${absent.length === 1 ? "is" : "are"} not among the runs: expected every shard; name ${absent.length === 1 ? "it" : "them"} too, or unite what there is with --allow-gaps`,
      );
    const counter = createGapCounter(manifest, sources);
    const { samples, repeated } = await mergeRuns(dir, sources, manifest, {
      onTarget: counter.add,
      finish() {
        const { planned, missing, words } = counter.gaps();
        if (missing === 0) return "complete";
        if (allowGaps) return "stopped";
        throw new UsageError(
          "merge.gaps",
          `${missing} of ${planned} samples are in none of the runs: ${words}; complete them, or unite what there is with --allow-gaps`,
        );
      },
    });
    const { planned, missing, words } = counter.gaps();
    context.print(`${samples} samples of ${sources.length} runs united in ${shown(dir)}`);
    if (repeated > 0) context.note(`${repeated} identical lines in more than one run, kept once`);
    if (missing > 0)
      context.note(
        `${missing} of ${planned} samples are missing: ${words}; to ask them all: congener run --run ${shown(dir)}`,
      );
    else context.note(`next: congener compare ${shown(dir)}`);
  },
});
