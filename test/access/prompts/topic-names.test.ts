import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { functionWords } from "../../../src/access/prompts/function-words.ts";
import { topicNames } from "../../../src/access/prompts/topic-names.ts";
import { seededRandom } from "../../../src/schema/random.ts";
import { jsonl, scannedLog } from "../scanned-log.ts";

const mapOf = (counts: readonly number[]) =>
  new Map(counts.flatMap((count, word) => (count > 0 ? [[word, count] as const] : [])));

describe("names of topics", () => {
  it("are the words that numpy finds by the same formula", () => {
    const file = join(import.meta.dirname, "../../fixtures/access-topics/reference.json");
    const { counts, names } = JSON.parse(readFileSync(file, "utf8")) as {
      counts: number[][];
      names: number[][];
    };
    const words = Array.from({ length: counts[0]?.length ?? 0 }, (_, word) => `w${word}`);
    const found = topicNames(counts.map(mapOf), { words, shown: words.map(() => true) });
    expect(found).toEqual(names.map((name) => name.map((word) => `w${word}`).join(", ")));
  });

  it("leave out what all topics say as often, and words that may not be shown", () => {
    const counts = [mapOf([9, 6, 0, 4]), mapOf([9, 0, 6, 4])];
    const before = structuredClone(counts);
    const words = ["say", "cells", "taxes", "rare"];
    expect(topicNames(counts, { words, shown: [true, true, true, false] })).toEqual([
      "cells, say",
      "taxes, say",
    ]);
    expect(topicNames(counts, { words, shown: words.map(() => false) })).toEqual([null, null]);
    expect(topicNames([new Map()], { words: [], shown: [] })).toEqual([null]);
    expect(topicNames([], { words: [], shown: [] })).toEqual([]);
    expect(counts).toEqual(before);
  });
});

/** Forty fields of six made-up words each. */
const fields = Array.from({ length: 40 }, (_, field) =>
  ["ra", "lo", "mi", "tu", "ne", "ka"].map(
    (end) => `${"bdfgklmn"[field % 8]}${"aeiou"[Math.floor(field / 8)]}zz${end}`,
  ),
);
const frames = [
  "what is the {0} of a {1} and how do i tell",
  "how does the {0} with its {1} go on from there",
  "could you tell me about the {1} or the {0}",
  "the {0}, is it of the {1} that they are",
];

/** A question in plain English about words of a field. */
function question(random: () => number, field: number): string {
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)] as T;
  const words = fields[field] ?? [];
  return [0, 1, 2]
    .map(() => pick(frames).replace("{0}", pick(words)).replace("{1}", pick(words)))
    .join(`, ${pick(words)} ${Math.floor(random() * 1e6)}, `);
}

describe("topics of a scan", () => {
  it("have names without function words, and requests in proportion to each account's, sampled or not", async () => {
    const random = seededRandom(8);
    const start = Date.parse("2026-05-01T00:00:00Z");
    const asked = (a: string, count: number, field: (at: number) => number) =>
      Array.from({ length: count }, (_, at) => ({ a, p: question(random, field(at)) }));
    // Ten small accounts ask about everything, a heavy one with 900 different prompts about eight of the fields.
    const rows = [
      ...Array.from({ length: 10 }, (_, account) => asked(`small${account}`, 40, (at) => at)).flat(),
      ...asked("heavy", 900, (at) => at % 8),
    ].map((row, at) => ({ t: new Date(start + at * 60_000).toISOString(), ...row }));
    const { analysis } = await scannedLog({
      files: { "log.jsonl": jsonl(rows) },
      columns: { prompt: "p" },
      settings: { sample: { prompts: 60 }, topics: { count: 40 } },
    });
    const { topics } = analysis;
    for (const { topic } of topics)
      for (const word of topic.split(", ")) {
        expect(functionWords.has(word), word).toBe(false);
        expect(fields.flat()).toContain(word);
      }
    const about = topics
      .filter(({ topic }) => fields.slice(0, 8).some((words) => words.includes(topic.split(", ")[0] ?? "")))
      .reduce((sum, { requests }) => sum + requests, 0);
    const total = topics.reduce((sum, { requests }) => sum + requests, 0);
    expect(total).toBeGreaterThan(0.9 * rows.length);
    expect(total).toBeLessThan(1.02 * rows.length);
    // 900 and 80 are about those fields; a count of sampled prompts would say some 140 of 460.
    expect(about / total).toBeCloseTo(980 / 1300, 1);
    for (const { requests, flaggedRequests } of topics) expect(flaggedRequests).toBeLessThanOrEqual(requests);
    expect(analysis.caveats.find(({ code }) => code === "access.topics")?.message).toContain("are estimated");
  });
});
