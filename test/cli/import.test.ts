import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readManifest } from "../../src/store/manifest-file.ts";
import { readAnswers } from "../../src/store/read-answers.ts";
import { summarizeTarget } from "../../src/store/read-transcripts.ts";
import { runBin } from "./run-bin.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "congener-cli-"));
});
afterEach(() => rm(folder, { recursive: true }));

const congener = (words: string[], env: Record<string, string> = {}) => runBin(words, { cwd: folder, env });
const row = (more: object = {}) => ({
  model: "org/M",
  prompt_id: "a/1",
  prompt: "Hi?",
  sample: 0,
  response: "Hello",
  ...more,
});
const save = async (name: string, rows: object[]) => {
  const text = rows.map((one) => `${JSON.stringify(one)}\n`).join("");
  await writeFile(join(folder, name), name.endsWith(".gz") ? gzipSync(text) : text);
};

async function answersOf(run: string): Promise<Record<string, Record<string, readonly string[]>>> {
  const found: Record<string, Record<string, readonly string[]>> = {};
  for await (const { probe, answers } of readAnswers(join(folder, run)))
    found[probe] = Object.fromEntries(answers);
  return found;
}

describe("import", () => {
  test("rows become a run with labels, sources and a whole hash chain", async () => {
    await save("a.jsonl.gz", [
      row(),
      row({ sample: 1, response: "" }),
      row({ model: "ORG/m", prompt_id: "b", prompt: "" }),
    ]);
    await writeFile(join(folder, "labels.yaml"), "families: { org/M: org, other: x }\npanel: [other]\n");
    const result = await congener(["import", "a.jsonl.gz", "--run", "results/r", "--labels", "labels.yaml"]);
    expect(result).toMatchObject({
      code: 0,
      stdout: "3 answers of 2 models to 2 prompts imported into results/r\n",
    });
    expect(result.stderr).toContain("1 model of unknown lab");
    const manifest = await readManifest(join(folder, "results/r"));
    expect(manifest).toMatchObject({
      name: "r",
      origin: "imported",
      status: "complete",
      samples: null,
      labels: { panel: ["other"] },
    });
    expect(manifest.targets.map(({ name, model, lab, api }) => [name, model, lab, api])).toEqual([
      ["org/M", "org/M", "org", "recorded"],
      ["ORG/m", "ORG/m", null, "recorded"],
    ]);
    expect(manifest.sources).toMatchObject([{ file: "a.jsonl.gz", format: "jsonl", rows: 3 }]);
    expect(manifest.sources[0]?.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(JSON.stringify(manifest)).not.toContain(folder);
    expect(await answersOf("results/r")).toEqual({
      "a/1": { "org/M": ["Hello"] },
      b: { "ORG/m": ["Hello"] },
    });
    expect((await summarizeTarget(join(folder, "results/r"), "org/M")).outcomes).toMatchObject({
      ok: 1,
      empty: 1,
    });
  });

  test("importing again adds nothing, importing more extends, contradicting is refused and changes nothing", async () => {
    await save("a.jsonl", [row(), row({ sample: 1 })]);
    await congener(["import", "a.jsonl", "--run", "r"]);
    const again = await congener(["import", "a.jsonl", "--run", "r"]);
    expect(again).toMatchObject({ code: 0, stdout: "0 answers of 1 model to 1 prompt imported into r\n" });
    expect(again.stderr).toContain("2 answers recorded already");
    await save("b.jsonl", [row({ sample: 2 }), row({ model: "new", prompt_id: "c" })]);
    expect((await congener(["import", "b.jsonl", "--run", "r"])).stdout).toMatch(
      /^2 answers of 2 models to 2 prompts/,
    );
    const before = await readManifest(join(folder, "r"));
    expect(before.sources.map(({ file }) => file)).toEqual(["a.jsonl", "b.jsonl"]);
    await save("c.jsonl", [row({ sample: 3 }), row({ sample: 1, response: "Other" })]);
    const refused = await congener(["import", "c.jsonl", "--run", "r"]);
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr).toMatch(/model "org\/M", prompt "a\/1", sample 1 has another answer in /);
    await save("d.jsonl", [row({ sample: 4, prompt: "Bye?" })]);
    const reworded = await congener(["import", "d.jsonl", "--run", "r"]);
    expect(reworded.code).toBe(2);
    expect(reworded.stderr).toMatch(
      /prompt "a\/1" has another text in the run: expected "Hi\?", got "Bye\?"/,
    );
    expect(await readManifest(join(folder, "r"))).toEqual(before);
    expect(await answersOf("r")).toEqual({
      "a/1": { "org/M": ["Hello", "Hello", "Hello"] },
      c: { new: ["Hello"] },
    });
  });

  test("a bad row anywhere leaves no run behind", async () => {
    await save("a.jsonl", [
      ...Array.from({ length: 500 }, (_, sample) => row({ sample })),
      row({ sample: "x" }),
    ]);
    const result = await congener(["import", "a.jsonl", "--run", "r"]);
    expect(result).toMatchObject({ code: 2, stdout: "" });
    expect(result.stderr).toMatch(/a\.jsonl:501: field "sample": expected a whole number from 0, got "x"\n$/);
    expect(await readdir(folder)).toEqual(["a.jsonl"]);
  });

  test("files of several formats make one run; model names do not steer the terminal", async () => {
    await save("a.jsonl", [row()]);
    await writeFile(
      join(folder, "b.json"),
      JSON.stringify([{ instruction: "Q", output: "A", generator: "g", dataset: "d" }]),
    );
    expect((await congener(["import", "a.jsonl", "b.json", "--run", "r"])).stdout).toMatch(
      /^2 answers of 2 models to 2 prompts/,
    );
    expect((await readManifest(join(folder, "r"))).sources.map(({ format }) => format)).toEqual([
      "jsonl",
      "alpaca-eval",
    ]);
    await save("evil.jsonl", [row({ model: "\u001b[31mred" })]);
    const { stderr, code } = await congener(["import", "evil.jsonl", "--run", "r2"]);
    expect(code).toBe(2);
    expect(stderr).not.toContain("\u001b");
  });

  const corpus = join(import.meta.dirname, "../../../shared/corpora/alpaca_eval");
  const missing = !existsSync(join(corpus, "responses.jsonl.gz"));
  test.skipIf(missing)(
    `47,466 recorded answers in under 20 s and 1 GB${missing ? " (skipped: ../shared/corpora is missing)" : ""}`,
    async () => {
      const report =
        "process.on('exit',()=>{const u=process.resourceUsage();process.stderr.write('maxRSS '+u.maxRSS+' cpu '+(u.userCPUTime+u.systemCPUTime)/1e6)})";
      const { code, stdout, stderr } = await congener(
        ["import", join(corpus, "responses.jsonl.gz"), "--run", "r", "--labels", join(corpus, "pairs.json")],
        { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(report)}` },
      );
      expect({ code, stdout }).toEqual({
        code: 0,
        stdout: "47,466 answers of 59 models to 805 prompts imported into r\n",
      });
      // Processor time, so that a busy machine does not decide the test.
      expect(Number(/cpu ([\d.]+)/.exec(stderr)?.[1])).toBeLessThan(20);
      const kilobytes = Number(/maxRSS (\d+)/.exec(stderr)?.[1]);
      expect(kilobytes).toBeGreaterThan(10_000);
      expect(kilobytes).toBeLessThan(1_000_000);
    },
  );
});
