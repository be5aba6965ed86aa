import { expect, test } from "vitest";
import { type Command, loadCommands } from "../../src/cli/command-table.ts";
import type { CommonOptions } from "../../src/cli/context.ts";
import { defineCommand } from "../../src/cli/define-command.ts";
import { createInterrupts } from "../../src/cli/interrupts.ts";
import { listOption } from "../../src/cli/list-option.ts";
import { buildParser } from "../../src/cli/parser.ts";
import { createProcessContext } from "../../src/cli/process-context.ts";
import { UsageError } from "../../src/errors.ts";

/** Parses a line with two small commands and returns what the handler was given. */
async function parse(line: string): Promise<Record<string, unknown>> {
  let given: Record<string, unknown> = {};
  const weigh = defineCommand({
    command: "weigh <run>",
    describe: "Weigh",
    builder: (yargs) =>
      yargs
        .positional("run", { type: "string", demandOption: true, description: "Run" })
        .option("suspect", listOption("Suspects"))
        .option("format", listOption("Formats", ["html", "md"]))
        .option("fail-on", listOption("Conditions", ["derived", "same-model"]))
        .option("seed", { type: "number", default: 1, description: "Seed" })
        .option("name", { type: "string", description: "Name" }),
    handler: (argv) => {
      given = argv;
    },
  });
  const probes = defineCommand({
    command: "probes",
    describe: "Probes",
    builder: (yargs) =>
      yargs
        .command({ command: "list", describe: "List", handler: () => {} })
        .demandCommand(1, "name what to do with the probes"),
    handler: () => {},
  });
  const parser = buildParser([weigh, probes] as unknown as Command[], {
    version: "9.9.9",
    contextOf: (flags) =>
      createProcessContext(process, {
        flags,
        version: "9.9.9",
        interrupts: createInterrupts(process),
        setExitCode: () => {},
      }),
  });
  await parser.parseAsync(line.split(" ").filter((word) => word !== ""));
  return given;
}

test("a positional that looks like a number stays the text that was typed", async () => {
  expect((await parse("weigh 2026")).run).toBe("2026");
});

test("lists repeat, split at commas, drop blanks and leave the next word alone", async () => {
  const argv = await parse("weigh --suspect a,b, --suspect c results/x");
  expect(argv.suspect).toEqual(["a", "b", "c"]);
  expect(argv.run).toBe("results/x");
});

test("a list of two words and of fixed choices is a list too", async () => {
  expect((await parse("weigh r --fail-on derived,same-model")).failOn).toEqual(["derived", "same-model"]);
});

test("common options have their defaults and say whether a configuration was named", async () => {
  expect(await parse("weigh r")).toMatchObject({
    config: "congener.yaml",
    configGiven: false,
    quiet: false,
    verbose: false,
    seed: 1,
  });
  expect(await parse("weigh r -c other.yaml -q")).toMatchObject({
    config: "other.yaml",
    configGiven: true,
    quiet: true,
  });
});

test("the context follows the flags", async () => {
  const plain = (await parse("weigh r --no-color")) as unknown as CommonOptions;
  expect(plain.context.style("red", "x")).toBe("x");
  const coloured = (await parse("weigh r --color")) as unknown as CommonOptions;
  expect(coloured.context.style("red", "x")).toBe("\u001b[31mx\u001b[39m");
});

test.each([
  ["", "no command given; see congener --help"],
  ["weihg r", "unknown command weihg; did you mean weigh? see congener --help"],
  ["frobnicate", "unknown command frobnicate; see congener --help"],
  ["weigh", "missing argument <run>; see congener weigh --help"],
  ["weigh r extra", "unexpected argument extra; see congener weigh --help"],
  ["weigh r --sede 3", "unknown flag or argument sede; did you mean --seed? see congener weigh --help"],
  [
    "weigh r --env-fil x",
    "unknown flag or argument env-fil; did you mean --env-file? see congener weigh --help",
  ],
  ["weigh r --frobnicate", "unknown flag or argument frobnicate; see congener weigh --help"],
  ["weigh r --seed", "--seed needs a value; see congener weigh --help"],
  ["weigh r --seed three", "--seed expects a number"],
  ["weigh r --name a --name b", "--name takes one value, got 2: a, b"],
  ["weigh r --format pdf", '--format got "pdf", expected one of "html", "md"; see'],
  ["weigh r -q -v", "--verbose and --quiet exclude each other; see"],
  ["weigh r --env-file /does/not/exist", "--env-file /does/not/exist cannot be read"],
  ["probes", "name what to do with the probes; see congener probes --help"],
  ["probes lsit", "unknown command lsit; did you mean list? see congener probes --help"],
])("%j is refused in one line that says what to do", async (line, message) => {
  const error = await parse(line).then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(UsageError);
  expect((error as UsageError).message).toContain(message);
  expect((error as UsageError).message).not.toContain("\n");
});

test("only a command that is named is loaded, and completion loads them all", async () => {
  const loaded: string[] = [];
  const table = ["run", "report"].map((name) => ({
    name,
    summary: `${name} it`,
    load: async () => {
      loaded.push(name);
      return { command: name, describe: `${name} it`, handler: () => {} };
    },
  }));
  await loadCommands(["--help"], table);
  expect(loaded).toEqual([]);
  await loadCommands(["run", "x"], table);
  expect(loaded).toEqual(["run"]);
  await loadCommands(["--get-yargs-completions", "congener", ""], table);
  expect(loaded).toEqual(["run", "run", "report"]);
});
