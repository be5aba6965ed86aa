import { describe, expect, test } from "vitest";
import type { Argv } from "yargs";
import yargs from "yargs";
import { type Command, commandTable } from "../../src/cli/command-table.ts";
import { declaredOptions } from "../../src/cli/parser-state.ts";

/** A command and its subcommands, each with the options that its builder declares. */
interface DeclaredCommand {
  readonly path: string;
  readonly describe: unknown;
  readonly options: readonly string[];
  readonly descriptions: Readonly<Record<string, string>>;
  readonly help: string;
}

/** Builds a command, and by it the subcommands that it registers. */
async function declare(command: Command, parents: readonly string[]): Promise<DeclaredCommand[]> {
  const subcommands: Command[] = [];
  const parser = yargs().scriptName("congener");
  const register = parser.command.bind(parser);
  parser.command = ((...parts: unknown[]) => {
    if (parts.length === 1) subcommands.push(...([parts[0]].flat() as Command[]));
    return (register as (...all: unknown[]) => Argv)(...parts);
  }) as typeof parser.command;
  const { builder } = command;
  if (typeof builder === "function") await builder(parser as never);
  const path = [...parents, String(command.command).split(" ")[0]].join(" ");
  const state = parser as unknown as { getUsageInstance?: unknown; getInternalMethods(): UsageState };
  const own: DeclaredCommand = {
    path,
    describe: command.describe,
    options: Object.keys(declaredOptions(parser).key).filter((key) => !["help", "version"].includes(key)),
    descriptions: state.getInternalMethods().getUsageInstance().getDescriptions(),
    help: await parser.getHelp(),
  };
  const below = await Promise.all(subcommands.map((subcommand) => declare(subcommand, path.split(" "))));
  return [own, ...below.flat()];
}

interface UsageState {
  getUsageInstance(): { getDescriptions(): Record<string, string> };
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
    for (const declared of await declare((await load()) as Command, [])) {
      expect(declared.describe, declared.path).toBeTruthy();
      for (const option of declared.options)
        expect(declared.descriptions[option], `${declared.path} ${option}`).toBeTruthy();
    }
  });

  test("its help shows an example", async () => {
    const declared = await declare((await load()) as Command, []);
    expect(declared.map(({ help }) => help).join("\n")).toContain("Examples:");
  });
});
