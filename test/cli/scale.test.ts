import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { chmod, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { readManifest } from "../../src/store/manifest-file.ts";
import { chatBody, sendJson, startFaultServer } from "../providers/fault-server.ts";
import { temporaryFolder } from "../store/run-fixture.ts";
import { binFile } from "./run-bin.ts";
import { smallStudyModels, writeSmallStudy } from "./small-study.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/scale.md"), "utf8");
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"))].map(
    (match) => match[1] ?? "",
  );
const [sbatch = "", afterwards = ""] = blocks("bash");
const job = parse(blocks("yaml")[0] ?? "");
const container = job.spec.template.spec.containers[0];

/** A folder for the page's study with `congener` on the path, and a server that counts. */
async function cluster() {
  const server = await startFaultServer((request, response, count) =>
    sendJson(response, 200, chatBody(`answer ${count} of ${request.body.model}`)),
  );
  const dir = await temporaryFolder();
  writeSmallStudy(dir, server.origin, { probes: 8, samples: 3, target: `apiKey: "\${OPENAI_API_KEY}"` });
  await writeFile(join(dir, "keys.env"), "OPENAI_API_KEY=a-key-for-the-cluster\n");
  const path = join(dir, "bin");
  await mkdir(path);
  await writeFile(join(path, "congener"), `#!/bin/sh\nexec '${process.execPath}' '${binFile}' "$@"\n`);
  await chmod(join(path, "congener"), 0o755);
  const shell = async (words: readonly string[], env: Record<string, string> = {}) => {
    const child = spawn(words[0] as string, words.slice(1), {
      cwd: dir,
      env: { PATH: `${path}:${process.env.PATH}`, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const said = Promise.all([child.stdout.toArray(), child.stderr.toArray()]);
    const [code] = await once(child, "close");
    return { code: code as number, output: Buffer.concat((await said).flat()).toString() };
  };
  return { server, dir, shell };
}

const samples = smallStudyModels.length * 8 * 3;

test("the Slurm array of docs/scale.md asks every sample once, resumes when submitted again, and merges", async () => {
  const { server, dir, shell } = await cluster();
  await writeFile(join(dir, "study.sbatch"), sbatch);
  const submit = (task: number) => shell(["bash", "study.sbatch"], { SLURM_ARRAY_TASK_ID: String(task) });
  const shards = Number(/^SHARDS=(\d+)$/m.exec(sbatch)?.[1]);
  expect(/^#SBATCH --array=1-(\d+)%\d+$/m.exec(sbatch)?.[1]).toBe(String(shards));
  for (let task = 1; task < shards; task++) expect(await submit(task)).toMatchObject({ code: 0 });
  const early = await shell(["bash", "-e", "-c", afterwards]);
  expect([early.code, early.output]).toEqual([
    2,
    expect.stringContaining(`shard ${shards} of ${shards} is not among the runs`),
  ]);
  expect(await submit(shards)).toMatchObject({
    code: 0,
    output: expect.stringContaining(`congener merge results/study-shard-*-of-${shards} --run results/study`),
  });
  expect(server.requests).toHaveLength(samples);
  // Submitted again, a complete shard asks nothing.
  expect(await submit(2)).toMatchObject({ code: 0, output: expect.stringContaining("next: ") });
  expect(server.requests).toHaveLength(samples);
  const { code, output } = await shell(["bash", "-e", "-c", afterwards]);
  expect([code, output]).toEqual([
    0,
    expect.stringContaining(`${samples} samples of ${shards} runs united in results/study`),
  ]);
  const whole = join(dir, "results", "study");
  expect(await readManifest(whole)).toMatchObject({ status: "complete" });
  expect(await readdir(whole)).toEqual(expect.arrayContaining(["analysis.json", "report.html"]));
});

test("the Kubernetes Job of docs/scale.md asks every sample once", async () => {
  const { server, dir, shell } = await cluster();
  const { completions, completionMode } = job.spec;
  expect(completionMode).toBe("Indexed");
  expect(container.env.map(({ name }: { name: string }) => name)).toContain("OPENAI_API_KEY");
  for (const { valueFrom } of container.env) expect(valueFrom.secretKeyRef.name).toBe("study-keys");
  const pod = (index: number) =>
    shell([...container.command, ...container.args], {
      JOB_COMPLETION_INDEX: String(index),
      OPENAI_API_KEY: "a-key-for-the-cluster",
    });
  for (let index = 0; index < completions; index++) expect(await pod(index)).toMatchObject({ code: 0 });
  expect(server.requests).toHaveLength(samples);
  expect((await readdir(join(dir, "results"))).sort()).toEqual(
    Array.from({ length: completions }, (_, index) => `study-shard-${index + 1}-of-${completions}`),
  );
  // What the page says of exit code 2: a wrong configuration is not tried again.
  await writeFile(join(dir, "congener.yaml"), "reference: 1\n");
  expect((await pod(0)).code).toBe(2);
  expect(job.spec.podFailurePolicy.rules[0].onExitCodes.values).toEqual([2]);
});
