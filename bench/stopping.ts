/**
 * Simulates audits that stop early (`congener run --until decided`) on miniature models.
 * Usage: npm run bench:stopping [-- --audits 1000 --pilot 20 --fractions 0.43,1 --jobs 2]
 *
 * So many audits of unrelated models and as many of distilled ones. Audits are not all independent: a population of
 * thirteen labs and three students is simulated anew for every twelve distilled and twelve unrelated audits, which differ
 * in pair and in order of the probes (each student is audited in four orders). Ranges in the table are 95 % bootstrap
 * intervals over populations. Seeds start at 900,000: no population is in the calibration, nor was the design chosen on
 * one.
 */
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { backgroundFor } from "../src/analysis/content-score.ts";
import { likelihoodRatio } from "../src/analysis/likelihood-ratio.ts";
import { measureAnswers } from "../src/analysis/measure-answers.ts";
import { type AuditState, createSequentialAudit } from "../src/analysis/sequential-audit.ts";
import { loadSuite } from "../src/probes/load-suite.ts";
import { type Calibration, calibrationSchema } from "../src/schema/calibration.ts";
import type { ProbeAnswers } from "../src/schema/corpus.ts";
import { type Random, seededRandom } from "../src/schema/random.ts";
import { quantile } from "../src/stats/quantile.ts";
import { layCommonGround } from "../src/zoo/population.ts";
import { type SimulatedCorpus, simulateCorpus } from "../src/zoo/simulate-corpus.ts";

const students = 3;
const orders = 4;
const unrelatedPerOrder = 3;
const firstSeed = 900_000;

const { values } = parseArgs({
  options: {
    audits: { type: "string", default: "1000" },
    pilot: { type: "string", default: "20" },
    samples: { type: "string", default: "8" },
    /** Least and most share of a student's dialogues that are its teacher's answers. */
    fractions: { type: "string", default: "0.43,1" },
    jobs: { type: "string", default: "2" },
    shard: { type: "string" },
  },
});
const [leastFraction = 0.43, mostFraction = 1] = values.fractions.split(",").map(Number);
const populations = Math.ceil(Number(values.audits) / (students * orders));

interface Audit {
  readonly population: number;
  readonly kind: "distilled" | "unrelated";
  /** log10 LR on all probes, unbounded, as `compare` has it. */
  readonly full: number;
  /** Whether every interval of the whole path held it. */
  readonly covered: boolean;
  readonly decision: "above-ten" | "below-one" | null;
  /** Share of the requests that were not made. */
  readonly saved: number;
  /** Low and high end of `compare`'s bounded interval on all probes. */
  readonly atEnd: readonly [number, number];
}

if (values.shard !== undefined) await simulateShard(Number(values.shard), Number(values.jobs));
else await report();

async function simulateShard(shard: number, shards: number): Promise<void> {
  const calibration = calibrationSchema.parse(
    JSON.parse(await readFile("calibrations/zoo-miniature.json", "utf8")),
  );
  const suite = await loadSuite("demo", "probes");
  const ground = layCommonGround();
  for (let population = shard; population < populations; population += shards) {
    const seed = firstSeed + population;
    const corpus = simulateCorpus({
      seed,
      probes: suite.probes,
      samples: Number(values.samples),
      labs: 13,
      students,
      fractions: [leastFraction, mostFraction],
      secondTeacher: 0,
      ground,
    });
    const answers = answersOf(corpus, suite.probes);
    for (const audit of await auditPopulation(corpus, answers, {
      calibration,
      population,
      random: seededRandom(seed),
    }))
      console.log(JSON.stringify(audit));
  }
}

function answersOf(
  { rows }: SimulatedCorpus,
  probes: readonly { readonly id: string; readonly family: string }[],
): ProbeAnswers[] {
  const byProbe = new Map(probes.map(({ id }) => [id, new Map<string, string[]>()]));
  for (const { prompt_id, model, response } of rows) {
    const byModel = byProbe.get(prompt_id);
    byModel?.set(model, [...(byModel.get(model) ?? []), response]);
  }
  return probes.map(({ id, family }) => ({
    probe: id,
    family,
    prompt: "",
    answers: byProbe.get(id) ?? new Map<string, string[]>(),
  }));
}

async function auditPopulation(
  { labels }: SimulatedCorpus,
  answers: readonly ProbeAnswers[],
  about: { readonly calibration: Calibration; readonly population: number; readonly random: Random },
): Promise<Audit[]> {
  const { calibration, population, random } = about;
  const names = Object.keys(labels.families);
  const options = {
    models: names.map((name) => ({ name, lab: labels.families[name] ?? null })),
    panel: labels.panel.map((name) => names.indexOf(name)),
  };
  // Bounds would hide a miss: they cut truth and interval alike.
  const unbounded: Calibration = {
    ...calibration,
    bounds: { ...calibration.bounds, log10LR: [-1e6, 1e6] },
  };
  const whole = await measureAnswers(answers, { ...options, habitJackknife: true });
  const background = backgroundFor(whole, calibration.background);
  const indicesOf = ({ suspect, reference }: { readonly suspect: string; readonly reference: string }) => ({
    suspect: names.indexOf(suspect),
    reference: names.indexOf(reference),
  });
  const audits: Audit[] = [];
  for (let order = 0; order < orders; order++) {
    const sequence = shuffled(answers, random);
    const taught = labels.pairs.filter(({ teacher }) => teacher);
    const others = shuffled(
      labels.pairs.filter(({ relation }) => relation === "independent"),
      random,
    ).slice(0, unrelatedPerOrder);
    const pairs = [...taught, ...others];
    const audit = createSequentialAudit({
      ...options,
      pairs: pairs.map(indicesOf),
      calibration: unbounded,
      probes: answers.map(({ probe }) => probe),
      pilot: Number(values.pilot),
    });
    const path: AuditState[] = [];
    // After the last probe there is nothing to decide: the interval has closed on what compare says.
    for (const probe of sequence.slice(0, -1)) {
      const state = await audit.add(probe);
      if (state !== null) path.push(state);
    }
    for (const [place, pair] of pairs.entries()) {
      const { suspect, reference } = indicesOf(pair);
      const end = likelihoodRatio(whole, suspect, reference, { calibration, background });
      const states = path.flatMap((moment) => moment.pairs[place]?.state ?? []);
      if (end === null || states.length < path.length) {
        console.error(`left out: ${pair.suspect} and ${pair.reference} of population ${population}`);
        continue;
      }
      const full = end.score / Math.LN10;
      const stop = states.find(({ decision }) => decision !== null) ?? null;
      audits.push({
        population,
        kind: pair.teacher ? "distilled" : "unrelated",
        full,
        covered: states.every(({ interval: [low, high] }) => low <= full && full <= high),
        decision: stop?.decision ?? null,
        saved: stop === null ? 0 : 1 - stop.probes / sequence.length,
        atEnd: end.interval,
      });
    }
  }
  return audits;
}

async function report(): Promise<void> {
  const startedMs = performance.now();
  const audits: Audit[] = [];
  await Promise.all(
    Array.from({ length: Number(values.jobs) }, async (_, shard) => {
      const child = spawn(
        process.execPath,
        [
          "--import",
          "tsx",
          fileURLToPath(import.meta.url),
          ...["audits", "pilot", "samples", "fractions", "jobs"].flatMap((name) => [
            `--${name}`,
            String(values[name as "audits"]),
          ]),
          "--shard",
          String(shard),
        ],
        { stdio: ["ignore", "pipe", "inherit"] },
      );
      for await (const line of createInterface({ input: child.stdout }))
        audits.push(JSON.parse(line) as Audit);
      if (child.exitCode !== 0) process.exitCode = 1;
    }),
  );
  const random = seededRandom(1);
  const kinds = ["unrelated", "distilled"] as const;
  const share = (test: (audit: Audit) => boolean) => (some: readonly Audit[]) =>
    some.filter(test).length / Math.max(1, some.length);
  const lines: [string, (some: readonly Audit[]) => number][] = [
    ["every interval of the path held the LR on all probes", share(({ covered }) => covered)],
    ["stopped: above 10", share(({ decision }) => decision === "above-ten")],
    ["stopped: below 1", share(({ decision }) => decision === "below-one")],
    ["stopped, but the LR on all probes says otherwise", share(contradicted)],
    [
      "median share of requests saved",
      (some) =>
        quantile(
          some.map(({ saved }) => saved),
          0.5,
        ),
    ],
    [
      "lower quartile of it",
      (some) =>
        quantile(
          some.map(({ saved }) => saved),
          0.25,
        ),
    ],
    ["compare's interval on all probes clears 10", share(({ atEnd: [low] }) => low > 1)],
    ["compare's interval on all probes lies below 10", share(({ atEnd: [, high] }) => high < 1)],
  ];
  console.log(`| | ${kinds.join(" | ")} |\n| --- | --- | --- |`);
  for (const [title, statistic] of lines)
    console.log(
      `| ${title} | ${kinds
        .map((kind) =>
          withRange(
            audits.filter((audit) => audit.kind === kind),
            statistic,
            random,
          ),
        )
        .join(" | ")} |`,
    );
  console.log(
    `${kinds.map((kind) => `${audits.filter((audit) => audit.kind === kind).length} ${kind}`).join(", ")} audits in ${populations} populations, pilot ${values.pilot}, ${((performance.now() - startedMs) / 1000).toFixed(0)} s`,
  );
}

/** Whether a decision is contradicted by the LR on all probes. */
function contradicted({ decision, full }: Audit): boolean {
  return decision === "above-ten" ? full <= 1 : decision === "below-one" ? full >= 0 : false;
}

/** A statistic with its 95 % interval from populations drawn with replacement. */
function withRange(
  audits: readonly Audit[],
  statistic: (some: readonly Audit[]) => number,
  random: Random,
): string {
  const groups = [...new Set(audits.map(({ population }) => population))].map((population) =>
    audits.filter((audit) => audit.population === population),
  );
  const draws = Array.from({ length: 400 }, () =>
    statistic(groups.flatMap(() => groups[Math.floor(random() * groups.length)] ?? [])),
  );
  const shown = (value: number) => value.toFixed(3);
  return `${shown(statistic(audits))} (${shown(quantile(draws, 0.025))}–${shown(quantile(draws, 0.975))})`;
}

function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  return items
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
