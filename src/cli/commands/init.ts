import { access, writeFile } from "node:fs/promises";
import { join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { UsageError } from "../../errors.ts";
import { makeFolder } from "../../store/make-folder.ts";
import { systemErrorCode } from "../../store/system-error.ts";
import { configTemplate, envTemplate } from "../config-template.ts";
import { defineCommand } from "../define-command.ts";

const schemaFile = fileURLToPath(new URL("../../../schemas/congener.schema.json", import.meta.url));

/** `congener init`: a configuration to fill in. */
export const initCommand = defineCommand({
  command: "init [dir]",
  describe: "Write a congener.yaml to fill in, and say what comes next",
  builder: (yargs) =>
    yargs
      .positional("dir", { type: "string", default: ".", describe: "Folder; made if it is not there" })
      .example("$0 init my-study", "Write my-study/congener.yaml and my-study/.env.example"),
  handler: async ({ dir, context }) => {
    const folder = resolve(context.cwd, dir);
    await makeFolder(folder);
    const schema = relative(folder, schemaFile).split(sep).join("/");
    const files = [
      { path: join(folder, "congener.yaml"), content: configTemplate(schema) },
      { path: join(folder, ".env.example"), content: envTemplate },
    ];
    for (const { path } of files)
      if (await exists(path))
        throw new UsageError(
          "init.exists",
          `${path} is there already: expected to write it new; move it away, or name another folder`,
        );
    for (const { path, content } of files)
      await writeFile(path, content, { flag: "wx" }).catch((error: unknown) => {
        throw new UsageError(
          "init.write",
          `cannot write ${path} (${systemErrorCode(error) ?? String(error)}): expected a folder that may be written to; name another one`,
        );
      });
    const shown = (name: string) => relative(context.cwd, join(folder, name));
    const inFolder = relative(context.cwd, folder);
    context.print(
      [
        `wrote ${shown("congener.yaml")} and ${shown(".env.example")}`,
        "next:",
        `  1. name your reference, suspects and controls in ${shown("congener.yaml")}`,
        `  2. copy ${shown(".env.example")} to ${shown(".env")}, put your keys in it, and keep it out of version control`,
        ...(inFolder === "" ? [] : [`  3. cd ${inFolder}`]),
        `  ${inFolder === "" ? 3 : 4}. congener run --env-file .env --dry-run   what would be asked`,
        `  ${inFolder === "" ? 4 : 5}. congener run --env-file .env             ask it; issue it again to resume`,
      ].join("\n"),
    );
  },
});

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
