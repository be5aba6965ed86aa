/**
 * What changed answers do to power and false alarms, and whether the report warns; tables in Markdown.
 * Usage: npm run --silent bench:robustness [-- CORPUS_FOLDER...] [--worlds 30] [--probes 200] [--jobs 2]
 *
 * Without folders, the zoo's table alone. Audits of the zoo go through `compare` with calibrations/zoo-miniature.json;
 * corpora are scored with calibrations/real-models.json on every n-th probe, so that at most --probes are used.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { loadCalibration, shippedCalibrations } from "../src/cli/load-calibration.ts";
import { loadSuite } from "../src/probes/load-suite.ts";
import { layCommonGround } from "../src/zoo/population.ts";
import { dealt, inProcesses } from "./in-processes.ts";
import { readRecorded } from "./recorded-corpus.ts";
import { type Audit, robustnessTable, tabulate } from "./robustness/audit.ts";
import { corpusRows } from "./robustness/corpus-rows.ts";
import { zooRows } from "./robustness/zoo-rows.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    worlds: { type: "string", default: "30" },
    probes: { type: "string", default: "200" },
    jobs: { type: "string", default: "2" },
    // One part of the work, for a process of its own: seeds of worlds, or a corpus folder.
    seeds: { type: "string" },
    corpus: { type: "string" },
  },
});
/** Seeds of these worlds are no demo's and no calibration's. */
const firstSeed = 300_000;

if (values.seeds !== undefined) {
  const suite = await loadSuite("demo", "probes");
  const calibration = await loadCalibration(shippedCalibrations["zoo-miniature"]);
  const ground = layCommonGround();
  for (const seed of values.seeds.split(",").map(Number)) {
    const rows = await zooRows({
      seed,
      ground,
      probes: suite.probes,
      calibration,
      samples: 8,
      controls: 12,
      honest: 6,
    });
    for (const row of rows) console.log(JSON.stringify(row));
    console.error(`world ${seed}`);
  }
} else if (values.corpus !== undefined) {
  const corpus = await readRecorded(values.corpus);
  const stride = Math.ceil(corpus.probes.length / Number(values.probes));
  const rows = await corpusRows({
    ...corpus,
    probes: corpus.probes.filter((_, index) => index % stride === 0),
    calibration: await loadCalibration(shippedCalibrations["real-models"]),
    seed: 1,
  });
  for (const row of rows) console.log(JSON.stringify(row));
} else {
  const script = fileURLToPath(import.meta.url);
  const worlds = Number(values.worlds);
  if (worlds > 0) {
    const zoo = await inProcesses<Audit>(
      script,
      // Many small parts: a part that ends early leaves its processor to the next.
      dealt(firstSeed, firstSeed + worlds, Math.ceil(worlds / 3))
        .filter((seeds) => seeds.length > 0)
        .map((seeds) => ["--seeds", seeds.join(",")]),
      Number(values.jobs),
    );
    console.log(`### Zoo (${worlds} worlds)\n\n${robustnessTable(tabulate(zoo))}\n`);
  }
  if (positionals.length === 0) {
    console.log("No corpora: name folders of recorded answers to have their table, too.");
  } else {
    const corpora = await inProcesses<Audit>(
      script,
      positionals.map((dir) => ["--corpus", dir, "--probes", values.probes]),
      Number(values.jobs),
    );
    console.log(`### Recorded corpora (${positionals.length})\n\n${robustnessTable(tabulate(corpora))}`);
  }
}
