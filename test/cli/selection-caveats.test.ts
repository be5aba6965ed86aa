import { join } from "node:path";
import { expect, test } from "vitest";
import { withSelectionCaveats } from "../../src/cli/selection-caveats.ts";
import type { Analysis } from "../../src/schema/analysis.ts";
import type { Attempt } from "../../src/schema/transcript.ts";
import { createRun } from "../../src/store/run-writer.ts";
import { sampleAnalysis } from "../fixtures/report/sample-analysis.ts";
import { manifestFor, sampleOf, temporaryFolder } from "../store/run-fixture.ts";

const attempt = (errorClass: Attempt["errorClass"]): Attempt => ({
  startedAt: "2026-11-21T09:00:00.000Z",
  latencyMs: 3,
  status: errorClass === null ? 200 : null,
  errorClass,
  message: null,
  retryAfterMs: null,
  requestId: null,
});

/** Caveats at two suspects of a run in which each target has 60 samples; what failed comes first. */
async function caveatsOf(
  asked: Readonly<
    Record<string, { redrawn?: number; limited?: number; left?: [Attempt["errorClass"], number] }>
  >,
) {
  const dir = join(await temporaryFolder(), "run");
  const names = ["reference", "suspect", "other"];
  const writer = await createRun(dir, manifestFor(names));
  for (const name of names) {
    const {
      redrawn = 0,
      limited = 0,
      left: [errorClass, left] = ["timeout", 0] as const,
    } = asked[name] ?? {};
    for (let k = 0; k < 60; k++) {
      const place = { probe: `p${k % 3}`, index: Math.floor(k / 3) };
      const failure = k < redrawn ? "timeout" : k < redrawn + limited ? "rate-limited" : null;
      if (k >= 60 - left)
        await writer.recordFailure({
          ...{ suite: "core", wording: 0, target: name, ...place },
          attempts: [attempt(errorClass)],
        });
      else
        await writer.append(
          sampleOf(name, {
            ...place,
            attempts: [...(failure === null ? [] : [attempt(failure)]), attempt(null)],
          }),
        );
    }
  }
  await writer.close();
  const sample = sampleAnalysis();
  const [first] = sample.suspects;
  if (first === undefined) throw new Error("no suspect in the sample analysis");
  const analysis: Analysis = {
    ...sample,
    reference: "reference",
    suspects: ["suspect", "other"].map((name) => ({ ...first, name, caveats: [] })),
  };
  const { suspects } = await withSelectionCaveats(dir, analysis);
  return suspects.map(({ caveats }) => caveats.map(({ code, message }) => `${code} ${message}`));
}

test("answers that were drawn again because they took too long have a caveat, those after a rate limit have none", async () => {
  expect(await caveatsOf({ suspect: { redrawn: 12 }, other: { limited: 30 } })).toEqual([
    [
      "long-answers-censored suspect: 12 of 60 samples ran out of time at least once, 12 of them were drawn again: answers that take longer than limits.timeoutMs are missing, so that short ones are too many.",
    ],
    [],
  ]);
});

test("one answer out of 60 is not worth a word, two are; the reference's concern every suspect", async () => {
  expect(await caveatsOf({ suspect: { redrawn: 1 } })).toEqual([[], []]);
  const [suspect, other] = await caveatsOf({ reference: { redrawn: 2 } });
  expect(suspect).toHaveLength(1);
  expect(suspect).toEqual(other);
});

test("samples that were given up have a caveat with their reasons, and count as out of time where they were", async () => {
  const [suspect, other] = await caveatsOf({
    suspect: { left: ["bad-request", 6] },
    other: { left: ["timeout", 6] },
  });
  expect(suspect).toEqual([
    "samples-given-up suspect: 6 of 60 samples that were asked have no answer (bad-request 6), and nobody knows what they would have been.",
  ]);
  expect(other?.map((text) => text.split(" ")[0])).toEqual(["long-answers-censored", "samples-given-up"]);
});
