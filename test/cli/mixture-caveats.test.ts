import { join } from "node:path";
import { expect, test } from "vitest";
import { withMixtureCaveats } from "../../src/cli/mixture-caveats.ts";
import type { Analysis } from "../../src/schema/analysis.ts";
import { seededRandom } from "../../src/schema/random.ts";
import { createRun } from "../../src/store/run-writer.ts";
import { sampleAnalysis } from "../fixtures/report/sample-analysis.ts";
import { manifestFor, sampleOf, temporaryFolder } from "../store/run-fixture.ts";

test("recorded answers of a suspect that changed half-way, and of a reference of two hosts, get their caveat", async () => {
  const dir = join(await temporaryFolder(), "run");
  const names = ["reference", "suspect", "steady"];
  const writer = await createRun(dir, manifestFor(names));
  const random = seededRandom(3);
  const word = (late: boolean) =>
    "oak elm ash fir yew bay".split(" ")[Math.floor(random() * 3) + (late ? 3 : 0)];
  for (const name of names)
    await writer.appendMany(
      Array.from({ length: 60 }, (_, k) =>
        sampleOf(name, {
          probe: `p${k % 3}`,
          index: Math.floor(k / 3),
          text: word(name === "suspect" && k >= 30) ?? "",
          provider: name === "reference" ? `host-${k % 2}` : null,
          startedAt: new Date(Date.UTC(2026, 10, 21) + 1000 * k).toISOString(),
        }),
      ),
    );
  await writer.close();
  const sample = sampleAnalysis();
  const [suspect] = sample.suspects;
  if (suspect === undefined) throw new Error("no suspect in the sample analysis");
  const analysis: Analysis = {
    ...sample,
    reference: "reference",
    suspects: ["suspect", "steady"].map((name) => ({ ...suspect, name, caveats: [] })),
  };
  const { suspects } = await withMixtureCaveats(dir, analysis);
  const messages = suspects.map(({ caveats }) => caveats.map(({ code, message }) => `${code} ${message}`));
  expect(messages[0]).toHaveLength(2);
  expect(messages[0]?.[0]).toMatch(/^backend-mixture suspect: .*its answers changed while it was asked/);
  expect(messages[0]?.[1]).toMatch(
    /^backend-mixture reference: It names several hosts \(host-0 30, host-1 30\) itself/,
  );
  expect(messages[1]).toEqual([messages[0]?.[1]]);
  expect(analysis.suspects[0]?.caveats).toEqual([]);
});
