import type { Caveat, Evidence } from "../schema/analysis.ts";
import type { CanarySuspect, CanaryTest } from "../schema/canary.ts";
import { clopperPearson } from "../stats/clopper-pearson.ts";
import { holm } from "../stats/holm.ts";

/** Level, after correction, at which a cluster is named. */
const clusterLevel = 0.05;

/** Level at which a control's hits are called unexpected. */
const controlLevel = 0.05;

/** The common list of a secret, or the one of an account cluster. */
interface TestedList {
  readonly test: CanaryTest;
  readonly cluster: string | null;
  readonly hits: number;
  readonly pValue: number;
  readonly adjustedPValue: number;
}

/**
 * The evidence line of the canaries on one suspect: the list with the smallest p-value after the correction for all
 * lists of every secret ever committed, with the slots of its secret. It proves exposure, by whatever way, and no intent. At least one
 * test of slots; green lists have lines of their own.
 */
export function canaryEvidence({ suspect, secretsCommitted, tests }: CanarySuspect): Evidence {
  const { test: best, ...list } = bestList(tests);
  const counting = best.answered + best.incomplete;
  const interval = counting === 0 ? best.interval : clopperPearson(list.hits, counting, 0.95);
  const each = tests
    .map(
      (test) =>
        `${test.hits} of ${test.slots} slots of ${test.name} (${chanceWords(test)})${clusterWords(test)}`,
    )
    .join("; ");
  return {
    line: "canary",
    title: "Canaries planted in the reference's answers",
    nullHypothesis:
      "what the suspect says is independent of which of the equally likely variants was drawn to be planted",
    method: `exact binomial upper tail over the answered slots, one answer a slot (plurality of ${best.samplesPerSlot} samples, a tie is none; incomplete slots are misses), Holm over ${best.clusters === undefined ? "" : `the ${best.clusters.length + 1} lists of the secret and corrected for `}the ${secretsCommitted} ${secretsCommitted === 1 ? "secret" : "secrets"} ever committed`,
    statistic: list.hits,
    effect: counting === 0 ? null : beyondChance(list.hits / counting, best.variants),
    effectName: "share of the answered slots taken up beyond chance",
    interval: [beyondChance(interval[0], best.variants), beyondChance(interval[1], best.variants)],
    level: 0.95,
    pValue: list.adjustedPValue,
    eValue: null,
    n: counting,
    nUnit: "answered slots",
    reason: null,
    summary: `${suspect} gives the planted variant in ${each}; p = ${list.adjustedPValue.toPrecision(2)}${list.cluster === null ? "" : ` for the variants of cluster ${list.cluster}`}. ${controlWords(best)}`,
    table: tests.flatMap((test) =>
      test.slotResults.map(({ id, kind, planted, answer, samples, complete, hit }) => ({
        secret: test.name,
        slot: id,
        kind,
        planted,
        answer,
        samples: samples.length,
        naming: samples.filter((value) => value !== null && value === answer).length,
        complete,
        hit,
      })),
    ),
    caveats: [
      {
        code: "canary-exposure",
        message:
          "Canaries show that text with the planted variants reached the suspect. They do not show by which way, on purpose or not: published, leaked or resold answers of the reference give the same hits.",
        advice:
          "Search the web for the planted variants, keep the logs of what was served to whom, and ask controls with later cutoffs.",
      },
      ...(tests.some(({ clusters }) => clusters !== undefined) ? [clusterCaveat] : []),
      ...tests.flatMap(testCaveats),
    ],
  };
}

/** The list with the smallest corrected p-value; Holm makes ties, which the p-value parts. */
function bestList(tests: readonly CanaryTest[]): TestedList {
  return tests
    .flatMap((test): TestedList[] => [
      { test, cluster: null, hits: test.hits, pValue: test.pValue, adjustedPValue: test.adjustedPValue },
      ...(test.clusters ?? []).map((one) => ({ ...one, test })),
    ])
    .reduce((first, other) =>
      other.adjustedPValue < first.adjustedPValue ||
      (other.adjustedPValue === first.adjustedPValue && other.pValue < first.pValue)
        ? other
        : first,
    );
}

/** Which clusters' variants it gives beyond chance. */
function clusterWords({ clusters, answered, incomplete }: CanaryTest): string {
  if (clusters === undefined) return "";
  const found = clusters.filter(({ adjustedPValue }) => adjustedPValue <= clusterLevel);
  const named = found
    .sort((a, b) => a.pValue - b.pValue)
    .slice(0, 10)
    .map(({ cluster, hits, adjustedPValue: p }) => `${cluster} (${hits} hits, p = ${p.toPrecision(2)})`);
  return ` and, of ${clusters.length} account clusters with variants of their own, ${found.length === 0 ? `those of none beyond chance (at most ${Math.max(...clusters.map(({ hits }) => hits))} of ${answered + incomplete})` : `beyond chance those of ${named.join(", ")}${found.length > 10 ? ", ..." : ""}`}`;
}

const beyondChance = (rate: number, variants: number) => (rate - 1 / variants) / (1 - 1 / variants);

/** What chance would give. */
const chanceWords = ({ answered, incomplete, variants }: CanaryTest) =>
  `${answered} answered, chance gives ${Number(((answered + incomplete) / variants).toFixed(1))}`;

function controlWords({ unplanted, controls }: CanaryTest): string {
  const most = Math.max(0, ...unplanted);
  const asked =
    controls.length === 0
      ? "No control was asked the same."
      : `Of ${controls.length} controls asked the same, the highest has ${Math.max(...controls.map(({ hits }) => hits))} hits.`;
  return `The ${unplanted.length} lists that were never planted have at most ${most} hits. ${asked}`;
}

const clusterCaveat: Caveat = {
  code: "canary-clusters",
  message:
    "A cluster's variants show through which accounts the answers came that reached the suspect, not who sent them on: accounts are shared, resold and broken into.",
  advice:
    "Hold it against the dated table of accounts and clusters, and against the requests that those accounts made.",
};

function testCaveats(test: CanaryTest): Caveat[] {
  const caveats: Caveat[] = [];
  if (test.incomplete > 0)
    caveats.push({
      code: "canary-incomplete",
      message: `${test.incomplete} of ${test.slots} slots of ${test.name} have fewer than the ${test.samplesPerSlot} samples committed to and count as misses.`,
      advice: "Issue the run again to complete it.",
    });
  const adjusted = test.controls.length === 0 ? [] : holm(test.controls.map(({ pValue }) => pValue));
  const exposed = test.controls.filter((_, index) => (adjusted[index] ?? 1) <= controlLevel);
  if (exposed.length > 0)
    caveats.push({
      code: "canary-control-hits",
      message: `${exposed.map(({ name }) => name).join(", ")}, named as control, ${exposed.length === 1 ? "gives" : "give"} the planted variants of ${test.name} beyond chance too: they leaked, or it is no control.`,
      advice: "Find out how it saw them before saying how the suspect did.",
    });
  return caveats;
}
