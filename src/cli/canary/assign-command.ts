import { resolve } from "node:path";
import { z } from "zod";
import { assignVariant, type CanaryRequest } from "../../canary/assign.ts";
import { parseSecret } from "../../canary/parse-record.ts";
import { UsageError } from "../../errors.ts";
import { defineCommand } from "../define-command.ts";
import { readFileText, readSecretText } from "./secret-file.ts";

const requestSchema = z.object({ id: z.string().min(1), text: z.string() });

/** `congener canary assign`: which variant to serve for a request, one line of JSON each. */
export const assignCommand = defineCommand({
  command: "assign <secret>",
  describe: "Say which variant to serve for a request, as JSON",
  builder: (yargs) =>
    yargs
      .positional("secret", {
        type: "string",
        demandOption: true,
        describe: "Secret file that canary mint wrote",
      })
      .option("id", {
        type: "string",
        describe: "Id of the request; the same id is always assigned the same",
      })
      .option("text", { type: "string", describe: "What the user asks" })
      .option("requests", {
        type: "string",
        conflicts: ["id", "text"],
        describe: "File of requests instead, one {id, text} of JSON a line",
      })
      .example('$0 canary assign s.json --id req-1 --text "A story about a lighthouse"', "One request"),
  handler: async ({ context, secret: file, id, text, requests }) => {
    const { sealed } = parseSecret(await readSecretText(resolve(context.cwd, file)), file);
    const all: readonly CanaryRequest[] =
      requests !== undefined
        ? parseRequests(await readFileText(resolve(context.cwd, requests)), requests)
        : [oneRequest(id, text)];
    for (const request of all) {
      const { assignment, reason } = assignVariant(sealed, request);
      context.print(JSON.stringify({ id: request.id, reason, ...(assignment ?? { slot: null }) }));
    }
  },
});

function oneRequest(id: string | undefined, text: string | undefined): CanaryRequest {
  if (id === undefined || text === undefined)
    throw new UsageError("canary.request", "assign expects --id and --text, or --requests FILE");
  return { id, text };
}

function parseRequests(content: string, file: string): CanaryRequest[] {
  return content.split("\n").flatMap((line, index) => {
    if (line.trim() === "") return [];
    try {
      return [requestSchema.parse(JSON.parse(line))];
    } catch {
      throw new UsageError(
        "canary.request",
        `${file}:${index + 1}: expected a JSON object with the texts id and text`,
      );
    }
  });
}
