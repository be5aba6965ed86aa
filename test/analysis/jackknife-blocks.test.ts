import { describe, expect, it } from "vitest";
import { contiguousRuns, jackknifeBlocks } from "../../src/analysis/jackknife-blocks.ts";

const probes = (count: number, id: (p: number) => string, family: (p: number) => string) =>
  Array.from({ length: count }, (_, p) => ({ id: id(p), family: family(p) }));

describe("jackknife blocks", () => {
  it("are families where there are ten, else id prefixes, else contiguous runs", () => {
    const byFamily = jackknifeBlocks(
      probes(
        40,
        (p) => `p${p}`,
        (p) => `family ${p % 10}`,
      ),
    );
    expect(byFamily).toMatchObject({ kind: "families", blockCount: 10 });
    expect(byFamily.blockOf[3]).toBe(byFamily.blockOf[13]);
    const byPrefix = jackknifeBlocks(
      probes(
        40,
        (p) => `story ${p % 12}|step.${p}`,
        () => "one",
      ),
    );
    expect(byPrefix).toMatchObject({ kind: "id prefixes", blockCount: 12 });
    const stories = jackknifeBlocks(
      probes(
        48,
        (p) => `story${p % 12}/${p}`,
        (p) => `f${p % 9}`,
      ),
    );
    expect(stories).toMatchObject({ kind: "id prefixes", blockCount: 12 });
    expect(
      jackknifeBlocks(
        probes(
          100,
          (p) => `p${p}`,
          () => "one",
        ),
      ),
    ).toMatchObject({
      kind: "contiguous runs",
      blockCount: 20,
    });
    // A family of its own for each of many probes is no family.
    expect(
      jackknifeBlocks(
        probes(
          100,
          (p) => `p${p}`,
          (p) => `f${p}`,
        ),
      ).kind,
    ).toBe("contiguous runs");
  });

  it("runs are contiguous, almost equally long and never empty", () => {
    for (const count of [1, 7, 20, 21, 805]) {
      const { blockOf, blockCount } = contiguousRuns(count);
      expect([...blockOf]).toEqual([...blockOf].sort((a, b) => a - b));
      const sizes = Array.from(
        { length: blockCount },
        (_, block) => blockOf.filter((of) => of === block).length,
      );
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      expect(Math.min(...sizes)).toBeGreaterThan(0);
    }
    expect(contiguousRuns(0).blockCount).toBe(1);
  });
});
