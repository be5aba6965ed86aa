/**
 * Time and memory of what follows a large run, on a made-up one: 60 models, 800 probes, 50,000 responses of about 120 words.
 * Run (after a build): npm run bench:report -- [--models 60] [--probes 800] [--responses 50000] [--words 120]
 *      [--bin dist/cli/bin.js] [--keep DIR]
 *
 * The run is written through the store, then every command is a process of its own, one after another. Seconds are on the
 * clock, so other work on the machine counts; processor seconds are of all threads. `--keep DIR` leaves everything there, and
 * takes the run that is there already. Commands that this build does not know are left out.
 */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { writeMadeUpRun } from "./report/made-up-run.ts";
import { measureProcess } from "./report/measured-process.ts";

const { values } = parseArgs({
  options: {
    models: { type: "string", default: "60" },
    probes: { type: "string", default: "800" },
    responses: { type: "string", default: "50000" },
    words: { type: "string", default: "120" },
    bin: { type: "string", default: "dist/cli/bin.js" },
    keep: { type: "string" },
  },
});
const bin = resolve(values.bin);
const folder =
  values.keep === undefined ? await mkdtemp(join(tmpdir(), "congener-report-")) : resolve(values.keep);

interface Row {
  readonly what: string;
  readonly args: readonly string[];
  readonly askedSeconds?: number;
  readonly askedMB?: number;
}

const load = () =>
  loadavg()
    .map((value) => value.toFixed(1))
    .join(" ");
const folderMB = async (dir: string) => {
  const files = await readdir(dir, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    files
      .filter((file) => file.isFile())
      .map(async (file) => (await stat(join(file.parentPath, file.name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0) / 2 ** 20;
};

/** The measured row beside what was asked of it; a ratio above 1 misses. */
async function measured({ what, args, askedSeconds, askedMB }: Row) {
  const { code, seconds, processorSeconds, peakMB, said } = await measureProcess([bin, ...args], folder);
  if (code !== 0) throw new Error(`congener ${args.join(" ")} ended with code ${code}: ${said}`);
  console.log(
    `${what}: ${seconds.toFixed(1)} s, ${processorSeconds.toFixed(1)} s of processor, ${peakMB.toFixed(0)} MB`,
  );
  return {
    what,
    seconds: seconds.toFixed(1),
    "asked s": askedSeconds ?? "-",
    ratio: askedSeconds === undefined ? "-" : (seconds / askedSeconds).toFixed(2),
    "processor s": processorSeconds.toFixed(1),
    "peak MB": peakMB.toFixed(0),
    "asked MB": askedMB ?? "-",
    "MB ratio": askedMB === undefined ? "-" : (peakMB / askedMB).toFixed(2),
    load: load(),
  };
}

/** The one bundle that a site holds, as an archive or a folder. */
async function bundleOf(site: string): Promise<string> {
  const names = await readdir(join(folder, site), { recursive: true });
  const found =
    names.find((name) => name.endsWith(".tar.gz")) ?? names.find((name) => name.endsWith("bundle.json"));
  if (found === undefined) throw new Error(`no bundle in ${site}`);
  return join(site, found.endsWith("bundle.json") ? join(found, "..") : found);
}

try {
  await mkdir(folder, { recursive: true });
  console.log(`load ${load()} on ${availableParallelism()} cores; Node ${process.version}`);
  const run = join(folder, "run");
  if (!existsSync(join(run, "manifest.json"))) {
    const { responses, bytes } = await writeMadeUpRun(run, {
      models: Number(values.models),
      probes: Number(values.probes),
      responses: Number(values.responses),
      wordsPerAnswer: Number(values.words),
    });
    console.log(
      `${responses} responses, ${(bytes / responses).toFixed(0)} bytes of text each, ${(await folderMB(run)).toFixed(0)} MB of run`,
    );
  }
  const rows = [
    await measured({ what: "compare", args: ["compare", "run", "--quiet"] }),
    await measured({ what: "report", args: ["report", "run", "-o", "."], askedSeconds: 10, askedMB: 1024 }),
  ];
  console.log(
    `report.html: ${((await stat(join(folder, "report.html"))).size / 2 ** 20).toFixed(2)} MB (asked: 3)`,
  );
  if (existsSync(join(bin, "../commands/publish.js")))
    for (const redact of [[], ["--redact"]]) {
      const site = ["site", ...redact].join("");
      const suffix = redact.length === 0 ? "" : " (redacted)";
      await rm(join(folder, site), { recursive: true, force: true });
      rows.push(
        await measured({ what: `publish${suffix}`, args: ["publish", "run", "-o", site, ...redact] }),
      );
      rows.push(
        await measured({ what: `verify${suffix}`, args: ["verify", await bundleOf(site)], askedSeconds: 30 }),
      );
    }
  console.table(rows);
} finally {
  if (values.keep === undefined) await rm(folder, { recursive: true, force: true });
}
