import { resolve } from "node:path";
import { fitCalibration } from "../../analysis/calibrate.ts";
import type { ScoredCorpus } from "../../analysis/scored-pair.ts";
import { seededRandom } from "../../schema/random.ts";
import { writeAtomically } from "../../store/write-atomically.ts";
import { defineCommand } from "../define-command.ts";
import { measureCorpus } from "../measure-corpus.ts";

/** `congener calibrate`: fits the mapping from scores to likelihood ratios on labelled corpora. */
export const calibrateCommand = defineCommand({
  command: "calibrate <corpus..>",
  describe: "Fit a calibration on corpora of answers with known lineage",
  builder: (yargs) =>
    yargs
      .positional("corpus", {
        type: "string",
        array: true,
        demandOption: true,
        describe: "Folders with responses.jsonl.gz and pairs.json",
      })
      .option("out", {
        alias: "o",
        type: "string",
        demandOption: true,
        requiresArg: true,
        describe: "File to write the calibration to (JSON, numbers only)",
      })
      .option("name", {
        type: "string",
        requiresArg: true,
        default: "custom",
        describe: "Name that reports print",
      })
      .option("domain", {
        choices: ["real-models", "zoo-miniature"] as const,
        default: "real-models" as const,
        describe: "Population that it speaks for",
      })
      .option("seed", { type: "number", default: 1, describe: "Seed of the bootstrap over clusters" })
      .example("$0 calibrate corpora/a corpora/b -o calibration.json", "fit on two corpora"),
  handler: async ({ corpus, out, name, domain, seed, context }) => {
    const corpora: ScoredCorpus[] = [];
    for (const dir of corpus) {
      context.note(`Measuring ${dir}`);
      corpora.push(await measureCorpus(resolve(context.cwd, dir)));
    }
    const { calibration } = fitCalibration(corpora, {
      name,
      domain,
      congenerVersion: context.version,
      random: seededRandom(seed),
    });
    await writeAtomically(resolve(context.cwd, out), `${JSON.stringify(calibration, rounded, 1)}\n`);
    const { metrics, sources, bounds } = calibration;
    context.print(
      [
        `Sources: ${sources.distilledClusters} distilled clusters of ${sources.teacherLabs} teacher lab${sources.teacherLabs === 1 ? "" : "s"}, ${sources.unrelatedPairs} unrelated pairs in which no lab occurs twice`,
        `Bounds: LR from ${(10 ** bounds.log10LR[0]).toPrecision(3)} to ${(10 ** bounds.log10LR[1]).toPrecision(3)}`,
        `Leave-one-cluster-out: AUC ${metrics.auc.toFixed(3)}, Cllr ${metrics.cllr.toFixed(3)} (minimum ${metrics.cllrMin.toFixed(3)}), unrelated pairs with LR > 10: ${(100 * metrics.misleadingUnrelated).toFixed(1)} %`,
        `Wrote ${out}`,
      ].join("\n"),
    );
  },
});

/** Seven significant digits are more than the fit is good for, and keep the file readable. */
const rounded = (_key: string, value: unknown) =>
  typeof value === "number" ? Number(value.toPrecision(7)) : value;
