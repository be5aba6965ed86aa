import { randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { mintSecret } from "../../canary/mint.ts";
import { parseSecret } from "../../canary/parse-record.ts";
import { canaryPower } from "../../canary/power.ts";
import { UsageError } from "../../errors.ts";
import { canaryKindSchema } from "../../schema/canary.ts";
import type { CliContext } from "../context.ts";
import { defineCommand } from "../define-command.ts";
import { listOption } from "../list-option.ts";
import { loadClusters } from "./load-clusters.ts";
import { loadTemplates } from "./load-templates.ts";
import { readSecretText, refuseExisting, refusePublished, writeNewFile } from "./secret-file.ts";

/** One-sided level of the power table, before Holm's correction. */
const level = 0.01;
const shownUptakes = [0.1, 0.2, 0.4];

/** `congener canary mint`: draws slots, variants and the planted choices. */
export const mintCommand = defineCommand({
  command: "mint",
  describe: "Draw a secret: which of K variants to plant in each of m slots",
  builder: (yargs) =>
    yargs
      .option("name", { type: "string", default: "first", describe: "Name of the secret; it is published" })
      .option("templates", listOption("Template files instead of those that ship with congener"))
      .option("kind", listOption("Only templates of these kinds", canaryKindSchema.options))
      .option("template", listOption("Only templates of these ids"))
      .option("besides", listOption("Secret files whose templates are left out"))
      .option("slots", { alias: "m", type: "number", default: 20, describe: "Slots to plant" })
      .option("variants", { alias: "K", type: "number", default: 8, describe: "Variants of a slot" })
      .option("samples", {
        type: "number",
        default: 5,
        describe: "Samples a slot that the test will ask; their plurality counts",
      })
      .option("share", {
        type: "number",
        default: 0.2,
        describe: "Share of the requests with a trigger that are served the canary, in (0, 1]",
      })
      .option("clusters", {
        type: "string",
        requiresArg: true,
        describe:
          "Account clusters to serve variants of their own: how many (named c1, c2 ...), or a file, a name a line",
      })
      .option("secrets", {
        type: "number",
        default: 1,
        describe: "Secrets that you will ever commit, for the power table",
      })
      .option("dry-run", { type: "boolean", describe: "Print the power table, and mint nothing" })
      .option("out", {
        alias: "o",
        type: "string",
        describe: "Secret file; default: canary-NAME.secret.json",
      })
      .check((argv) => checkNumbers(argv))
      .example("$0 canary mint --dry-run", "What so many slots and variants can show")
      .example("$0 canary mint --name spring -o keep/spring.secret.json", "Mint 20 slots of 8 variants")
      .example(
        "$0 canary mint -m 40 --clusters 64",
        "Tell afterwards which of 64 account clusters fed a model",
      ),
  handler: async (argv) => {
    const { context, name, slots, variants, samples, share } = argv;
    const path = resolve(context.cwd, argv.out ?? `canary-${name}.secret.json`);
    const without = new Set<string>();
    for (const file of argv.besides ?? [])
      for (const { id } of parseSecret(await readSecretText(resolve(context.cwd, file)), file).sealed.slots)
        without.add(id);
    const templates = await loadTemplates(context.cwd, {
      files: argv.templates,
      kinds: argv.kind,
      ids: argv.template,
      without,
    });
    const clusters = await loadClusters(context.cwd, argv.clusters);
    const secret = mintSecret(templates, {
      name,
      slots,
      variants,
      samplesPerSlot: samples,
      share,
      clusters,
      randomBytes: (length) => randomBytes(length),
    });
    if (argv.dryRun !== true) {
      await refusePublished(path);
      await refuseExisting(path);
    }
    printPower({ ...argv, lists: 1 + (clusters?.length ?? 0) }, context);
    if (argv.dryRun === true) return;
    await writeNewFile(path, `${JSON.stringify(secret, null, 2)}\n`, { secret: true });
    context.note(`Secret of ${slots} slots, readable by you alone: ${path}`);
    context.note(`next, before any of it is served: congener canary commit ${path}`);
  },
});

interface MintNumbers {
  readonly name: string;
  readonly slots: number;
  readonly variants: number;
  readonly samples: number;
  readonly share: number;
  readonly secrets: number;
}

function checkNumbers(argv: MintNumbers): true {
  const whole: (keyof MintNumbers & string)[] = ["slots", "variants", "samples", "secrets"];
  for (const key of whole) {
    const least = key === "variants" ? 2 : 1;
    const value = argv[key] as number;
    if (!Number.isInteger(value) || value < least || value > 1000)
      throw new UsageError(
        "cli.number",
        `--${key} must be a whole number from ${least} to 1000, got ${value}`,
      );
  }
  if (!(argv.share > 0 && argv.share <= 1))
    throw new UsageError("cli.number", `--share must lie in (0, 1], got ${argv.share}`);
  if (!/^[a-z0-9][a-z0-9.-]{0,79}$/.test(argv.name))
    throw new UsageError(
      "cli.name",
      `--name must be lower-case letters, digits, . and -, 80 at most, got ${argv.name}`,
    );
  return true;
}

/** What the design, and its neighbours, can show. */
function printPower(
  { slots, variants, secrets, lists }: MintNumbers & { readonly lists: number },
  context: CliContext,
): void {
  const alpha = level / secrets / lists;
  const percent = (share: number) => `${Math.round(100 * share)} %`;
  const sizes = [...new Set([5, 10, 20, 40, slots])].sort((a, b) => a - b);
  const kinds = [...new Set([4, 8, 16, variants])].sort((a, b) => a - b);
  context.print(
    `Exact power at p <= ${level}${secrets > 1 ? ` / ${secrets} secrets` : ""}${lists > 1 ? ` / ${lists} lists, the common one and the clusters'` : ""}, by uptake: the share of the slots that a suspect took up`,
  );
  const row = (cells: readonly string[]) => cells.map((cell) => ` ${cell}`.padStart(9)).join("");
  context.print(
    row(["m", "K", "hits", "p", ...shownUptakes.map((uptake) => `at ${percent(uptake)}`), "80 % at"]),
  );
  for (const m of sizes)
    for (const k of kinds) {
      const power = canaryPower(m, k, { alpha, uptakes: shownUptakes, wanted: 0.8 });
      const line = row([
        String(m),
        String(k),
        power.hitsNeeded === null ? "-" : String(power.hitsNeeded),
        power.pValue === null ? "-" : power.pValue.toPrecision(2),
        ...power.power.map((value) => value.toFixed(2)),
        power.smallestUptake === null ? "never" : percent(power.smallestUptake),
      ]);
      context.print(m === slots && k === variants ? context.style("bold", `${line}  <- this secret`) : line);
    }
}
