import { describe, expect, test } from "vitest";
import { assignVariant } from "../../src/canary/assign.ts";
import { canaryEvidence } from "../../src/canary/canary-evidence.ts";
import { plantedIndices } from "../../src/canary/cluster-lists.ts";
import { commitSecret, revealSecret } from "../../src/canary/commit.ts";
import { correctSecrets } from "../../src/canary/correct-secrets.ts";
import { parseOpening, parseSecret } from "../../src/canary/parse-record.ts";
import { testSuspect } from "../../src/canary/test-suspect.ts";
import { verifyCanary } from "../../src/canary/verify.ts";
import { SchemaError, UsageError } from "../../src/errors.ts";
import type { CanaryResult, CanarySecret, ClusterTest, Sealed } from "../../src/schema/canary.ts";
import { seededRandom } from "../../src/schema/random.ts";
import { binomialUpperTail } from "../../src/stats/binomial-upper-tail.ts";
import reference from "../fixtures/canary/clusters.json" with { type: "json" };
import { opened, plain } from "./minted.ts";

const head = "0".repeat(64);
const at = "2026-01-02T03:04:05.000Z";
const names = (count: number) => Array.from({ length: count }, (_, index) => `c${index + 1}`);
const saltOf = (seed: number) => seed.toString(16).padStart(64, "0");
const secretOf = (seed: number, sealed: Sealed): CanarySecret => ({
  schemaVersion: 1,
  kind: "canary-secret",
  salt: saltOf(seed),
  sealed,
});

/** What is served to a cluster in each slot, as the owner's server asks for it. */
const servedTo = (sealed: Sealed, cluster: string | undefined): Map<string, string> =>
  new Map(
    sealed.slots.map(({ id, trigger }) => {
      const request = { id: `request-${id}`, text: `On ${trigger[0]}.`, cluster };
      const { assignment } = assignVariant({ ...sealed, share: 1 }, request);
      return [assignment?.slot ?? "", assignment?.variant ?? ""];
    }),
  );

/** A student that takes up each served variant with some probability, and else guesses. */
function student(sealed: Sealed, served: ReadonlyMap<string, string>, uptake: number, random: () => number) {
  return new Map(
    sealed.slots.map(({ id, variants }) => {
      const guess = variants[Math.floor(random() * variants.length)]?.value ?? "";
      return [id, [random() < uptake ? (served.get(id) ?? guess) : guess]];
    }),
  );
}

function tested(sealed: Sealed, said: Map<string, (string | null)[]>, secretsCommitted = 1) {
  const opening = opened({ salt: saltOf(7), sealed });
  return testSuspect("student", [{ opening, suspect: said, controls: [] }], {
    transcriptHead: head,
    secretsCommitted,
  });
}

test.each(reference.cases)("correction of $hits with $secrets secrets, as R has it", (row) => {
  const [first] = tested(plain(1, row.slots, row.variants), new Map([["s0", ["v0"]]])).tests;
  if (first === undefined) throw new Error("no test");
  const pOf = (hits: number) => binomialUpperTail(hits, row.slots, 1 / row.variants);
  const clusters = row.hits.slice(1).map((hits, index) => ({
    cluster: `c${index}`,
    hits,
    pValue: pOf(hits),
    adjustedPValue: 1,
  }));
  const [corrected] = correctSecrets(
    [{ ...first, pValue: pOf(row.hits[0] ?? 0), clusters }],
    [],
    row.secrets,
  ).tests;
  const lists = [corrected, ...(corrected?.clusters ?? [])];
  lists.forEach((list, index) => {
    expect((list?.pValue ?? 0) / (row.p[index] ?? 1)).toBeCloseTo(1, 9);
    expect((list?.adjustedPValue ?? 0) / (row.adjusted[index] ?? 1)).toBeCloseTo(1, 9);
  });
});

describe("what a cluster is served", () => {
  const sealed = plain(5, 20, 8, 1, names(300));

  test("is its own list, the same for ever, and the variants of others are no nearer to it than chance", () => {
    const lists = [...names(300), undefined].map((cluster) => [...servedTo(sealed, cluster).values()]);
    expect(lists.every((list) => list.length === 20)).toBe(true);
    expect([...servedTo(sealed, "c4").values()]).toEqual(lists[3]);
    const shares = lists
      .slice(1)
      .map((list) => list.filter((value, slot) => value === lists[0]?.[slot]).length);
    const same = shares.reduce((sum, one) => sum + one, 0);
    const draws = 20 * 300;
    expect(Math.abs(same - draws / 8)).toBeLessThan(4 * Math.sqrt((draws / 8) * (7 / 8)));
    // Every variant as often: chi-squared with 7 degrees, 24.3 is its 99.9 % quantile.
    const drawn = names(300).flatMap((cluster) => plantedIndices(sealed, cluster));
    const counts = Array.from({ length: 8 }, (_, index) => drawn.filter((one) => one === index).length);
    expect(counts.reduce((sum, count) => sum + (count - draws / 8) ** 2 / (draws / 8), 0)).toBeLessThan(24.3);
  });

  test("is what its test looks for; whether a request is served does not depend on the cluster", () => {
    for (const cluster of ["c1", "c300"]) {
      const said = new Map([...servedTo(sealed, cluster)].map(([slot, variant]) => [slot, [variant]]));
      const own = tested(sealed, said).tests[0]?.clusters?.find((one) => one.cluster === cluster);
      expect(own).toMatchObject({ hits: 20 });
      expect(own?.pValue).toBe(binomialUpperTail(20, 20, 1 / 8));
      expect(own?.adjustedPValue).toBeCloseTo(301 * (own?.pValue ?? 0), 20);
    }
    const chosen = (cluster: string | undefined) =>
      Array.from(
        { length: 200 },
        (_, id) => assignVariant({ ...sealed, share: 0.3 }, { id: `${id}`, text: "topic 3", cluster }).reason,
      );
    expect(chosen("c9")).toEqual(chosen(undefined));
    expect(new Set(chosen("c9"))).toEqual(new Set(["served", "not-chosen"]));
  });

  test("a cluster that was not sealed is refused, and no name can be added later", () => {
    const request = { id: "1", text: "topic 1", cluster: "c301" };
    expect(() => assignVariant(sealed, request)).toThrow(UsageError);
    expect(() => assignVariant(plain(1, 2, 4), { ...request, cluster: "c1" })).toThrow(/none|no cluster/);
    const secret = secretOf(1, sealed);
    const commitment = commitSecret(secret, { committedAt: at, previous: [], witness: null });
    expect(commitment.clusters).toBe(300);
    const opening = revealSecret(secret, commitment);
    for (const clusters of [[...names(300), "found-later"], [...names(299), "found-later"], undefined]) {
      const other = { ...sealed, clusters };
      expect(() => revealSecret({ ...secret, sealed: other }, commitment)).toThrow(SchemaError);
      expect(verifyCanary([commitment], [{ ...opening, sealed: other }], null)[0]?.holds).toBe(false);
    }
    for (const [clusters, message] of [
      [["a", "a"], /a cluster occurs twice/],
      [["\u001b[31m"], /sealed\.clusters\.0/],
      [[], /sealed\.clusters/],
    ] as const)
      expect(() => parseSecret(JSON.stringify({ ...secret, sealed: { ...sealed, clusters } }), "s")).toThrow(
        message,
      );
    expect(parseOpening(JSON.stringify(opening), "o")).toEqual(opening);
  });
});

describe("under the null", () => {
  // Fed in full with the common list and c1's: for every other cluster it is a suspect like any.
  test("a list that did not reach the suspect has a p uniform on its steps, whatever else did", () => {
    const random = seededRandom(3);
    const draws = 800;
    const p: number[] = [];
    for (let seed = 0; seed < draws; seed++) {
      const sealed = plain(seed, 12, 4, 1, names(3));
      const [common, first] = [servedTo(sealed, undefined), servedTo(sealed, "c1")];
      const said = new Map(
        sealed.slots.map(({ id }) => [id, [(random() < 0.5 ? common : first).get(id) ?? null]]),
      );
      const clusters = tested(sealed, said).tests[0]?.clusters ?? [];
      p.push(clusters[1]?.pValue ?? 0);
    }
    for (let hits = 1; hits <= 12; hits++) {
      const step = binomialUpperTail(hits, 12, 1 / 4);
      const share = p.filter((value) => value <= step * (1 + 1e-9)).length / draws;
      expect(Math.abs(share - step)).toBeLessThan(4 * Math.sqrt((step * (1 - step)) / draws) + 1 / draws);
    }
  });

  test("an owner who reveals the better of a secret with clusters and one without gains nothing", () => {
    let rejected = 0;
    const draws = 400;
    for (let seed = 0; seed < draws; seed++) {
      const sealed = [plain(2 * seed, 12, 4, 1, names(9)), plain(2 * seed + 1, 12, 4)];
      // Both are the only one that is shown, and both count two secrets.
      const smallest = sealed.map((one) => {
        const said = new Map(one.slots.map(({ id }) => [id, ["v0"]]));
        const [result] = tested(one, said, 2).tests;
        return Math.min(
          result?.adjustedPValue ?? 1,
          ...(result?.clusters ?? []).map(({ adjustedPValue }) => adjustedPValue),
        );
      });
      if (Math.min(...smallest) <= 0.1) rejected++;
    }
    expect(rejected / draws).toBeLessThan(0.1 + 3 * Math.sqrt(0.09 / draws));
  });
});

test("power: the cluster that fed a student is named as often as the binomial says, and hardly another", () => {
  const random = seededRandom(4);
  const [draws, slots, variants, lists, uptake] = [150, 30, 8, 17, 0.45];
  const needed = Array.from({ length: slots }, (_, index) => index + 1).find(
    (hits) => lists * binomialUpperTail(hits, slots, 1 / variants) <= 0.01,
  );
  const power = binomialUpperTail(needed ?? slots, slots, uptake + (1 - uptake) / variants);
  let named = 0;
  let others = 0;
  for (let seed = 0; seed < draws; seed++) {
    const sealed = plain(seed, slots, variants, 1, names(lists - 1));
    const said = student(sealed, servedTo(sealed, "c5"), uptake, random);
    const [result] = tested(sealed, said).tests;
    for (const { cluster, adjustedPValue } of result?.clusters ?? [])
      if (adjustedPValue <= 0.01) {
        if (cluster === "c5") named++;
        else others++;
      }
  }
  expect(power).toBeGreaterThan(0.6);
  expect(Math.abs(named / draws - power)).toBeLessThan(4 * Math.sqrt((power * (1 - power)) / draws));
  expect(others).toBeLessThanOrEqual(6);
});

describe("result and evidence", () => {
  const sealed = plain(8, 24, 8, 1, names(20));
  const secret = secretOf(8, sealed);
  const commitment = commitSecret(secret, { committedAt: at, previous: [], witness: null });
  const opening = revealSecret(secret, commitment);
  const said = student(sealed, servedTo(sealed, "c12"), 0.6, seededRandom(1));
  const suspect = testSuspect("student", [{ opening, suspect: said, controls: [] }], {
    transcriptHead: head,
  });
  const result = JSON.stringify({
    schemaVersion: 1,
    kind: "canary-result",
    congenerVersion: "1",
    createdAt: at,
    run: "r",
    suspects: [suspect],
  });
  const holds = (change: (copy: CanaryResult) => void) => {
    const copy = JSON.parse(result) as CanaryResult;
    change(copy);
    return verifyCanary([commitment], [opening], copy).every((check) => check.holds);
  };
  const found = (copy: CanaryResult) => {
    const one = copy.suspects[0]?.tests[0]?.clusters?.[11];
    if (one === undefined) throw new Error("no cluster");
    return one;
  };

  test("name the cluster through which the answers came, and what it does not show", () => {
    const line = canaryEvidence(suspect);
    const best = suspect.tests[0]?.clusters?.[11];
    expect(best?.cluster).toBe("c12");
    expect(line).toMatchObject({ statistic: best?.hits, pValue: best?.adjustedPValue, n: 24 });
    expect(line.summary).toMatch(/for the variants of cluster c12\./);
    expect(line.method).toContain("Holm over the 21 lists of the secret");
    expect(line.effect).toBeGreaterThan(line.interval?.[0] ?? 1);
    expect(line.effect).toBeLessThan(line.interval?.[1] ?? 0);
    expect(line.caveats.map(({ code }) => code)).toContain("canary-clusters");
    const none = canaryEvidence(tested(sealed, new Map(sealed.slots.map(({ id }) => [id, ["v0"]]))));
    expect(none.summary).toContain("those of none beyond chance");
  });

  test("are computed again, number by number", () => {
    expect(holds(() => {})).toBe(true);
    // The last digits differ between processors.
    const { hits, pValue, adjustedPValue } = found(JSON.parse(result) as CanaryResult);
    const setting = (fields: Partial<ClusterTest>) => (copy: CanaryResult) =>
      void Object.assign(found(copy), fields);
    expect(holds(setting({ pValue: pValue * (1 + 1e-12) }))).toBe(true);
    for (const change of [
      setting({ pValue: 0.9 * pValue }),
      setting({ adjustedPValue: 0.9 * adjustedPValue }),
      setting({ hits: hits + 1 }),
      setting({ cluster: "c3" }),
      (copy: CanaryResult) => void copy.suspects[0]?.tests[0]?.clusters?.splice(11, 1),
      (copy: CanaryResult) => void delete copy.suspects[0]?.tests[0]?.clusters,
    ])
      expect(holds(change)).toBe(false);
  });

  test("a suspect that names no variant proves nothing of anybody, and no number is NaN", () => {
    const silent = tested(sealed, new Map(sealed.slots.map(({ id }) => [id, [null]])));
    expect(silent.tests[0]).toMatchObject({
      hits: 0,
      answered: 0,
      pValue: 1,
      uptake: null,
      interval: [0, 1],
    });
    expect(silent.tests[0]?.clusters?.every(({ adjustedPValue }) => adjustedPValue === 1)).toBe(true);
    const line = canaryEvidence(silent);
    expect(line).toMatchObject({ effect: null, pValue: 1, n: 0 });
    expect(JSON.stringify(line)).not.toContain("NaN");
  });
});
