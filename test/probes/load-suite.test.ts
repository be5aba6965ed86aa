import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadSuite, loadSuiteFile } from "../../src/probes/load-suite.ts";
import { selectProbes } from "../../src/probes/select-probes.ts";
import { selectionFileSchema, suiteFileJsonSchema, suiteFileSchema } from "../../src/probes/suite-file.ts";
import { suiteNames } from "../../src/probes/suite-files.ts";
import { suiteHash } from "../../src/schema/identity.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "congener-probes-"));
});
afterEach(() => rm(folder, { recursive: true }));

const probe = (id: string, more = ""): string =>
  `  - id: ${id}\n    family: taste\n    messages: [{ role: user, content: "Question ${id}?" }]\n    why: because\n${more}`;
const suite = (probes: string, head = 'name: mine\nversion: "1"\n'): string => `${head}probes:\n${probes}`;

async function file(name: string, text: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

test("a suite file becomes a suite with defaults and the hash of its probes", async () => {
  const loaded = await loadSuiteFile(await file("mine.yaml", suite(probe("a") + probe("b"))));
  expect(loaded).toMatchObject({ name: "mine", version: "1", description: "" });
  expect(loaded.probes.map(({ id, language, answer }) => [id, language, answer.kind])).toEqual([
    ["a", "en", "free"],
    ["b", "en", "free"],
  ]);
  expect(loaded.hash).toBe(suiteHash(loaded.probes));
});

test("a reason can be reworded without changing the hash, a prompt cannot", async () => {
  const hashOf = async (text: string) => (await loadSuiteFile(await file("mine.yaml", text))).hash;
  const first = await hashOf(suite(probe("a")));
  expect(await hashOf(suite(probe("a")).replace("because", "for another reason"))).toBe(first);
  expect(await hashOf(suite(probe("a")).replace("Question a?", "Question A?"))).not.toBe(first);
});

test("files of one name and version are one suite, the main file first", async () => {
  await file("mine.more.yaml", suite(probe("b"), 'name: mine\nversion: "1"\ndescription: More.\n'));
  await file("mine.yaml", suite(probe("a"), 'name: mine\nversion: "1"\ndescription: Main.\n'));
  await file("other.yml", suite(probe("a"), 'name: other\nversion: "1"\n'));
  await file("notes.txt", "no suite");
  expect(await suiteNames(folder)).toEqual(["mine", "other"]);
  const loaded = await loadSuite("mine", folder);
  expect(loaded.probes.map(({ id }) => id)).toEqual(["a", "b"]);
  expect(loaded.description).toBe("Main. More.");
  await file("mine.third.yaml", suite(probe("c"), 'name: mine\nversion: "2"\n'));
  await expect(loadSuite("mine", folder)).rejects.toThrow(/holds suite mine 2 but .*mine\.yaml holds mine 1/);
});

test("an unknown name gets the nearest one, a path is a path", async () => {
  const path = await file("core.yaml", suite(probe("a"), 'name: core\nversion: "1"\n'));
  await expect(loadSuite("cor", folder)).rejects.toThrow(/no suite named "cor"; did you mean "core"\?/);
  expect((await loadSuite(path, "/nowhere")).name).toBe("core");
  await file("wrong.yaml", suite(probe("a")));
  await expect(loadSuite("wrong", folder)).rejects.toThrow(/holds suite "mine"; expected "wrong"/);
});

test.each([
  [
    "unknown key",
    suite(probe("a", "    famly: x\n")),
    /:8:5: unknown key "famly" in probes\[0\]; did you mean "family"\?/,
  ],
  [
    "unknown answer key",
    suite(probe("a", "    answer: { kind: word, exemples: [] }\n")),
    /:8:27: unknown key "exemples" in probes\[0\]\.answer; did you mean "examples"\?/,
  ],
  [
    "wrong kind",
    suite(probe("a", "    answer: { kind: numbr }\n")),
    /:8:21: probes\[0\]\.answer\.kind: expected one of .*"number".*, got "numbr"/,
  ],
  [
    "a pattern that would never end elsewhere",
    suite(probe("a", "    answer: { kind: word, pattern: '(a+)+\\1$' }\n")),
    /:4: probe "a" has a pattern that is not valid RE2 syntax: .*invalid escape sequence/,
  ],
  [
    "a pattern that takes long",
    suite(probe("a", "    answer: { kind: word, pattern: '(a?){1000}a{1000}' }\n")),
    /:4: probe "a" has a pattern of \d+ instructions; expected at most 1000/,
  ],
  [
    "a number for a text",
    suite(probe("a"), "name: mine\nversion: 1\n"),
    /:2:10: version: expected string, got 1; put it in quotes$/,
  ],
  [
    "no message",
    suite(probe("a").replace(/\[\{.*\}\]/, "[]")),
    /:6:15: probes\[0\]\.messages: expected at least 1 item, got \[\]$/,
  ],
  ["missing id", suite("  - family: x\n    prefix: y\n"), /:4:5: probes\[0\]\.id: .*string, got nothing/],
  ["bad id", suite(probe("'a b'")), /:4:9: probes\[0\]\.id: letters, digits and .*, got "a b"/],
  ["broken YAML", "name: mine\nprobes: [\n", /:3:1: not valid YAML/],
  ["duplicate key", suite(probe("a", "    family: x\n")), /:8:5: not valid YAML: Map keys must be unique/],
  [
    "no probes",
    'name: mine\nversion: "1"\nprobes: []\n',
    /:3:9: probes: a suite file needs at least one probe, got \[\]/,
  ],
  ["empty file", "# nothing\n", /the suite file is empty; expected name, version and probes/],
  ["list", "- 1\n", /:1:1: the file: expected object, got \[1\]/],
  [
    "alias bomb",
    `a: &a [x,x,x,x,x,x,x,x,x]\n${"bcdefgh"
      .split("")
      .map((c, i) => `${c}: &${c} [${Array(9).fill(`*${"abcdefg"[i]}`).join(",")}]\n`)
      .join("")}`,
    /aliases/,
  ],
  ["neither prompt", suite("  - id: a\n    family: x\n"), /:4: probe "a" has neither messages nor prefix/],
  ["both prompts", suite(probe("a", "    prefix: x\n")), /:4: probe "a" has both messages and prefix/],
  [
    "bad pattern",
    suite(probe("a") + probe("b", "    answer: { kind: word, pattern: '(' }\n")),
    /:8: probe "b" has a pattern that is not valid RE2 syntax: .*missing/,
  ],
  [
    "empty range",
    suite(probe("a", "    answer: { kind: number, min: 2, max: 1 }\n")),
    /min 2 is above max 1/,
  ],
  [
    "choice without choices",
    suite(probe("a", "    answer: { kind: choice }\n")),
    /a choice without two choices/,
  ],
  ["id twice", suite(probe("a") + probe("a")), /:8: probe id "a" is used twice, first at .*:4/],
])("%s is refused with its place", async (_, text, message) => {
  const path = await file("mine.yaml", text);
  const error = await loadSuiteFile(path).catch((thrown: Error) => thrown);
  expect(error).toMatchObject({ name: "UsageError" });
  expect((error as Error).message).toMatch(message);
  expect((error as Error).message).toContain(path);
  expect((error as Error).message).not.toContain("\n");
});

test("a file that is missing or not UTF-8 is refused", async () => {
  await expect(loadSuiteFile(join(folder, "none.yaml"))).rejects.toThrow(/none\.yaml: no such file/);
  await expect(
    loadSuiteFile(await file("latin.yaml", Buffer.from("name: caf\xe9", "latin1"))),
  ).rejects.toThrow(/not UTF-8/);
});

test("selection keeps suite order and names what it does not know", async () => {
  const { probes } = await loadSuiteFile(
    await file("mine.yaml", suite(probe("a") + probe("b") + probe("c").replace("taste", "facts"))),
  );
  const ids = (selection: Parameters<typeof selectProbes>[1]) =>
    selectProbes(probes, selection).map(({ id }) => id);
  expect(ids({})).toEqual(["a", "b", "c"]);
  expect(ids({ families: ["taste"] })).toEqual(["a", "b"]);
  expect(ids({ ids: ["c", "a"] })).toEqual(["a", "c"]);
  expect(() => ids({ families: ["tast"] })).toThrow(/no probe has family "tast"; did you mean "taste"/);
  expect(() => ids({ ids: ["d"] })).toThrow(/no probe has id "d"/);
  expect(() => ids({ families: ["facts"], ids: ["a"] })).toThrow(
    /no probe is of the families and of the ids/,
  );
});

test("the JSON Schema asks for what the loader asks for, of a suite or of a selection", () => {
  const { anyOf } = suiteFileJsonSchema() as {
    anyOf: { required: string[]; properties: Record<string, unknown>; additionalProperties: boolean }[];
  };
  expect(anyOf.map(({ required }) => required.sort())).toEqual([
    ["name", "probes", "version"],
    ["ids", "name", "of", "version"],
  ]);
  expect(anyOf.map(({ properties }) => Object.keys(properties).sort())).toEqual(
    [suiteFileSchema, selectionFileSchema].map(({ shape }) => Object.keys(shape).sort()),
  );
  expect(anyOf.every(({ additionalProperties }) => additionalProperties === false)).toBe(true);
});

describe("a selection", () => {
  const selection = (of: string, ids: string, more = "") =>
    `name: few\nversion: "1"\n${more}of: ${of}\nids:\n${ids}`;
  beforeEach(async () => {
    await file("whole.yaml", suite(probe("a") + probe("b") + probe("c"), 'name: whole\nversion: "1"\n'));
    await file("whole.more.yaml", suite(probe("d"), 'name: whole\nversion: "1"\n'));
  });

  test("has the other suite's probes in its own order, by name or by file, also of a selection", async () => {
    const byName = await file("few.yaml", selection("whole", "  - d\n  - a\n"));
    const loaded = await loadSuiteFile(byName);
    expect(loaded.name).toBe("few");
    expect(loaded.probes.map(({ id }) => id)).toEqual(["d", "a"]);
    expect(loaded.hash).toBe(suiteHash(loaded.probes));
    expect((await loadSuite("few", folder)).hash).toBe(loaded.hash);
    const byFile = await loadSuiteFile(await file("other.yaml", selection("./few.yaml", "  - a\n")));
    expect(byFile.probes.map(({ id }) => id)).toEqual(["a"]);
  });

  test("looks for a suite beside itself, then among those that ship", async () => {
    const mine = join(folder, "mine");
    await mkdir(mine);
    const path = join(mine, "whole.yaml");
    await writeFile(path, selection("whole", "  - b\n"));
    expect((await loadSuite(path, folder)).probes.map(({ id }) => id)).toEqual(["b"]);
  });

  test.each([
    [
      "an unknown id",
      selection("whole", "  - a\n  - e\n"),
      /few\.yaml:6: suite whole has no probe "e"; did you mean/,
    ],
    [
      "an id twice",
      selection("whole", "  - a\n  - b\n  - a\n"),
      /few\.yaml:7: .*"a" is named twice, first on line 5/,
    ],
    [
      "no id",
      selection("whole", "  []\n"),
      /few\.yaml:5:3: ids: a selection needs at least one id, got \[\]/,
    ],
    ["an unknown suite", selection("hole", "  - a\n"), /no suite named "hole"; did you mean "whole"/],
    ["a circle", selection("./few.yaml", "  - a\n"), /selects from \.\/few\.yaml, which selects from it/],
    ["no ids", 'name: few\nversion: "1"\nof: whole\n', /few\.yaml:1:1: ids: expected array, got nothing/],
    [
      "probes beside it",
      selection("whole", "  - a\n", "probes: [{ id: x, family: y, prefix: z }]\n"),
      /few\.yaml:4:1: unknown key "of" in the file/,
    ],
    [
      "neither",
      'name: few\nversion: "1"\n',
      /few\.yaml:1:1: the suite has no probes; expected probes, or of and ids/,
    ],
  ])("with %s is refused with its place", async (_, text, message) => {
    await expect(loadSuiteFile(await file("few.yaml", text))).rejects.toThrow(message);
  });
});
