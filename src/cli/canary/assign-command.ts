import { resolve } from "node:path";
import { z } from "zod";
import { assignVariant, type CanaryRequest } from "../../canary/assign.ts";
import { parseSecret } from "../../canary/parse-record.ts";
import { UsageError } from "../../errors.ts";
import { visibleJson } from "../../report/json.ts";
import { defineCommand } from "../define-command.ts";
import { readFileText, readSecretText } from "./secret-file.ts";

const requestSchema = z.object({
  id: z.string().min(1),
  text: z.string(),
  cluster: z.string().min(1).optional(),
});

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
      .option("cluster", {
        type: "string",
        requiresArg: true,
        describe: "Account cluster that asks, of those of mint --clusters; without it the common variants",
      })
      .option("requests", {
        type: "string",
        conflicts: ["id", "text", "cluster"],
        describe: "File of requests instead, one {id, text} or {id, text, cluster} of JSON a line",
      })
      .example('$0 canary assign s.json --id req-1 --text "A story about a lighthouse"', "One request"),
  handler: async ({ context, secret: file, id, text, cluster, requests }) => {
    const { sealed } = parseSecret(await readSecretText(resolve(context.cwd, file)), file);
    const all: readonly CanaryRequest[] =
      requests !== undefined
        ? parseRequests(await readFileText(resolve(context.cwd, requests)), requests)
        : [{ ...oneRequest(id, text), cluster }];
    // All before the first line is printed: half of the answers to a file with an unknown cluster would be served.
    const lines = all.map((request) => {
      const { assignment, reason } = assignVariant(sealed, request);
      return visibleJson({ id: request.id, reason, ...(assignment ?? { slot: null }) }, 0);
    });
    for (const line of lines) context.print(line);
  },
});

function oneRequest(id: string | undefined, text: string | undefined): CanaryRequest {
  if (id === undefined || id === "" || text === undefined)
    throw new UsageError("canary.request", "assign expects --id (not empty) and --text, or --requests FILE");
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
        `${file}:${index + 1}: expected a JSON object with the texts id (not empty) and text, and cluster where there is one`,
      );
    }
  });
}
