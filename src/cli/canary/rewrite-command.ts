import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { greenRewrite } from "../../canary/green-list/green-rewrite.ts";
import { parseGreenSecret } from "../../canary/parse-record.ts";
import { UsageError } from "../../errors.ts";
import { defineCommand } from "../define-command.ts";
import { readSecretText } from "./secret-file.ts";

/** `congener canary rewrite`: an answer with the green words of a secret, from stdin to stdout. */
export const rewriteCommand = defineCommand({
  command: "rewrite <secret>",
  describe: "Rewrite an answer on stdin so that it prefers the green words of a secret",
  builder: (yargs) =>
    yargs
      .positional("secret", {
        type: "string",
        demandOption: true,
        describe: "Secret file that canary mint-green wrote",
      })
      .option("strength", {
        type: "number",
        default: 1,
        describe: "Share of the places that are rewritten, in [0, 1]",
      })
      .example("$0 canary rewrite words.secret.json < answer.txt", "One answer"),
  handler: async ({ context, secret: file, strength }) => {
    const secret = parseGreenSecret(await readSecretText(resolve(context.cwd, file)), file);
    if (!(strength >= 0 && strength <= 1))
      throw new UsageError("cli.number", `--strength must lie in [0, 1], got ${strength}`);
    if (context.stdin.isTTY === true)
      throw new UsageError("canary.stdin", "rewrite expects the answer on stdin, for example: < answer.txt");
    // Without a line end of its own: the answer is to stay as it is but for the words.
    context.stdout.write(greenRewrite(await text(context.stdin), secret, strength));
  },
});
