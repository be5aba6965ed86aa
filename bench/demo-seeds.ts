/**
 * Runs the demo with many seeds and counts how often its findings are what the zoo's truth asks for.
 * Usage: npm run bench:demo [-- --from 1 --seeds 20]
 *
 * Asked for: distilled-high `derived`, distilled-low `derived` or `inconclusive`, honest `not-distinguished`, re-served
 * `same-model`.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { type Analysis, analysisSchema } from "../dist/schema/analysis.js";

const wanted: Readonly<Record<string, readonly string[]>> = {
  "distilled-high": ["derived"],
  "distilled-low": ["derived", "inconclusive"],
  honest: ["not-distinguished"],
  "re-served": ["same-model"],
};
const { values } = parseArgs({
  options: { from: { type: "string", default: "1" }, seeds: { type: "string", default: "20" } },
});
const folder = await mkdtemp(join(tmpdir(), "congener-demo-"));
const met = new Map(Object.keys(wanted).map((name) => [name, 0]));
let all = 0;
const seconds: number[] = [];
for (let seed = Number(values.from); seed < Number(values.from) + Number(values.seeds); seed++) {
  const dir = join(folder, String(seed));
  const startedMs = performance.now();
  await promisify(execFile)(process.execPath, [
    "dist/cli/bin.js",
    "demo",
    "--seed",
    String(seed),
    "-o",
    dir,
    "-q",
  ]);
  seconds.push((performance.now() - startedMs) / 1000);
  const analysis: Analysis = analysisSchema.parse(
    JSON.parse(await readFile(join(dir, "analysis.json"), "utf8")),
  );
  const held = analysis.suspects.map(({ name, finding }) => wanted[name]?.includes(finding) ?? false);
  analysis.suspects.forEach(({ name }, i) => {
    if (held[i]) met.set(name, (met.get(name) ?? 0) + 1);
  });
  if (held.every(Boolean)) all++;
  const cells = analysis.suspects.map(
    ({ name, finding, reason, log10LR, log10LRInterval }, i) =>
      `${held[i] ? " " : "!"}${name} ${finding} (${reason}; log10 LR ${log10LR?.toFixed(2) ?? "-"} ${log10LRInterval?.map((value) => value.toFixed(2)).join("..") ?? ""})`,
  );
  console.log(`seed ${seed}, ${seconds.at(-1)?.toFixed(0)} s:${cells.join(" |")}`);
  await rm(dir, { recursive: true });
}
await rm(folder, { recursive: true });
console.log(
  `as wanted, of ${values.seeds} seeds: ${[...met].map(([name, count]) => `${name} ${count}`).join(", ")}; all four ${all}`,
);
console.log(`seconds a demo: ${Math.min(...seconds).toFixed(0)} to ${Math.max(...seconds).toFixed(0)}`);
