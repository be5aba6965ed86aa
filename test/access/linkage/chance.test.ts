import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { avoidanceNats, paymentNats, sharedValueNats } from "../../../src/access/linkage/chance.ts";

const reference = JSON.parse(
  readFileSync(new URL("../../fixtures/access-linkage/reference.json", import.meta.url), "utf8"),
) as { observed: number; expected: number; nats: number }[];

describe("surprise of a link", () => {
  it("agrees with SciPy's Poisson distribution where cells are avoided", () => {
    for (const { observed, expected, nats } of reference)
      expect(avoidanceNats(observed, expected)).toBeCloseTo(nats, 8);
  });

  it("is nothing where a quarter of the expected meetings took place, or none was expected", () => {
    expect(avoidanceNats(26, 100)).toBe(0);
    expect(avoidanceNats(0, 0)).toBe(0);
    expect(avoidanceNats(3, 0)).toBe(0);
  });

  it("rises with what was expected and falls with what was observed", () => {
    for (let expected = 20; expected < 400; expected += 20) {
      expect(avoidanceNats(2, expected + 20)).toBeGreaterThan(avoidanceNats(2, expected));
      expect(avoidanceNats(3, expected)).toBeLessThan(avoidanceNats(2, expected));
    }
  });

  it("never proves more by rarity than the log is long", () => {
    expect(sharedValueNats(1000, 1)).toBeCloseTo(Math.log(999), 12);
    expect(sharedValueNats(1000, 10)).toBeLessThan(sharedValueNats(1000, 2));
    expect(sharedValueNats(2, 50)).toBe(0);
  });

  it("takes a card of eight for one payer's, and one of fifty not by itself", () => {
    for (const accounts of [100, 10_000, 1_000_000]) {
      expect(paymentNats(accounts, 7)).toBeGreaterThan(Math.log(accounts) + 8);
      expect(paymentNats(accounts, 49)).toBeLessThan(Math.log(accounts) + 8);
    }
  });
});
