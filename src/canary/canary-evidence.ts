import type { Caveat, Evidence } from "../schema/analysis.ts";
import type { CanarySuspect, CanaryTest } from "../schema/canary.ts";
import { holm } from "../stats/holm.ts";

/** Level at which a control's hits are called unexpected. */
const controlLevel = 0.05;

/**
 * The evidence line of the canaries on one suspect: the secret with the smallest p-value after Holm's correction over every
 * secret ever committed, with all of its slots. It proves exposure, by whatever way, and no intent. At least one
 * test of slots; green lists have lines of their own.
 */
export function canaryEvidence({ suspect, secretsCommitted, tests }: CanarySuspect): Evidence {
  const best = tests.reduce((first, other) => (other.adjustedPValue < first.adjustedPValue ? other : first));
  const each = tests
    .map((test) => `${test.hits} of ${test.slots} slots of ${test.name} (${chanceWords(test)})`)
    .join("; ");
  return {
    line: "canary",
    title: "Canaries planted in the reference's answers",
    nullHypothesis:
      "what the suspect says is independent of which of the equally likely variants was drawn to be planted",
    method: `exact binomial upper tail over the answered slots, one answer a slot (plurality of ${best.samplesPerSlot} samples, a tie is none; incomplete slots are misses), Holm over the ${secretsCommitted} ${secretsCommitted === 1 ? "secret" : "secrets"} ever committed`,
    statistic: best.hits,
    effect: best.uptake,
    effectName: "share of the slots taken up beyond chance",
    interval: [beyondChance(best.interval[0], best.variants), beyondChance(best.interval[1], best.variants)],
    level: 0.95,
    pValue: best.adjustedPValue,
    eValue: null,
    n: best.answered + best.incomplete,
    nUnit: "answered slots",
    reason: null,
    summary: `${suspect} gives the planted variant in ${each}; p = ${best.adjustedPValue.toPrecision(2)}. ${controlWords(best)}`,
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
      ...tests.flatMap(testCaveats),
    ],
  };
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
