/**
 * Fits the zoo's own calibration on simulated corpora, through `congener calibrate`.
 * Usage: npm run calibrate:zoo [-- --corpora 16 --out calibrations/zoo-miniature.json]
 *
 * Seeds start at 100,000, so that no corpus is the zoo of a demo.
 */
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { loadSuite } from "../src/probes/load-suite.ts";
import { layCommonGround } from "../src/zoo/population.ts";
import { simulateCorpus } from "../src/zoo/simulate-corpus.ts";

const { values } = parseArgs({
  options: {
    corpora: { type: "string", default: "16" },
    samples: { type: "string", default: "8" },
    out: { type: "string", default: "calibrations/zoo-miniature.json" },
  },
});
const suite = await loadSuite("demo", "probes");
const familyOf = new Map(suite.probes.map(({ id, family }) => [id, family]));
const ground = layCommonGround();
const folder = await mkdtemp(join(tmpdir(), "congener-zoo-"));
const dirs: string[] = [];
for (let number = 0; number < Number(values.corpora); number++) {
  const corpus = simulateCorpus({
    seed: 100_000 + number,
    probes: suite.probes,
    samples: Number(values.samples),
    labs: 13,
    students: 3,
    fractions: [0.43, 1],
    ground,
  });
  const dir = join(folder, corpus.name);
  await mkdir(dir);
  // The prefix of a prompt id is its family, by which the jackknife's blocks are cut.
  const rows = corpus.rows.map((row) =>
    JSON.stringify({ ...row, prompt_id: `${familyOf.get(row.prompt_id) ?? ""}/${row.prompt_id}` }),
  );
  await writeFile(join(dir, "responses.jsonl.gz"), gzipSync(rows.join("\n")));
  // A lab of the same name in two simulations is not one lab.
  const families = Object.fromEntries(
    Object.entries(corpus.labels.families).map(([model, lab]) => [model, `${corpus.name} ${lab}`]),
  );
  const pairs = (corpus.labels.pairs ?? []).map((pair) => ({
    ...pair,
    ...(pair.cluster === undefined ? {} : { cluster: `${corpus.name} ${pair.cluster}` }),
  }));
  await writeFile(join(dir, "pairs.json"), JSON.stringify({ ...corpus.labels, families, pairs }));
  dirs.push(dir);
  console.error(`simulated ${number + 1} of ${values.corpora}`);
}
const child = spawn(
  process.execPath,
  [
    "--import",
    "tsx",
    "src/cli/bin.ts",
    "calibrate",
    ...dirs,
    "-o",
    values.out,
    "--name",
    "miniature zoo, students with 43 % or more harvested dialogues",
    "--domain",
    "zoo-miniature",
  ],
  { stdio: "inherit" },
);
const code = await new Promise((resolve) => child.on("close", resolve));
await rm(folder, { recursive: true });
process.exitCode = code === 0 ? 0 : 1;
