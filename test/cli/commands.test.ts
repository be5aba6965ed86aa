import { describe, expect, test } from "vitest";
import { type Command, commandTable, loadCommands } from "../../src/cli/command-table.ts";
import { createInterrupts } from "../../src/cli/interrupts.ts";
import { buildParser } from "../../src/cli/parser.ts";
import { createProcessContext } from "../../src/cli/process-context.ts";

/** What `congener <words> --help` prints. */
async function helpOf(words: readonly string[]): Promise<string> {
  const parser = buildParser(await loadCommands(words), {
    version: "9.9.9",
    contextOf: (flags) =>
      createProcessContext(process, {
        flags,
        version: "9.9.9",
        interrupts: createInterrupts(process),
        setExitCode: () => {},
      }),
  });
  let help = "";
  await parser.parseAsync([...words, "--help"], {}, (_error, _argv, output) => {
    help = output;
  });
  return help;
}

/** The help of a command and of each command below it, by the words that are typed. */
async function helpsBelow(words: readonly string[]): Promise<Map<string, string>> {
  const help = await helpOf(words);
  const found = new Map([[words.join(" "), help]]);
  const section = /^Commands:\n([\s\S]*?)(?:\n\n|$)/m.exec(help)?.[1] ?? "";
  for (const [, line = ""] of section.matchAll(/^ {2}congener ((?:[a-z-]+ )+)/gm)) {
    const path = line.trim().split(" ");
    if (path.length > words.length)
      for (const [name, below] of await helpsBelow(path)) found.set(name, below);
  }
  return found;
}

test("there are commands, each named once", () => {
  expect(commandTable.length).toBeGreaterThan(0);
  expect(new Set(commandTable.map(({ name }) => name)).size).toBe(commandTable.length);
});

describe.each([...commandTable])("$name", ({ name, summary, load }) => {
  test("its file exports the command of its row", async () => {
    const command = (await load()) as Command;
    expect(String(command.command).split(" ")[0]).toBe(name);
    expect(command.describe).toBe(summary);
    expect(summary).toMatch(/^[A-Z].*[^.]$/);
  });

  test("every option and positional, also of subcommands, has a description", async () => {
    for (const [path, help] of await helpsBelow([name])) {
      const rows = [...help.matchAll(/^ {2,6}(?:-\w, )?(--[\w-]+|[a-z][\w-]*) {2,}(.*)$/gm)];
      expect(rows.length, path).toBeGreaterThan(0);
      for (const [, option, text = ""] of rows) expect(text, `${path} ${option}`).toMatch(/^[^[\s]/);
    }
  });

  test("its help, or that of a command below it, shows an example", async () => {
    expect([...(await helpsBelow([name])).values()].join("\n")).toContain("Examples:");
  });
});
