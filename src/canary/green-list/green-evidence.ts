import type { Caveat, Evidence } from "../../schema/analysis.ts";
import type { CanarySuspect } from "../../schema/canary.ts";
import type { GreenTest } from "../../schema/green-list.ts";
import { holm } from "../../stats/holm.ts";

/** Level at which a control's green choices are called unexpected. */
const controlLevel = 0.05;

/** The evidence line of green lists on one suspect, one each; none where none was tested. It proves exposure and no intent. */
export function greenListEvidence({ suspect, secretsCommitted, greenTests = [] }: CanarySuspect): Evidence[] {
  return greenTests.map((test) => ({
    line: "green-list",
    title: "Word choices planted in the reference's answers by key",
    nullHypothesis:
      "what the suspect writes is independent of the key, so that each word choice is green with probability 1/2",
    method: `exact binomial upper tail over ${test.choices} different pairs of ${test.contextWidth} preceding ${test.contextWidth === 1 ? "word" : "words"} and word pair, each counted once; Holm over the ${secretsCommitted} ${secretsCommitted === 1 ? "secret" : "secrets"} ever committed`,
    statistic: test.green,
    effect: beyondChance(test.green / test.choices),
    effectName: "share of the choices that follow the key beyond chance",
    interval: [beyondChance(test.interval[0]), beyondChance(test.interval[1])],
    level: 0.95,
    pValue: test.adjustedPValue,
    eValue: null,
    n: test.choices,
    nUnit: "choices",
    reason: null,
    summary: `${suspect} chooses the green word in ${test.green} of ${test.choices} choices of ${test.name}, where chance gives half; p = ${test.adjustedPValue.toPrecision(2)}. Under ${test.otherKeys.length} other keys it chooses at most ${Math.max(0, ...test.otherKeys)}.`,
    table: [
      { text: suspect, choices: test.choices, green: test.green, pValue: test.pValue },
      ...test.controls.map(({ name, choices, green, pValue }) => ({
        text: `${name} (control)`,
        choices,
        green,
        pValue,
      })),
    ],
    caveats: [
      {
        code: "canary-exposure",
        message:
          "Green words show that text written with the key reached the suspect. They do not show by which way, on purpose or not: published, leaked or resold answers of the reference have the same words.",
        advice: "Keep the logs of what was served to whom, and test controls with later cutoffs.",
      },
      ...testCaveats(test),
    ],
  }));
}

const beyondChance = (share: number) => 2 * share - 1;

function testCaveats(test: GreenTest): Caveat[] {
  const caveats: Caveat[] = [];
  if (test.scope === "all-answers")
    caveats.push({
      code: "green-list-prompts",
      message: `The answers of ${test.name} are not those to the committed prompts but all of the run. The p-value is exact for them too, as far as the run was not chosen by its result.`,
      advice: "Ask the committed prompts, or say before looking which run is read.",
    });
  if (test.answersCommitted !== undefined && test.answers < test.answersCommitted)
    caveats.push({
      code: "green-list-incomplete",
      message: `Only ${test.answers} of the ${test.answersCommitted} answers committed to for ${test.name} are read; the others were never asked, or have no text. The p-value is exact for those, as far as nobody who knows the key left the others out.`,
      advice: "Issue the run again to complete it, or let somebody ask who does not know the key.",
    });
  const adjusted = test.controls.length === 0 ? [] : holm(test.controls.map(({ pValue }) => pValue));
  const exposed = test.controls.filter((_, index) => (adjusted[index] ?? 1) <= controlLevel);
  if (exposed.length > 0)
    caveats.push({
      code: "canary-control-hits",
      message: `${exposed.map(({ name }) => name).join(", ")}, named as control, ${exposed.length === 1 ? "prefers" : "prefer"} the green words of ${test.name} beyond chance too: the answers leaked, or it is no control.`,
      advice: "Find out how it saw them before saying how the suspect did.",
    });
  return caveats;
}
