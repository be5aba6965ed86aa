import { writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { mappingTemplate, settingsTemplate } from "../../access/yaml-template.ts";
import { UsageError } from "../../errors.ts";
import { accessLimitsSchema, accessSettingsSchema } from "../../schema/access-settings.ts";
import { makeFolder } from "../../store/make-folder.ts";
import { systemErrorCode } from "../../store/system-error.ts";
import { defineCommand } from "../define-command.ts";

/** `congener access init`: mapping, settings and limits to fill in, with every default. */
export const accessInitCommand = defineCommand({
  command: "init [dir]",
  describe: "Write mapping.yaml, access.yaml and limits.yaml to fill in",
  builder: (yargs) =>
    yargs
      .positional("dir", { type: "string", default: ".", describe: "Folder; made if it is not there" })
      .option("json", { type: "boolean", describe: "Print the files as JSON" })
      .example("$0 access init rules", "Three files to fill in, in the folder rules"),
  handler: async ({ dir, json, context }) => {
    const folder = resolve(context.cwd, dir);
    const files = [
      { name: "mapping.yaml", content: mappingTemplate() },
      {
        name: "access.yaml",
        content: settingsTemplate(accessSettingsSchema, "How congener access measures"),
      },
      {
        name: "limits.yaml",
        content: settingsTemplate(
          accessLimitsSchema,
          "What an account may do before congener access policy acts",
        ),
      },
    ];
    await makeFolder(folder);
    const written: string[] = [];
    for (const { name, content } of files) {
      const path = join(folder, name);
      await writeFile(path, content, { flag: "wx" }).catch((error: unknown) => {
        const before = written.length > 0 ? ` (${written.join(", ")} is written)` : "";
        throw new UsageError(
          "access.init",
          systemErrorCode(error) === "EEXIST"
            ? `${path} is there already: expected to write it new${before}; move it away, or name another folder`
            : `cannot write ${path} (${systemErrorCode(error) ?? String(error)}): expected a folder that may be written to`,
          { cause: error },
        );
      });
      written.push(name);
    }
    if (json) {
      context.print(JSON.stringify({ schemaVersion: 1, files: written.map((name) => join(folder, name)) }));
      return;
    }
    const shown = (name: string) => relative(context.cwd, join(folder, name));
    context.print(
      [
        `wrote ${written.map(shown).join(", ")}`,
        "next:",
        `  1. say in ${shown("mapping.yaml")} what your log calls its columns`,
        `  2. congener access scan LOG --map ${shown("mapping.yaml")} --settings ${shown("access.yaml")} -o OUT`,
      ].join("\n"),
    );
  },
});
