import { expect, test } from "vitest";
import { planTarget } from "../../src/sampling/plan.ts";
import { sampleRun } from "../../src/sampling/sample-run.ts";
import { type Probe, probeSchema } from "../../src/schema/probe.ts";
import { readManifest } from "../../src/store/manifest-file.ts";
import { readTranscripts } from "../../src/store/read-transcripts.ts";
import { type Behaviour, chatBody, sendJson, startFaultServer } from "../providers/fault-server.ts";
import { manifestFor, temporaryFolder } from "../store/run-fixture.ts";
import { date, endpointAt, limits, requestFor } from "./run-request.ts";

const answer: Behaviour = (_, response) => sendJson(response, 200, chatBody("An answer."));

/** Probes with two paraphrases each; the last one has none. */
function worded(count: number): Probe[] {
  return Array.from({ length: count }, (_, i) =>
    probeSchema.parse({
      id: `p${i}`,
      family: "naming",
      messages: [{ role: "user", content: `p${i} wording 0` }],
      paraphrases:
        i === count - 1 ? [] : [1, 2].map((k) => [{ role: "user", content: `p${i} wording ${k}` }]),
    }),
  );
}

test("each sample is asked in the wording that its record names, every target alike", async () => {
  const server = await startFaultServer(answer);
  const dir = await temporaryFolder();
  const endpoints = ["a", "b"].map((name) => endpointAt(server.origin, name));
  const request = requestFor(endpoints, { probes: worded(5), samples: 6, paraphrase: true });
  await sampleRun(dir, request, { limits, date });
  const used = async (target: string) => {
    const wordings = new Map<string, number>();
    for await (const { probe, index, wording, request: asked } of readTranscripts(dir, target)) {
      expect(JSON.stringify(asked)).toContain(`${probe} wording ${wording}`);
      wordings.set(`${probe}/${index}`, wording);
    }
    return wordings;
  };
  const [first, second] = [await used("a"), await used("b")];
  expect(first.size).toBe(30);
  expect(Object.fromEntries(first)).toEqual(Object.fromEntries(second));
  const ofProbe = (probe: string, from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => first.get(`${probe}/${from + i}`)).sort();
  for (const probe of ["p0", "p1", "p2", "p3"]) {
    expect(ofProbe(probe, 0, 3)).toEqual([0, 1, 2]);
    expect(ofProbe(probe, 3, 6)).toEqual([0, 1, 2]);
  }
  expect(ofProbe("p4", 0, 6)).toEqual([0, 0, 0, 0, 0, 0]);
  // Issued again without the flag, the run keeps its wordings and asks nothing; with more samples, only these.
  const asked = server.requests.length;
  await sampleRun(dir, { ...request, paraphrase: undefined }, { limits, date });
  expect(server.requests).toHaveLength(asked);
  expect((await readManifest(dir)).paraphrase).toBe(true);
  await sampleRun(dir, { ...request, samples: 7 }, { limits, date });
  expect(server.requests).toHaveLength(asked + 10);
});

test("a run that was begun in the probes' own wordings is not asked in others", async () => {
  const server = await startFaultServer(answer);
  const dir = await temporaryFolder();
  const request = requestFor([endpointAt(server.origin, "a")], { probes: worded(3), samples: 1 });
  await sampleRun(dir, request, { limits, date });
  expect("paraphrase" in (await readManifest(dir))).toBe(false);
  await expect(sampleRun(dir, { ...request, paraphrase: true }, { limits, date })).rejects.toThrow(
    /was begun in each probe's own wording.*drop --paraphrase/,
  );
  expect(server.requests).toHaveLength(3);
});

test("wordings and orders follow the seed, and targets have orders of their own", () => {
  const probes = worded(12);
  const base = manifestFor(["a", "b"]);
  const [suite] = base.suites;
  const planOf = (seed: number, target: string) =>
    planTarget(
      {
        ...base,
        seed,
        samples: 1,
        paraphrase: true,
        suites: suite === undefined ? [] : [{ ...suite, probes }],
      },
      target,
    );
  const order = (seed: number, target: string) => planOf(seed, target).map(({ probe }) => probe.id);
  const wordings = (seed: number, target: string) =>
    planOf(seed, target)
      .map(({ probe, wording }) => `${probe.id} ${wording}`)
      .sort();
  expect(order(1, "a")).toEqual(order(1, "a"));
  expect(order(1, "a")).not.toEqual(order(1, "b"));
  expect(order(1, "a")).not.toEqual(order(2, "a"));
  expect(wordings(1, "a")).toEqual(wordings(1, "b"));
  expect(wordings(1, "a")).not.toEqual(wordings(2, "a"));
  // Over seeds, each wording of a probe comes about a third of the time.
  const drawn = Array.from({ length: 300 }, (_, seed) =>
    planOf(seed, "a").find(({ probe }) => probe.id === "p0"),
  );
  for (const wording of [0, 1, 2])
    expect(Math.abs(drawn.filter((one) => one?.wording === wording).length - 100)).toBeLessThan(30);
});
