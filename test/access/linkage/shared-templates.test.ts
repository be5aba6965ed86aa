import { describe, expect, it } from "vitest";
import { sharedTemplates } from "../../../src/access/linkage/shared-templates.ts";
import { seededRandom } from "../../../src/schema/random.ts";

const holders = (accounts: readonly number[], fillings = 10) =>
  accounts.map((account) => ({ account, fillings }));
const volumes = (count: number, of: (account: number) => number) =>
  Float64Array.from({ length: count }, (_, account) => of(account));

describe("shared templates", () => {
  it("are the more surprising the rarer they are, and the longer the log", () => {
    const nats = (accounts: number, sharers: number) =>
      sharedTemplates({
        volumes: volumes(accounts, () => 100),
        families: [holders(Array.from({ length: sharers }, (_, account) => account))],
      })(0, 1)?.nats ?? 0;
    // With equal volumes: -ln of the share of the accounts that hold it.
    expect(nats(1000, 5)).toBeCloseTo(Math.log(1000 / 5), 6);
    expect(nats(1000, 5)).toBeGreaterThan(nats(1000, 20));
    expect(nats(1000, 5)).toBeLessThan(nats(10_000, 5));
    expect(nats(10, 10)).toBe(0);
  });

  it("prove less between busy accounts than between quiet ones, by the busier of the two", () => {
    const of = sharedTemplates({
      volumes: volumes(1000, (account) => (account % 2 === 0 ? 200 : 10)),
      families: [holders([0, 1, 2, 3])],
    });
    const [busy, mixed, quiet] = [of(0, 2), of(0, 1), of(1, 3)].map((found) => found?.nats ?? 0);
    expect(quiet).toBeGreaterThan((busy ?? 0) + 2);
    expect(mixed).toBe(busy);
    expect(of(1, 0)).toEqual(of(0, 1));
  });

  it("prove less of an account that holds many", () => {
    const rare = holders([0, 1]);
    const others = Array.from({ length: 40 }, (_, at) => holders([0, 100 + at]));
    const nats = (families: (typeof rare)[]) =>
      sharedTemplates({ volumes: volumes(1000, () => 100), families })(0, 1)?.nats ?? 0;
    expect(nats([rare, ...others])).toBeLessThan(nats([rare]) - 3);
  });

  it("need to be used by both: one odd prompt is no use", () => {
    const families = [[...holders([0]), ...holders([1], 4)]];
    expect(sharedTemplates({ volumes: volumes(50, () => 100), families })(0, 1)).toBeNull();
    expect(sharedTemplates({ volumes: volumes(50, () => 100), families: [] })(0, 1)).toBeNull();
    expect(sharedTemplates({ volumes: volumes(50, () => 100), families: [holders([0])] })(0, 1)).toBeNull();
  });

  it("keep their rate among strangers of very unequal volumes", () => {
    // Families are held by volume alone; how often do strangers share one that is so surprising?
    const accounts = 400;
    const random = seededRandom(3);
    const asked = volumes(accounts, () => Math.ceil(200 * random() ** 3));
    const families = Array.from({ length: 60 }, () => {
      const rate = 0.0005 * random();
      return holders(
        [...asked.keys()].filter((account) => random() < -Math.expm1(-rate * (asked[account] ?? 0))),
      );
    });
    const of = sharedTemplates({ volumes: asked, families });
    for (const level of [2, 3, 4]) {
      let pairs = 0;
      let exceeding = 0;
      for (let first = 0; first < accounts; first++)
        for (let second = 0; second < first; second++) {
          pairs++;
          if ((of(first, second)?.nats ?? 0) >= level) exceeding++;
        }
      expect(exceeding / pairs).toBeLessThanOrEqual(Math.exp(-level));
    }
  });
});
