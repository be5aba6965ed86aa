import { describe, expect, test } from "vitest";
import { canaryEvidence } from "../../src/canary/canary-evidence.ts";
import { mintSecret } from "../../src/canary/mint.ts";
import { canaryPower } from "../../src/canary/power.ts";
import { scoreReadings, scoreSlots, unplantedHits } from "../../src/canary/score-slots.ts";
import { testSuspect } from "../../src/canary/test-suspect.ts";
import { InsufficientDataError } from "../../src/errors.ts";
import { seededRandom } from "../../src/schema/random.ts";
import { binomialUpperTail } from "../../src/stats/binomial-upper-tail.ts";
import reference from "../fixtures/canary/reference.json" with { type: "json" };
import { answersAt, minted, opened, plain, seededBytes, shipped } from "./minted.ts";

const head = "0".repeat(64);

describe("reference values", () => {
  test.each(reference.tails)(
    "$hits of $slots slots of $variants variants",
    ({ slots, variants, hits, p }) => {
      const sealed = plain(1, slots, variants);
      const score = scoreSlots(
        sealed,
        answersAt(sealed, (slot) => (slot < hits ? 0 : 1)),
      );
      expect(score.hits).toBe(hits);
      expect(score.pValue / p).toBeCloseTo(1, 9);
      expect(score.allSlotsPValue).toBe(score.pValue);
    },
  );

  test.each(reference.powers)("power of $slots slots of $variants variants at $alpha", (row) => {
    const { slots, variants, alpha } = row;
    const power = canaryPower(slots, variants, { alpha, uptakes: reference.uptakes, wanted: 0.8 });
    expect(power.hitsNeeded).toBe(row.hitsNeeded);
    power.power.forEach((value, at) => {
      expect(value).toBeCloseTo(row.power[at] ?? -1, 9);
    });
    if (power.smallestUptake === null) expect(row.hitsNeeded).toBeNull();
    else {
      const [at = 0, below = 1] = canaryPower(slots, variants, {
        alpha,
        uptakes: [power.smallestUptake, power.smallestUptake - 0.002],
        wanted: 0.8,
      }).power;
      expect(at).toBeGreaterThanOrEqual(0.8);
      expect(below).toBeLessThan(0.8);
    }
  });

  test("interval of the hit rate", () => {
    const secret = minted(3);
    const samples = answersAt(secret.sealed, (slot) => (slot < 7 ? 0 : 2));
    const { tests } = testSuspect("s", [{ opening: opened(secret), suspect: samples, controls: [] }], {
      transcriptHead: head,
    });
    expect(tests[0]?.interval[0]).toBeCloseTo(reference.interval7of20[0] ?? -1, 9);
    expect(tests[0]?.interval[1]).toBeCloseTo(reference.interval7of20[1] ?? -1, 9);
    expect(tests[0]?.uptake).toBeCloseTo((7 / 20 - 1 / 8) / (1 - 1 / 8), 12);
  });
});

describe("under the null", () => {
  // A suspect with strong tastes of its own: it says the same whatever is drawn.
  test.each([
    { slots: 20, variants: 8 },
    { slots: 7, variants: 3 },
    { slots: 24, variants: 10 },
  ])("the p-value is uniform on its steps for $slots slots of $variants variants", ({ slots, variants }) => {
    const random = seededRandom(5);
    const draws = 1000;
    const counts = new Array<number>(slots + 1).fill(0);
    const byHits = new Map<number, number>();
    let shifted = 0;
    for (let seed = 0; seed < draws; seed++) {
      const sealed = plain(seed, slots, variants);
      const readings = new Map(sealed.slots.map(({ id }) => [id, [random() < 0.8 ? "v0" : "v1"]]));
      const { hits, pValue, slotResults } = scoreReadings(sealed, readings);
      byHits.set(hits, pValue);
      counts[hits] = (counts[hits] ?? 0) + 1;
      shifted += unplantedHits(sealed, slotResults)[0] ?? 0;
    }
    // P(p <= p(h)) = P(hits >= h) = p(h), within four standard errors.
    let reached = 0;
    for (let hits = slots; hits > 0; hits--) {
      reached += (counts[hits] ?? 0) / draws;
      const p = byHits.get(hits);
      if (p !== undefined)
        expect(Math.abs(reached - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / draws) + 1 / draws);
    }
    // The first list that was never planted is hit as often as chance, and as the planted one.
    const standardError = Math.sqrt(((slots / variants) * (1 - 1 / variants)) / draws);
    expect(Math.abs(shifted / draws - slots / variants)).toBeLessThan(4 * standardError);
  });

  test("is uniform on its steps too where most slots have no answer, and all slots are conservative", () => {
    const random = seededRandom(6);
    const draws = 1500;
    const bySize = new Map<number, number[]>();
    let overAll = 0;
    for (let seed = 0; seed < draws; seed++) {
      const sealed = plain(seed, 12, 4);
      const readings = new Map(sealed.slots.map(({ id }) => [id, [random() < 0.7 ? null : "v2"]]));
      const { answered, hits, pValue, allSlotsPValue } = scoreReadings(sealed, readings);
      bySize.set(answered, [...(bySize.get(answered) ?? []), hits]);
      if (allSlotsPValue <= 0.05) overAll++;
      expect(pValue).toBeLessThanOrEqual(allSlotsPValue);
      expect(pValue).toBeCloseTo(binomialUpperTail(hits, answered, 1 / 4), 12);
    }
    expect(overAll / draws).toBeLessThan(0.02);
    // Given how many slots are answered, hits are binomial: means within four standard errors.
    for (const [answered, hits] of bySize)
      expect(Math.abs(hits.reduce((sum, one) => sum + one, 0) - (hits.length * answered) / 4)).toBeLessThan(
        4 * Math.sqrt((3 / 16) * answered * hits.length) + 1e-9,
      );
    expect(bySize.size).toBeGreaterThan(5);
  });

  test("effect and interval are of the slots that the p-value counts", () => {
    const secret = minted(4);
    const said = answersAt(secret.sealed, (slot) => (slot < 5 ? 0 : null));
    const { tests } = testSuspect("s", [{ opening: opened(secret), suspect: said, controls: [] }], {
      transcriptHead: head,
    });
    expect(tests[0]).toMatchObject({ hits: 5, answered: 5, uptake: 1 });
    // Five of five: the lower end of Clopper and Pearson's interval is 0.025^(1/5).
    expect(tests[0]?.interval[0]).toBeCloseTo(0.025 ** (1 / 5), 10);
    expect(tests[0]?.interval[1]).toBe(1);
  });

  test("slots that nobody answers cost nothing; slots that were not asked in full are misses", () => {
    const sealed = plain(3, 20, 8, 2);
    const said = answersAt(sealed, (slot) => (slot < 4 ? 0 : null));
    const complete = scoreSlots(sealed, said);
    expect(complete).toMatchObject({ hits: 4, answered: 4, incomplete: 0 });
    expect(complete.pValue).toBeCloseTo(8 ** -4, 12);
    expect(complete.allSlotsPValue).toBeGreaterThan(0.2);
    const leftOut = scoreSlots(sealed, new Map([...said].slice(0, 4)));
    expect(leftOut).toMatchObject({ hits: 4, answered: 4, incomplete: 16 });
    expect(leftOut.pValue).toBe(leftOut.allSlotsPValue);
  });

  test("Holm over three secrets keeps the family-wise error", () => {
    let rejected = 0;
    for (let seed = 0; seed < 300; seed++) {
      const secrets = [0, 1, 2].map((at) => {
        const sealed = plain(3 * seed + at, 10, 4);
        const opening = opened({ ...minted(1, { slots: 1 }), salt: String(at).repeat(64), sealed });
        return { opening, suspect: answersAt(sealed, () => null), controls: [] as never[], sealed };
      });
      for (const secret of secrets)
        secret.suspect = new Map(secret.sealed.slots.map(({ id }) => [id, ["v0"]]));
      const { tests } = testSuspect("s", secrets, { transcriptHead: head, secretsCommitted: 3 });
      if (tests.some(({ adjustedPValue }) => adjustedPValue <= 0.05)) rejected++;
    }
    expect(rejected / 300).toBeLessThan(0.05 + 3 * Math.sqrt(0.05 / 300));
  });
});

test("power: an uptake is found as often as the table says", () => {
  const random = seededRandom(7);
  const [uptake, slots, variants] = [0.3, 20, 8];
  const { power } = canaryPower(slots, variants, { alpha: 0.01, uptakes: [uptake], wanted: 0.8 });
  let found = 0;
  for (let seed = 0; seed < 800; seed++) {
    const sealed = plain(seed, slots, variants);
    const samples = answersAt(sealed, () => (random() < uptake ? 0 : Math.floor(random() * variants)));
    if (scoreSlots(sealed, samples).pValue <= 0.01) found++;
  }
  expect(found / 800).toBeGreaterThan((power[0] ?? 0) - 0.06);
  expect(found / 800).toBeLessThan((power[0] ?? 0) + 0.06);
});

describe("one answer a slot", () => {
  const sealed = plain(1, 1, 4, 5);
  const planted = sealed.slots[0]?.variants[sealed.slots[0].planted]?.value ?? "";
  const other = sealed.slots[0]?.variants[((sealed.slots[0]?.planted ?? 0) + 1) % 4]?.value ?? "";
  const scored = (samples: (string | null)[]) =>
    scoreSlots(sealed, new Map([["s0", samples]])).slotResults[0];

  test.each([
    ["the plurality hits", [planted, planted, other, null, null], { answer: planted, hit: true }],
    ["a tie is a miss", [planted, planted, other, other, null], { answer: null, hit: false }],
    ["no answer is a miss", [null, null, null, null, null], { answer: null, hit: false }],
    ["refusals do not outvote an answer", [planted, null, null, null, null], { answer: planted, hit: true }],
    [
      "two variants in one text are none",
      [`perhaps ${planted}, perhaps ${other}`, null, null, null, null],
      { answer: null, hit: false },
    ],
    [
      "too few samples are a miss",
      [planted, planted, planted, planted],
      { complete: false, answer: null, hit: false },
    ],
    [
      "samples beyond the committed number do not count",
      [other, other, other, planted, planted, planted, planted, planted],
      { answer: other, hit: false },
    ],
  ])("%s", (_, samples, expected) => {
    const frozen = Object.freeze([...samples]);
    expect(scored(frozen as (string | null)[])).toMatchObject(expected);
    expect(frozen).toEqual(samples);
  });

  test("a slot that was never asked is a miss, not left out", () => {
    const two = plain(2, 2, 4);
    const readings = new Map([["s0", [two.slots[0]?.variants[two.slots[0].planted]?.value ?? null]]]);
    const score = scoreReadings(two, readings);
    expect(score).toMatchObject({ incomplete: 1 });
    expect(score.pValue).toBeGreaterThanOrEqual(1 / 4);
  });
});

describe("the evidence line", () => {
  const secret = minted(9, { samplesPerSlot: 2 });
  const suspect = answersAt(secret.sealed, (slot) => (slot < 12 ? 0 : 3));
  const clean = answersAt(secret.sealed, (slot) => (slot < 2 ? 0 : 1));
  const entry = { opening: opened(secret), suspect, controls: [{ name: "calm", samples: clean }] };

  test("gives p after correction, the unplanted lists and the controls", () => {
    const alone = testSuspect("imitator", [entry], { transcriptHead: head });
    const amongFive = testSuspect("imitator", [entry], { transcriptHead: head, secretsCommitted: 5 });
    const [first] = alone.tests;
    expect(first).toMatchObject({
      hits: 12,
      unplanted: [0, 0, 8, 0, 0, 0, 0],
      adjustedPValue: first?.pValue,
    });
    expect(amongFive.tests[0]?.adjustedPValue).toBeCloseTo(5 * (first?.pValue ?? 0), 12);
    const line = canaryEvidence(amongFive);
    expect(line).toMatchObject({
      line: "canary",
      statistic: 12,
      n: 20,
      nUnit: "answered slots",
      pValue: amongFive.tests[0]?.adjustedPValue,
    });
    expect(line.summary).toContain("Of 1 controls asked the same, the highest has 2 hits");
    expect(line.table).toHaveLength(20);
    expect(line.caveats.map(({ code }) => code)).toEqual(["canary-exposure"]);
  });

  test("earlier commitments that an opening names count without being given", () => {
    const opening = opened(secret, ["a".repeat(64), "b".repeat(64)]);
    expect(testSuspect("s", [{ ...entry, opening }], { transcriptHead: head }).secretsCommitted).toBe(3);
  });

  test("says when a control gives the planted variants, and when slots are incomplete", () => {
    const leaked = { ...entry, controls: [{ name: "leaky", samples: suspect }] };
    const partial = new Map([...suspect].slice(0, 15));
    const codes = (one: typeof leaked) =>
      canaryEvidence(testSuspect("s", [one], { transcriptHead: head })).caveats.map(({ code }) => code);
    expect(codes(leaked)).toContain("canary-control-hits");
    expect(codes({ ...leaked, suspect: partial })).toContain("canary-incomplete");
  });

  test("needs the samples that were committed to", () => {
    const once = new Map([...suspect].map(([id, samples]) => [id, samples.slice(0, 1)]));
    expect(() => testSuspect("s", [{ ...entry, suspect: once }], { transcriptHead: head })).toThrow(
      InsufficientDataError,
    );
  });
});

test("every shipped variant is read as itself in a sentence, in bold and after other words", () => {
  const worded = shipped.filter(({ pattern }) => pattern === undefined);
  expect(worded.length).toBeGreaterThan(30);
  const secret = mintSecret(worded, {
    name: "all",
    slots: worded.length,
    variants: 10,
    samplesPerSlot: 3,
    share: 1,
    randomBytes: seededBytes(1),
  });
  const dressed = new Map(
    secret.sealed.slots.map(({ id, variants, planted }) => {
      const value = variants[planted]?.value ?? "";
      return [id, [`${value}.`, `**${value}**`, `It is ${value.toUpperCase()}, I think.`]];
    }),
  );
  expect(scoreSlots(secret.sealed, dressed).hits).toBe(worded.length);
});
