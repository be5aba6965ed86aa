import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { modelTree, replicatesFor } from "../../src/analysis/model-tree.ts";
import { affinitiesOfSums, type PairAffinities, pairAffinities } from "../../src/analysis/pair-affinities.ts";
import { type ModelTree, modelTreeSchema } from "../../src/schema/analysis.ts";
import { type Random, seededRandom } from "../../src/schema/random.ts";
import { gaussianVector, measuredFromVectors } from "./vector-models.ts";

interface Reference {
  readonly models: number;
  readonly blocks: number;
  /** By block: inner products of every two models. */
  readonly sums: readonly (readonly (readonly number[])[])[];
  readonly affinity: readonly (readonly number[])[];
  readonly draws: readonly (readonly number[])[];
  readonly clades: readonly {
    readonly members: number[];
    readonly distance: number;
    readonly support: number;
  }[];
}

const reference = JSON.parse(
  readFileSync(new URL("../fixtures/model-tree/reference.json", import.meta.url), "utf8"),
) as Reference;

/** Affinities of inner products by block, one probe a block. */
function affinitiesOf(sums: Reference["sums"]): PairAffinities {
  const column = (a: number, b: number) => Float64Array.from(sums, (block) => block[a]?.[b] ?? Number.NaN);
  return affinitiesOfSums(sums[0]?.length ?? 0, sums.length, (a, b) => ({
    between: column(a, b),
    first: column(a, a),
    second: column(b, b),
    probes: new Int32Array(sums.length).fill(1),
  }));
}

/** Branches of a tree: its models in alphabetical order, with distance and support. */
function branches({ tips, merges }: ModelTree) {
  const members: string[][] = tips.map((tip) => [tip]);
  return merges.map(({ parts, distance, support }) => {
    const both = parts.flatMap((part) => members[part] ?? []).sort();
    members.push(both);
    return { members: both, distance, support };
  });
}

const namesOf = (count: number) => Array.from({ length: count }, (_, i) => `m${i}`);
const unused: Random = () => {
  throw new Error("nothing is drawn");
};

describe("modelTree", () => {
  it("joins at SciPy's heights, with the support of the same draws", () => {
    const draws = reference.draws.flat();
    let at = 0;
    const tree = modelTree(namesOf(reference.models), affinitiesOf(reference.sums), {
      random: () => ((draws[at++] ?? 0) + 0.5) / reference.blocks,
      first: 0,
      replicates: reference.draws.length,
    });
    expect(at).toBe(draws.length);
    expect(modelTreeSchema.parse(tree)).toEqual(tree);
    const found = branches(tree);
    reference.clades.forEach((clade, i) => {
      expect(found[i]?.members).toEqual(clade.members.map((member) => `m${member}`));
      expect(found[i]?.distance).toBeCloseTo(clade.distance, 9);
      const whole = clade.members.length === reference.models;
      if (whole) expect(found[i]?.support).toBeNull();
      else expect(found[i]?.support).toBeCloseTo(clade.support, 12);
    });
    expect(tree).toMatchObject({ replicates: 60, blocks: 12, leftOut: [], reason: null });
  });

  it("gives the affinities that SciPy's tree was made from", () => {
    affinitiesOf(reference.sums)
      .matrix()
      .forEach((row, a) => {
        row.forEach((value, b) => {
          expect(value).toBeCloseTo(reference.affinity[a]?.[b] ?? Number.NaN, 9);
        });
      });
  });

  it("orders its tips so that every branch is in one piece, the first model at the end", () => {
    for (const first of [0, 5]) {
      const tree = modelTree(namesOf(9), affinitiesOf(reference.sums), {
        random: unused,
        first,
        replicates: 0,
      });
      expect(tree.tips[0]).toBe(`m${first}`);
      for (const { members } of branches(tree)) {
        const places = members.map((member) => tree.tips.indexOf(member));
        expect(Math.max(...places) - Math.min(...places)).toBe(members.length - 1);
      }
    }
  });

  it("finds known groups with high support, and says how many replicates stand behind it", () => {
    const tree = treeOfGroups([0, 0, 0, 1, 1, 1, 2, 2, 3, 4, 5, 6], { random: seededRandom(3), shared: 0.8 });
    const support = (...members: number[]) =>
      branches(tree).find(
        (branch) =>
          branch.members.join() ===
          members
            .map((m) => `m${m}`)
            .sort()
            .join(),
      )?.support;
    for (const group of [
      [0, 1, 2],
      [3, 4, 5],
      [6, 7],
    ])
      expect(support(...group)).toBeGreaterThan(0.95);
    expect(tree.replicates).toBe(replicatesFor(12));
  });

  it("gives no branch of unrelated models the support that a group has, but seldom", () => {
    const random = seededRandom(17);
    const supports = Array.from({ length: 40 }, () =>
      treeOfGroups([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], { random, shared: 0, replicates: 60 }),
    ).flatMap(({ merges }) => merges.flatMap(({ support }) => support ?? []));
    expect(supports.length).toBe(40 * 8);
    const mean = supports.reduce((sum, support) => sum + support, 0) / supports.length;
    expect(mean).toBeLessThan(0.4);
    expect(supports.filter((support) => support >= 0.95).length / supports.length).toBeLessThan(0.02);
  });

  it("is the same for the same seed, and changes nothing that it is given", () => {
    const build = () => {
      const affinities = affinitiesOf(reference.sums);
      const names = Object.freeze(namesOf(9));
      return modelTree(names, affinities, { random: seededRandom(5), first: 0 });
    };
    expect(build()).toEqual(build());
  });

  it("leaves out models without an affinity to others, and says so where too few are left", () => {
    const sums = reference.sums.map((block) =>
      block.map((row, a) => row.map((value, b) => (a === 4 && b === 4 ? 0 : value))),
    );
    const tree = modelTree(namesOf(9), affinitiesOf(sums), { random: seededRandom(1), first: 0 });
    expect(tree.leftOut).toEqual(["m4"]);
    expect(tree.tips.length).toBe(8);
    expect(tree.merges.length).toBe(7);
    const few = modelTree(namesOf(2), affinitiesOf(reference.sums.map((block) => block.slice(0, 2))), {
      random: unused,
      first: 0,
    });
    expect(few).toMatchObject({
      tips: [],
      merges: [],
      reason: "fewer than three models have an affinity to each other",
    });
  });

  it("gives no support, and says why, with few blocks and with more models than can be drawn again", () => {
    const few = modelTree(namesOf(9), affinitiesOf(reference.sums.slice(0, 4)), { random: unused, first: 0 });
    expect(few.reason).toBe("no support: only 4 blocks of probes");
    expect(few.merges.every(({ support }) => support === null)).toBe(true);
    const count = 201;
    const one = Array.from({ length: count }, (_, a) =>
      Array.from({ length: count }, (_unused, b) => (a === b ? 1 : ((a * 31 + b * 31 + a * b) % 97) / 200)),
    );
    const many = modelTree(namesOf(count), affinitiesOf([one]), { random: unused, first: 0 });
    expect(many.tips.length).toBe(count);
    expect(many.reason).toBe("no support: with 201 models it would take too long");
  });

  it("takes equal models, and affinities above 1, as distance 0", () => {
    const ones = Array.from({ length: 4 }, (_, a) =>
      Array.from({ length: 4 }, (_unused, b) => (a === b ? 1 : 1.2)),
    );
    const tree = modelTree(namesOf(4), affinitiesOf(new Array(6).fill(ones)), {
      random: seededRandom(1),
      first: 0,
    });
    expect(tree.merges.map(({ distance }) => distance)).toEqual([0, 0, 0]);
    expect(tree.tips.length).toBe(4);
  });
});

/** A tree of models that share so much of their departures with their group, measured by the content affinity. */
function treeOfGroups(
  groups: readonly number[],
  options: { readonly random: Random; readonly shared: number; readonly replicates?: number },
): ModelTree {
  const { random, shared } = options;
  const vectors = Array.from({ length: 60 }, () => {
    const ofGroup = new Map(groups.map((group) => [group, gaussianVector(12, random)]));
    return groups.map((group) =>
      gaussianVector(12, random).map((value, i) => value + shared * 1.5 * (ofGroup.get(group)?.[i] ?? 0)),
    );
  });
  // Labs by group: kin must not centre each other.
  const measured = measuredFromVectors({
    labs: groups.map((group) => `lab ${group}`),
    panel: groups.map((_, model) => model),
    vectors,
  });
  return modelTree(namesOf(groups.length), pairAffinities(measured), {
    random,
    first: 0,
    ...(options.replicates === undefined ? {} : { replicates: options.replicates }),
  });
}
