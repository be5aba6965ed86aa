import { randomBytes } from "node:crypto";
import { basename, join, resolve } from "node:path";
import { mintGreenList } from "../../canary/green-list/mint-green-list.ts";
import { parseGreenList } from "../../canary/green-list/parse-green-list.ts";
import { UsageError } from "../../errors.ts";
import { defineCommand } from "../define-command.ts";
import { shippedGreenList, shippedTemplates } from "./load-templates.ts";
import { readFileText, writeNewFile } from "./secret-file.ts";

/** `congener canary mint-green`: draws the key of a green list. */
export const mintGreenCommand = defineCommand({
  command: "mint-green",
  describe: "Draw the key of a green list: which of two words to prefer after which words",
  builder: (yargs) =>
    yargs
      .option("name", { type: "string", default: "green", describe: "Name of the secret; it is published" })
      .option("list", {
        type: "string",
        describe: "List of word pairs and test prompts instead of the one that ships with congener",
      })
      .option("width", {
        type: "number",
        default: 1,
        describe: "Preceding words that a choice depends on, 1 to 8",
      })
      .option("level", {
        type: "number",
        default: 0.01,
        describe: "Significance level to commit to, in (0, 1)",
      })
      .option("samples", { type: "number", default: 5, describe: "Samples of a test prompt that are read" })
      .option("out", {
        alias: "o",
        type: "string",
        describe: "Secret file; default: canary-NAME.secret.json",
      })
      .check((argv) => checkNumbers(argv))
      .example("$0 canary mint-green --name words -o keep/words.secret.json", "The list that ships"),
  handler: async ({ context, name, list, width, level, samples, out }) => {
    const path = resolve(context.cwd, out ?? `canary-${name}.secret.json`);
    const file = list === undefined ? join(shippedTemplates, shippedGreenList) : resolve(context.cwd, list);
    const secret = mintGreenList(parseGreenList(await readFileText(file), basename(file)), {
      name,
      contextWidth: width,
      level,
      samplesPerPrompt: samples,
      randomBytes: (length) => randomBytes(length),
    });
    await writeNewFile(path, `${JSON.stringify(secret, null, 2)}\n`, { secret: true });
    const { pairs, prompts } = secret.sealed;
    context.note(
      `Key over ${pairs.length} word pairs and ${prompts.length} test prompts, readable by you alone: ${path}`,
    );
    context.note(`next, before any answer is rewritten: congener canary commit ${path}`);
  },
});

function checkNumbers(argv: {
  readonly name: string;
  readonly width: number;
  readonly level: number;
  readonly samples: number;
}): true {
  const limits = { width: 8, samples: 1000 } as const;
  for (const key of ["width", "samples"] as const)
    if (!Number.isInteger(argv[key]) || argv[key] < 1 || argv[key] > limits[key])
      throw new UsageError(
        "cli.number",
        `--${key} must be a whole number from 1 to ${limits[key]}, got ${argv[key]}`,
      );
  if (!(argv.level > 0 && argv.level < 1))
    throw new UsageError("cli.number", `--level must lie in (0, 1), got ${argv.level}`);
  if (!/^[a-z0-9][a-z0-9.-]{0,79}$/.test(argv.name))
    throw new UsageError(
      "cli.name",
      `--name must be lower-case letters, digits, . and -, 80 at most, got ${argv.name}`,
    );
  return true;
}
