import type { GreenOpening, GreenTest } from "../../schema/green-list.ts";
import { alike, type CanaryCheck } from "../canary-check.ts";
import { greenFiguresOf } from "./test-green-list.ts";

/** Whether a green list's figures follow from its opening and the choices that the result lists, each of them once. */
export function verifyGreenTest(
  suspect: string,
  test: GreenTest,
  opening: GreenOpening | undefined,
): CanaryCheck {
  const what = `result of ${test.name} on ${suspect} follows from its opening`;
  if (opening === undefined)
    return { what, holds: false, detail: `no opening given has the commitment ${test.commitment}` };
  const { counted } = test;
  if (counted === undefined || counted.length === 0)
    return { what, holds: false, detail: "the result does not list what was counted" };
  const different = new Set(counted.map(({ context, pair }) => `${pair}\n${context}`));
  if (different.size !== counted.length || counted.some(({ pair }) => pair >= opening.sealed.pairs.length))
    return { what, holds: false, detail: "a choice is counted twice, or is of no pair of the list" };
  const { adjustedPValue: _corrected, ...computed } = greenFiguresOf(opening, counted);
  const committed = opening.sealed.prompts.length * opening.sealed.samplesPerPrompt;
  if ((test.answersCommitted ?? committed) !== committed)
    return {
      what,
      holds: false,
      detail: `the result says ${test.answersCommitted} answers, and ${committed} were committed to`,
    };
  const differing = Object.entries(computed).filter(
    ([key, value]) => !alike(value, test[key as keyof GreenTest]),
  );
  return {
    what,
    holds: differing.length === 0,
    detail:
      differing.length === 0
        ? `${computed.green} of ${computed.choices} choices, p = ${computed.pValue.toPrecision(2)}`
        : `recomputed, ${differing.map(([key]) => key).join(", ")} differ`,
  };
}
