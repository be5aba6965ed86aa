/**
 * Fits the model that `congener access scan` takes probabilities from where there are no labels: simulates logs, measures
 * them, pools their accounts, cross-validates by campaign, and writes calibrations/access-simulated.json.
 * Run: npx tsx bench/access-model.ts [--seeds 101,102,103,104] [--rows 200000] [--out FILE]
 *
 * A campaign of the same name in two logs is one campaign here: leaving it out leaves out all that behave so.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { loadMapping } from "../src/access/log/load-mapping.ts";
import { scan } from "../src/access/scan.ts";
import { fitCampaignModel, type LabelledCase } from "../src/access/score/campaign-model.ts";
import { crossValidate } from "../src/access/score/cross-validate.ts";
import { featureNames, recordFeatures } from "../src/access/score/features.ts";
import { shippedModelSchema } from "../src/access/score/shipped-model.ts";
import { simulationDefaults } from "../src/access/simulate/simulate-log.ts";
import { writeSimulatedLog } from "../src/access/simulate/write-simulated-log.ts";
import { accessSettingsSchema } from "../src/schema/access-settings.ts";

const { values: flags } = parseArgs({
  options: {
    seeds: { type: "string", default: "101,102,103,104" },
    rows: { type: "string", default: "200000" },
    out: {
      type: "string",
      default: fileURLToPath(new URL("../calibrations/access-simulated.json", import.meta.url)),
    },
  },
});
const seeds = flags.seeds.split(",").map(Number);
const folder = mkdtempSync(join(tmpdir(), "congener-access-model-"));
const cases: LabelledCase[] = [];
try {
  for (const seed of seeds) cases.push(...(await casesOf(seed)));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const validated = crossValidate(cases, 50);
if (validated === null) throw new Error("the simulated logs hold fewer than two campaigns");
const model = fitCampaignModel(cases);
const campaignAccounts = cases.filter(({ campaign }) => campaign !== "").length;
const rounded = (value: number) => Number(value.toPrecision(6));
writeFileSync(
  flags.out,
  `${JSON.stringify(
    shippedModelSchema.parse({
      schemaVersion: 1,
      provenance: `bench/access-model.ts --seeds ${flags.seeds} --rows ${flags.rows}: ${seeds.length} simulated logs with every campaign, default settings, pooled; cross-validated by leaving out one kind of campaign at a time`,
      model: {
        source: "simulated",
        features: [...featureNames],
        intercept: rounded(model.intercept),
        weights: model.weights.map(rounded),
        campaigns: new Set(cases.map(({ campaign }) => campaign)).size - 1,
        campaignAccounts,
        ordinaryAccounts: cases.length - campaignAccounts,
        crossValidated: validated.summary,
      },
    }),
    null,
    2,
  )}\n`,
);
console.log(JSON.stringify(validated.summary, null, 1));
console.log(
  featureNames.map((name, index) => `${name} ${(model.weights[index] ?? 0).toFixed(2)}`).join("\n"),
);

async function casesOf(seed: number): Promise<LabelledCase[]> {
  const log = join(folder, `log-${seed}`);
  const options = { ...simulationDefaults, seed, rows: Number(flags.rows) };
  const written = await writeSimulatedLog(log, options, "parquet");
  const analysis = await scan({
    logs: [written.log],
    cwd: folder,
    mapping: await loadMapping(join(log, "mapping.yaml")),
    settings: accessSettingsSchema.parse({
      seed,
      releases: written.simulated.releases,
      report: { accounts: 20_000, clusters: 5000 },
    }),
    // Baselines are those of an unlabelled log, as where the model will be used.
    labelsFile: null,
    folder: join(folder, `scan-${seed}`),
    memory: "1GB",
    threads: 2,
    badRows: { share: 0.01 },
    now: new Date("2026-11-01"),
    congenerVersion: "bench",
    signal: new AbortController().signal,
    progress: (what) => process.stderr.write(`${seed} ${what}\n`),
  });
  const campaignOf = new Map(written.simulated.labels.map(({ account, campaign }) => [account, campaign]));
  const nameOf = new Map(
    readFileSync(join(folder, `scan-${seed}`, "accounts.csv"), "utf8")
      .split("\r\n")
      .map((line) => line.split(","))
      .map(([name = "", pseudonym = ""]) => [pseudonym, name]),
  );
  const clusters = new Map(analysis.clusters.map((cluster) => [cluster.cluster, cluster]));
  return analysis.accounts.map((record) => ({
    features: recordFeatures(record, record.cluster === null ? null : (clusters.get(record.cluster) ?? null)),
    campaign: campaignOf.get(nameOf.get(record.account) ?? "") ?? "",
  }));
}
