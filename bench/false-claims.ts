/**
 * How often unrelated models are called derived, or closer to a reference than controls; a table in Markdown.
 * Usage: npm run --silent bench:false-claims [-- CORPUS_FOLDER...] [--worlds 100] [--suspects 10] [--draws 5] [--jobs 2] [--no-intervals]
 *
 * Corpora: likelihood ratios from fits without the pair's own cluster and lab, on all the folders given. The zoo's
 * audits go through `compare` with calibrations/zoo-miniature.json.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { clamp } from "../src/analysis/calibrate.ts";
import { findingThreshold } from "../src/analysis/finding.ts";
import { fusedLogOdds } from "../src/analysis/fit-fusion.ts";
import { isUnrelated } from "../src/analysis/scored-pair.ts";
import { loadCalibration, shippedCalibrations } from "../src/cli/load-calibration.ts";
import { loadSuite } from "../src/probes/load-suite.ts";
import { statisticVersion } from "../src/schema/calibration.ts";
import { seededRandom } from "../src/schema/random.ts";
import { rocAuc } from "../src/stats/roc-auc.ts";
import { layCommonGround } from "../src/zoo/population.ts";
import { type CorpusClaims, corpusClaims, type LeftOutPair } from "./false-claims/corpus-claims.ts";
import { falseShare, type Trial } from "./false-claims/shares.ts";
import { auditHonestSuspects, type HonestAudit } from "./false-claims/zoo-audits.ts";
import { dealt, inProcesses } from "./in-processes.ts";
import { readRecorded } from "./recorded-corpus.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    worlds: { type: "string", default: "100" },
    suspects: { type: "string", default: "10" },
    draws: { type: "string", default: "5" },
    jobs: { type: "string", default: "2" },
    "no-intervals": { type: "boolean", default: false },
    // Seeds of worlds, for a process of its own.
    seeds: { type: "string" },
  },
});
/** Seeds of these worlds are no demo's, no calibration's and not the robustness bench's. */
const firstSeed = 400_000;
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const ends = (interval: readonly [number, number] | null) =>
  interval === null ? "–" : `${(100 * interval[0]).toFixed(1)}–${(100 * interval[1]).toFixed(1)} %`;
const random = seededRandom(1);

function shareRow(title: string, trials: readonly Trial[]): void {
  if (trials.length === 0) return;
  const { claims, share, exact, clustered } = falseShare(trials, random);
  console.log(
    `| ${title} | ${Number(claims.toFixed(1))} of ${trials.length} | ${percent(share)} | ${ends(exact)} | ${ends(clustered)} |`,
  );
}

/** One trial a pair of models: repeated draws of panels are averaged. */
function trialsOf(
  pairs: readonly LeftOutPair[],
  claimed: (log10LR: number, entry: LeftOutPair) => boolean,
): Trial[] {
  const groups = new Map<string, { clusters: string[]; claims: number[] }>();
  for (const entry of pairs) {
    const { pair, corpus, log10LR } = entry;
    const key = `${corpus}\n${pair.reference}\n${pair.suspect}`;
    // Teachers' labs are too few to be drawn from: controls as suspects are drawn by their own labs alone.
    const clusters = isUnrelated(pair) ? [pair.referenceLab, pair.suspectLab] : [pair.suspectLab];
    const group = groups.get(key) ?? { clusters, claims: [] };
    groups.set(key, group);
    group.claims.push(log10LR !== null && claimed(log10LR, entry) ? 1 : 0);
  }
  return [...groups.values()].map(({ clusters, claims }) => ({
    clusters,
    claimed: claims.reduce((sum, value) => sum + value, 0) / claims.length,
  }));
}

async function corpusTables(dirs: readonly string[]): Promise<void> {
  const corpora = await Promise.all(dirs.map(readRecorded));
  const claims = await corpusClaims(corpora, {
    seed: 1,
    draws: Number(values.draws),
    intervals: !values["no-intervals"],
  });
  const shipped = await loadCalibration(shippedCalibrations["real-models"]);
  const { bounds } = claims.calibration;
  const cap = (value: number) => (10 ** value).toPrecision(3);
  console.log(
    `Recorded corpora: ${corpora.map(({ name }) => name).join(", ")}; statistics version ${statisticVersion}; shipped calibration "${shipped.name}" (cap ${cap(shipped.bounds.log10LR[1])}), refitted here leaving clusters out (cap ${cap(bounds.log10LR[1])}).\n`,
  );
  console.log(
    "| unrelated models | false | share | Clopper-Pearson | labs bootstrapped |\n| --- | --: | --: | --: | --: |",
  );
  const above = (value: number) => value > findingThreshold;
  const found = new Set(claims.intervalAboveTen);
  const shippedLR = ({ pair }: LeftOutPair) =>
    pair.features === null
      ? 0
      : clamp(
          fusedLogOdds([shipped.intercept, ...shipped.weights], pair.features) / Math.LN10,
          shipped.bounds.log10LR,
        );
  shareRow(
    "unrelated pairs: bounded LR > 10, without which nothing is `derived` (shipped)",
    trialsOf(claims.unrelated, (_, entry) => above(shippedLR(entry))),
  );
  shareRow(
    "unrelated pairs: LR > 10 after bounding, left out",
    trialsOf(claims.unrelated, (value) => above(clamp(value, bounds.log10LR))),
  );
  shareRow("unrelated pairs: LR > 10 before bounding, left out", trialsOf(claims.unrelated, above));
  const derivedRow = (who: string, pairs: readonly LeftOutPair[]) => {
    if (!values["no-intervals"])
      shareRow(
        `${who}: \`derived\`, whole interval above 10 before bounding`,
        trialsOf(pairs, (_, entry) => found.has(entry)),
      );
  };
  derivedRow("unrelated pairs", claims.unrelated);
  shareRow("controls as suspects, whole panel: LR > 10 before bounding", trialsOf(claims.controls, above));
  derivedRow("controls as suspects, whole panel", claims.controls);
  for (const [size, pairs] of claims.drawn) {
    shareRow(`controls as suspects, ${size} controls: LR > 10 before bounding`, trialsOf(pairs, above));
    derivedRow(`controls as suspects, ${size} controls`, pairs);
  }
  // Once a pair, with the highest of its panels' LRs.
  const names = (pairs: readonly LeftOutPair[]) => {
    const sorted = pairs
      .filter(({ log10LR }) => log10LR !== null && above(log10LR))
      .sort((a, b) => (b.log10LR ?? 0) - (a.log10LR ?? 0));
    const highest = new Map<string, number>();
    for (const { pair, log10LR } of sorted) {
      const name = `${pair.suspect} with ${pair.reference}`;
      highest.set(name, highest.get(name) ?? 10 ** (log10LR ?? 0));
    }
    return [...highest].map(([name, ratio]) => `${name} (${ratio.toPrecision(2)})`).join(", ") || "none";
  };
  console.log(`\nUnrelated pairs with LR > 10 before bounding: ${names(claims.unrelated)}.`);
  console.log(`Controls as suspects with LR > 10 before bounding, whole panel: ${names(claims.controls)}.`);
  console.log(`Called \`derived\`: ${names(claims.intervalAboveTen)}.`);
  matchedNegatives(claims);
  rankTable(claims);
}

/** Students against controls taken as suspects of the same reference. */
function matchedNegatives({ distilled, controls }: CorpusClaims): void {
  console.log(
    "\n| matched-negative AUC | students / controls | content affinity | content score | habit affinity | log10 LR |\n| --- | --: | --: | --: | --: | --: |",
  );
  const columns = [
    ({ pair }: LeftOutPair) => pair.contentAffinity,
    ({ pair }: LeftOutPair) => pair.contentScore,
    ({ pair }: LeftOutPair) => pair.habitAffinity,
    ({ log10LR }: LeftOutPair) => log10LR,
  ];
  const row = (title: string, groups: readonly (readonly [LeftOutPair[], LeftOutPair[]])[]) => {
    const aucs = columns.map((column) => {
      let wins = 0;
      let pairs = 0;
      for (const [positive, negative] of groups) {
        const [high, low] = [
          positive.flatMap((entry) => column(entry) ?? []),
          negative.flatMap((entry) => column(entry) ?? []),
        ];
        if (high.length === 0 || low.length === 0) continue;
        wins += rocAuc(high, low) * high.length * low.length;
        pairs += high.length * low.length;
      }
      return pairs === 0 ? "–" : (wins / pairs).toFixed(3);
    });
    const count = (side: 0 | 1) => groups.reduce((sum, group) => sum + group[side].length, 0);
    console.log(`| ${title} | ${count(0)} / ${count(1)} | ${aucs.join(" | ")} |`);
  };
  const key = ({ corpus, pair }: LeftOutPair) => `${corpus}: ${pair.reference}`;
  const references = [...new Set(distilled.map(key))].map(
    (name) =>
      [
        name,
        [distilled.filter((entry) => key(entry) === name), controls.filter((entry) => key(entry) === name)],
      ] as const,
  );
  for (const [name, [positive = [], negative = []]] of references) row(name, [[positive, negative]]);
  for (const corpus of new Set(distilled.map((entry) => entry.corpus))) {
    const within = references.filter(([name]) => name.startsWith(`${corpus}: `));
    row(
      `${corpus}, within references`,
      within.map(([, [positive = [], negative = []]]) => [positive, negative] as const),
    );
    row(`${corpus}, all scores together`, [
      [
        distilled.filter((entry) => entry.corpus === corpus),
        controls.filter((entry) => entry.corpus === corpus),
      ],
    ]);
  }
}

function rankTable({ ranks }: CorpusClaims): void {
  console.log(
    "\n| closer than all but floor(n/20) controls | n | pairs | p <= .05 (nominal + 2 SE) | p <= .01 (nominal + 2 SE) | rank p <= .05 | both <= .05 |\n| --- | --: | --: | --: | --: | --: | --: |",
  );
  for (const kind of ["unrelated pair", "control as suspect"] as const)
    for (const size of [5, 10, 20]) {
      const own = ranks.filter((claim) => claim.null === kind && claim.size === size);
      if (own.length === 0) continue;
      const pairs = new Set(own.map(({ pair }) => pair)).size;
      const share = (holds: (claim: (typeof own)[number]) => boolean) =>
        own.filter(holds).length / own.length;
      const limit = (level: number) => level + 2 * Math.sqrt((level * (1 - level)) / pairs);
      const closer = (level: number) => share(({ closerP }) => closerP !== null && closerP <= level);
      const controls = own.reduce((sum, claim) => sum + claim.controls, 0) / own.length;
      const rank = share(({ rankP }) => rankP !== null && rankP <= 0.05);
      const both = share(
        ({ rankP, closerP }) => rankP !== null && closerP !== null && Math.max(rankP, closerP) <= 0.05,
      );
      console.log(
        `| ${kind} | ${controls.toFixed(1)} | ${pairs} | ${percent(closer(0.05))} (${percent(limit(0.05))}) | ${percent(closer(0.01))} (${percent(limit(0.01))}) | ${percent(rank)} | ${percent(both)} |`,
      );
    }
}

function zooTable(audits: readonly HonestAudit[]): void {
  console.log(
    "\n| honest suspects of the zoo | false | share | Clopper-Pearson | worlds bootstrapped |\n| --- | --: | --: | --: | --: |",
  );
  const trials = (claimed: (audit: HonestAudit) => boolean) =>
    audits.map((audit) => ({ clusters: [String(audit.world)], claimed: claimed(audit) ? 1 : 0 }));
  shareRow(
    "`derived`",
    trials(({ finding }) => finding === "derived"),
  );
  shareRow(
    "`same-model`",
    trials(({ finding }) => finding === "same-model"),
  );
  shareRow(
    "bounded LR > 10",
    trials(({ log10LR }) => log10LR !== null && log10LR > findingThreshold),
  );
  for (const level of [0.05, 0.01])
    shareRow(
      `closer than all controls, p <= ${level}`,
      trials(({ closerP }) => closerP !== null && closerP <= level),
    );
  const count = (finding: string) => audits.filter((audit) => audit.finding === finding).length;
  console.log(
    `\nFindings: ${["not-distinguished", "inconclusive", "derived", "same-model"].map((finding) => `${finding} ${count(finding)}`).join(", ")}; calibrations/zoo-miniature.json, statistics version ${statisticVersion}.`,
  );
}

if (values.seeds !== undefined) {
  const suite = await loadSuite("demo", "probes");
  const calibration = await loadCalibration(shippedCalibrations["zoo-miniature"]);
  const ground = layCommonGround();
  for (const seed of values.seeds.split(",").map(Number)) {
    const audits = await auditHonestSuspects({
      seed,
      ground,
      probes: suite.probes,
      calibration,
      samples: 8,
      controls: 12,
      suspects: Number(values.suspects),
    });
    for (const audit of audits) console.log(JSON.stringify(audit));
    console.error(`world ${seed}`);
  }
} else {
  if (positionals.length === 0)
    console.log(
      `No corpora: name folders of recorded answers (as ${join("..", "shared", "corpora", "alpaca_eval")}) to have their tables; they are no part of Congener.`,
    );
  else await corpusTables(positionals);
  const worlds = Number(values.worlds);
  if (worlds > 0)
    zooTable(
      await inProcesses<HonestAudit>(
        fileURLToPath(import.meta.url),
        dealt(firstSeed, firstSeed + worlds, Math.ceil(worlds / 5))
          .filter((seeds) => seeds.length > 0)
          .map((seeds) => ["--seeds", seeds.join(","), "--suspects", values.suspects]),
        Number(values.jobs),
      ),
    );
}
