import { describe, expect, it } from "vitest";
import { controlCaveats } from "../../src/analysis/control-caveats.ts";
import { caveatSchema } from "../../src/schema/analysis.ts";
import { seededRandom } from "../../src/schema/random.ts";
import { gaussian } from "./vector-models.ts";

const affinityOf = (estimates: readonly (number | null)[]) => ({
  controls: estimates.map((estimate, i) => ({ name: `c${i}`, lab: `lab ${i}`, estimate })),
});
const codes = (estimates: readonly (number | null)[]) =>
  controlCaveats(affinityOf(estimates), null, []).map(({ code }) => code);

describe("single controls", () => {
  it("a control far closer to the reference than the others is named", () => {
    const [caveat] = controlCaveats(
      affinityOf([0.01, -0.03, 0.05, 0.02, -0.04, 0.44, 0.03, 0.06, -0.02, 0]),
      null,
      [],
    );
    expect(caveatSchema.parse(caveat).code).toBe("control-near-reference");
    expect(caveat?.message).toContain("c5 is far closer");
  });

  it("no ordinary control is, at about the stated level", () => {
    const random = seededRandom(31);
    for (const n of [6, 12, 20]) {
      let told = 0;
      for (let trial = 0; trial < 2000; trial++)
        if (codes(Array.from({ length: n }, () => gaussian(random))).length > 0) told++;
      // At most 20 expected; more than 36 have a chance of 0.0005.
      expect(told).toBeLessThanOrEqual(36);
      expect(told).toBeGreaterThan(5);
    }
  });

  it("a derived one is found among 12, unless others are, too", () => {
    const random = seededRandom(32);
    const ordinary = () => Array.from({ length: 11 }, () => 0.05 * gaussian(random));
    const found = Array.from({ length: 200 }, () => codes([...ordinary(), 0.4]).length).filter(Boolean);
    expect(found.length).toBeGreaterThan(180);
  });

  it("controls without which the likelihood ratio changes threefold are named with both values", () => {
    const [caveat, ...more] = controlCaveats(affinityOf([]), 0.02, [
      { name: "a", log10LR: 0.1 },
      { name: "b", log10LR: 1.69 },
      { name: "c", log10LR: null },
      { name: "d", log10LR: -0.45 },
    ]);
    expect(more).toEqual([]);
    expect(caveatSchema.parse(caveat).code).toBe("control-moves-lr");
    expect(caveat?.message).toContain("without b its log10 is 1.69 instead of 0.02");
    expect(caveat?.message).not.toMatch(/without [acd] /);
    expect(controlCaveats(affinityOf([]), null, [{ name: "a", log10LR: 2 }])).toEqual([]);
  });

  it("says nothing of few, equal or unknown affinities", () => {
    expect(codes([0, 0, 0, 1])).toEqual([]);
    expect(codes([0.1, 0.1, 0.1, 0.1, 0.1, 0.1])).toEqual([]);
    expect(codes([null, null, null, null, null, null, 0.4])).toEqual([]);
  });
});
