import { rm } from "node:fs/promises";
import { resolve } from "node:path";
import { stringify } from "yaml";
import { canarySuite } from "../../canary/canary-suite.ts";
import { commitSecret, revealSecret } from "../../canary/commit.ts";
import { commitGreenList, revealGreenList } from "../../canary/green-list/commit-green-list.ts";
import { greenSuite } from "../../canary/green-list/green-suite.ts";
import {
  parseAnyCommitment,
  parseAnySecret,
  parseCommitment,
  parseGreenCommitment,
} from "../../canary/parse-record.ts";
import { UsageError } from "../../errors.ts";
import { defineCommand } from "../define-command.ts";
import { listOption } from "../list-option.ts";
import { readFileText, readSecretText, refuseExisting, writeNewFile } from "./secret-file.ts";

const secretPositional = {
  type: "string",
  demandOption: true,
  describe: "Secret file that canary mint wrote",
} as const;

/** `congener canary commit`: the file to publish before planting. */
export const commitCommand = defineCommand({
  command: "commit <secret>",
  describe: "Write the commitment to publish before the first canary is served",
  builder: (yargs) =>
    yargs
      .positional("secret", secretPositional)
      .option(
        "previous",
        listOption("Every commitment that you made before: the test is corrected for all secrets"),
      )
      .option("witness", {
        type: "string",
        describe: "Where a third party's proof of the date will be found, for example a URL",
      })
      .option("suite", {
        type: "string",
        describe: "Also write the test prompts as a suite; keep it private until the test",
      })
      .option("out", {
        alias: "o",
        type: "string",
        describe: "Commitment file; default: canary-NAME.commitment.json",
      })
      .example("$0 canary commit canary-first.secret.json", "Commit, then publish the file"),
  handler: async ({ context, secret: file, previous, witness, suite, out }) => {
    const secret = parseAnySecret(await readSecretText(resolve(context.cwd, file)), file);
    const earlier = [];
    for (const path of previous ?? [])
      earlier.push(parseAnyCommitment(await readFileText(resolve(context.cwd, path)), path));
    const options = {
      committedAt: new Date().toISOString(),
      previous: earlier,
      witness: witness ?? null,
    };
    const isSlots = secret.kind === "canary-secret";
    const commitment = isSlots ? commitSecret(secret, options) : commitGreenList(secret, options);
    const path = resolve(context.cwd, out ?? `canary-${secret.sealed.name}.commitment.json`);
    const suitePath = suite === undefined ? null : resolve(context.cwd, suite);
    if (path === suitePath)
      throw new UsageError("canary.files", `--suite and --out are one file, ${path}: expected two`);
    for (const wanted of [path, suitePath]) if (wanted !== null) await refuseExisting(wanted);
    if (suitePath !== null) {
      const { hash: _computed, ...written } = isSlots
        ? canarySuite(secret.sealed)
        : greenSuite(secret.sealed);
      await writeNewFile(suitePath, stringify(written));
    }
    try {
      await writeNewFile(path, `${JSON.stringify(commitment, null, 2)}\n`);
    } catch (error) {
      if (suitePath !== null) await rm(suitePath, { force: true });
      throw error;
    }
    context.print(commitment.hash);
    context.note(
      `Commitment ${commitment.secretsCommitted} of yours: ${path}\nPublish it where a third party dates it, before the first canary is served; then serve what this says: congener canary ${isSlots ? "assign" : "rewrite"} ${file}`,
    );
  },
});

/** `congener canary reveal`: the opening of a commitment. */
export const revealCommand = defineCommand({
  command: "reveal <secret>",
  describe: "Open a commitment: write what was planted, to publish with the test",
  builder: (yargs) =>
    yargs
      .positional("secret", secretPositional)
      .option("commitment", {
        type: "string",
        demandOption: true,
        describe: "The commitment as it was published",
      })
      .option("out", {
        alias: "o",
        type: "string",
        describe: "Opening file; default: canary-NAME.opening.json",
      })
      .example(
        "$0 canary reveal canary-first.secret.json --commitment canary-first.commitment.json",
        "Reveal",
      ),
  handler: async ({ context, secret: file, commitment, out }) => {
    const secret = parseAnySecret(await readSecretText(resolve(context.cwd, file)), file);
    const published = await readFileText(resolve(context.cwd, commitment));
    const opening =
      secret.kind === "canary-secret"
        ? revealSecret(secret, parseCommitment(published, commitment))
        : revealGreenList(secret, parseGreenCommitment(published, commitment));
    const path = resolve(context.cwd, out ?? `canary-${secret.sealed.name}.opening.json`);
    await writeNewFile(path, `${JSON.stringify(opening, null, 2)}\n`);
    context.print(path);
    context.note("From now on what was planted is public: no later training can be tested with them.");
  },
});
