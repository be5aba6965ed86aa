import { suiteFileJsonSchema } from "../../probes/suite-file.ts";
import { defineCommand } from "../define-command.ts";

/** `congener probes schema`: what an editor completes a suite of one's own by. */
export const schemaCommand = defineCommand({
  command: "schema",
  describe: "Print the JSON Schema of a suite file, for editors",
  builder: (yargs) =>
    yargs.example(
      "$0 probes schema > suite.schema.json",
      "Then begin a suite with: # yaml-language-server: $schema=suite.schema.json",
    ),
  handler: ({ context }) => context.print(JSON.stringify(suiteFileJsonSchema(), null, 2)),
});
