import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { seededRandom } from "../../src/schema/random.ts";
import { runMain } from "./run-main.ts";

/** Roles of an imported run's models by lab: one reference, one suspect, controls. */
const models = ["ref", "sus", "c1", "c2", "c3", "c4"];
const words =
  "the a sea fog tea lamp keeper stone quiet river wind small old bright salt door window bread winter morning letter boat".split(
    " ",
  );

/** Words that stand in an answer, and in a prompt, of every imported run. */
export const phrases = {
  answer: "zanzibar lanterns hum beneath violet ice",
  prompt: "Describe how quartz herons barter",
} as const;

/**
 * Makes a run of invented answers by `congener import`: six models of as many labs, `probes` prompts, two samples of each. A
 * few seconds' work to compare, and a comparison as any other.
 */
export async function importRun(
  folder: string,
  name: string,
  options: { readonly seed?: number; readonly names?: readonly string[]; readonly probes?: number } = {},
): Promise<string> {
  const { seed = 1, names = models, probes = 10 } = options;
  const random = seededRandom(seed);
  const word = () => words[Math.floor(random() * words.length)] ?? "the";
  const rows = names.flatMap((model) =>
    Array.from({ length: 2 * probes }, (_, at) => ({
      model,
      prompt_id: `p${at % probes}`,
      prompt: `${phrases.prompt} ${at % probes}.`,
      sample: Math.floor(at / probes),
      response: `${at === 0 ? `${phrases.answer}. ` : ""}${Array.from({ length: 30 }, word).join(" ")}.`,
    })),
  );
  const files = [`${name}.jsonl`, `${name}.labels.json`] as const;
  writeFileSync(join(folder, files[0]), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  writeFileSync(
    join(folder, files[1]),
    JSON.stringify({ families: Object.fromEntries(names.map((model) => [model, `lab of ${model}`])) }),
  );
  const imported = await runMain(["import", files[0], "--run", name, "--labels", files[1], "-q"], {
    cwd: folder,
  });
  expect(imported, imported.stderr).toMatchObject({ code: 0 });
  return join(folder, name);
}

/** Compares an imported run: its second model against its first. */
export async function compareImported(folder: string, name: string, ...more: string[]): Promise<void> {
  const compared = await runMain(["compare", name, "--reference", "ref", "--suspect", "sus", "-q", ...more], {
    cwd: folder,
  });
  expect([0, 3], compared.stderr).toContain(compared.code);
}
