import { describe, expect, it } from "vitest";
import { type ClosedProbe, createClosedAnswerCollector } from "../../src/analysis/closed-answers.ts";
import { rareSharedAnswers } from "../../src/analysis/rare-shared-answers.ts";
import { evidenceSchema } from "../../src/schema/analysis.ts";
import type { ProbeAnswers } from "../../src/schema/corpus.ts";
import { type Random, seededRandom } from "../../src/schema/random.ts";
import { readFixture } from "../stats/read-fixture.ts";
import { labsOf, observedModels } from "./observed-models.ts";

const closedProbe = (index: number, counts: readonly Readonly<Record<string, number>>[]): ClosedProbe => ({
  index,
  id: `probe-${index}`,
  correct: null,
  counts: new Map(
    counts.flatMap((of, model) =>
      Object.keys(of).length === 0 ? [] : [[model, new Map(Object.entries(of))] as const],
    ),
  ),
});

/** Each lab has pet answers of its own among popular ones, its models share them; `copied` of the suspect's are the reference's. */
function draw(
  labs: readonly string[],
  options: { probes: number; copied: number; random: Random },
): ClosedProbe[] {
  const { probes, copied, random } = options;
  const popular = () => Math.floor(24 * random() ** 3);
  return Array.from({ length: probes }, (_, index) => {
    const pets = new Map([...new Set(labs)].map((lab) => [lab, [popular(), popular()]] as const));
    const answer = (lab: string) => {
      const own = pets.get(lab) as readonly [number, number];
      return String(random() < 0.7 ? own[random() < 0.7 ? 0 : 1] : popular());
    };
    return closedProbe(
      index,
      labs.map((lab, model) => {
        const counts: Record<string, number> = {};
        for (let sample = 0; sample < 2 + (model % 3); sample++) {
          const given = answer(model === 0 && random() < copied ? (labs[1] as string) : lab);
          counts[given] = (counts[given] ?? 0) + 1;
        }
        return counts;
      }),
    );
  });
}

describe("rare shared answers", () => {
  it("agrees with loops over the definition", async () => {
    const reference = readFixture<{
      labs: string[];
      probes: Record<string, number>[][];
      statistic: number;
      effect: number;
      pValue: number;
    }>("rare-shared-answers");
    const measured = await observedModels(reference.labs, reference.probes.length);
    const probes = reference.probes.map((counts, index) => closedProbe(index, counts));
    const line = rareSharedAnswers(measured, 0, 1, probes);
    expect(line.statistic).toBeCloseTo(reference.statistic, 12);
    expect(line.effect).toBeCloseTo(reference.effect, 12);
    expect(line.pValue).toBeCloseTo(reference.pValue, 12);
    expect(evidenceSchema.safeParse(line).success).toBe(true);
    expect(rareSharedAnswers(measured, 0, 1, probes)).toEqual(line);
  });

  it("holds its level over independent labs of unequal sizes, siblings counted once", async () => {
    const labs = labsOf([1, 1, 6, 1, 3, 1, 1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
    const measured = await observedModels(labs, 12);
    const random = seededRandom(31);
    const trials = 400;
    let rejected = 0;
    let above = 0;
    for (let trial = 0; trial < trials; trial++) {
      const line = rareSharedAnswers(measured, 0, 1, draw(labs, { probes: 12, copied: 0, random }));
      if ((line.pValue ?? 1) <= 0.05) rejected++;
      if ((line.effect ?? 0) > 0) above++;
    }
    expect(rejected / trials).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt((0.05 * 0.95) / trials));
    // The effect is centred: a stranger is as often above the controls as it is below, but for its skewness.
    expect(above / trials).toBeGreaterThan(0.3);
    expect(above / trials).toBeLessThan(0.6);
  });

  it("finds a suspect that copies half of the reference's answers", async () => {
    const labs = labsOf(new Array<number>(19).fill(1));
    const measured = await observedModels(labs, 30);
    const random = seededRandom(32);
    let found = 0;
    for (let trial = 0; trial < 40; trial++) {
      const line = rareSharedAnswers(measured, 0, 1, draw(labs, { probes: 30, copied: 0.5, random }));
      if ((line.pValue ?? 1) <= 0.05 && (line.interval?.[0] ?? 0) > 0) found++;
    }
    expect(found).toBeGreaterThan(28);
  });

  it("weighs what nobody else says more than what everybody says", async () => {
    const measured = await observedModels(labsOf([1, 1, 1, 1]), 2);
    const everybody = closedProbe(0, new Array(6).fill({ common: 2 }));
    const alone = closedProbe(1, [{ odd: 2 }, { odd: 2 }, ...new Array(4).fill({ common: 2 })]);
    const line = rareSharedAnswers(measured, 0, 1, [everybody, alone]);
    expect(line.table.map(({ probe, answer, panelShare }) => [probe, answer, panelShare])).toEqual([
      ["probe-1", "odd", 0],
    ]);
    // One answer of all: -ln(5 / 5) = 0. Two kinds, nobody's vote: -ln(1 / 6).
    expect(line.statistic).toBeCloseTo(Math.log(6) / 2, 12);
    expect(line.effect).toBeCloseTo(Math.log(6) / 2, 12);
  });

  it("adjusts for both being right where the right answer is known", async () => {
    const measured = await observedModels(labsOf([1, 1, 1]), 4);
    const probes = [0, 1, 2, 3].map((index) => ({
      ...closedProbe(index, [
        { [index < 2 ? "right" : "wrong"]: 1 },
        { [index < 2 ? "right" : "wrong"]: 1 },
        { right: 1 },
        { [index % 2 === 0 ? "right" : "other"]: 1 },
        { right: 1 },
      ]),
      correct: "right",
    }));
    expect(rareSharedAnswers(measured, 0, 1, probes).summary).toMatch(
      /CAPA, 4 probes with a known answer\): 1\.00/,
    );
  });

  it("does not apply without closed answers, with reasons; ties are ties", async () => {
    const measured = await observedModels(labsOf([1, 1, 1]), 3);
    expect(rareSharedAnswers(measured, 0, 1, []).reason).toBe("no probe has closed answers");
    const silent = [0, 1].map((index) => closedProbe(index, [{}, { a: 1 }, { a: 1 }, { a: 1 }, { a: 1 }]));
    expect(rareSharedAnswers(measured, 0, 1, silent)).toMatchObject({ pValue: null, statistic: null, n: 0 });
    const alike = [0, 1, 2].map((index) => closedProbe(index, new Array(5).fill({ a: 3 })));
    expect(rareSharedAnswers(measured, 0, 1, alike)).toMatchObject({ pValue: 1, statistic: 0, effect: 0 });
  });
});

describe("closed answers", () => {
  const names = ["s", "r", "c", "d"];
  const probe = (answers: Record<string, string[]>, more: Partial<ProbeAnswers> = {}): ProbeAnswers => ({
    probe: "p",
    family: "f",
    prompt: "Say something.",
    answers: new Map(Object.entries(answers)),
    ...more,
  });
  const read = (item: ProbeAnswers) => {
    const collector = createClosedAnswerCollector(names, [2, 3]);
    collector.add(probe({ s: ["x"] }, { prompt: "Who made you?" }));
    collector.add(item);
    return collector.finish();
  };

  it("are read as the probe says, with its right answer; what cannot be read is left out", () => {
    const item = probe(
      { s: ["Seven, I think.", "No idea"], r: ["7"], c: ["It is **12**."] },
      { answer: { kind: "number", correct: 7, examples: [] } },
    );
    const [found] = read(item);
    expect(found).toMatchObject({ index: 1, correct: "7" });
    expect(found?.counts).toEqual(
      new Map([
        [0, new Map([["7", 1]])],
        [1, new Map([["7", 1]])],
        [2, new Map([["12", 1]])],
      ]),
    );
  });

  it("are recognised by the controls' brevity where no probe says so, whatever the suspect does", () => {
    const long = "This is a long answer in many words.";
    expect(read(probe({ s: [long], r: ["Blue"], c: ["blue."], d: ["Dark Red"] }))[0]?.counts).toEqual(
      new Map([
        [1, new Map([["blue", 1]])],
        [2, new Map([["blue", 1]])],
        [3, new Map([["dark red", 1]])],
      ]),
    );
    expect(read(probe({ s: ["Blue"], r: ["Blue"], c: [long], d: [long] }))).toEqual([]);
    expect(read(probe({ s: ["Blue"], r: ["Blue"], c: ["Blue"] }))).toEqual([]);
  });
});
