import { describe, expect, test } from "vitest";
import { canaryProbes, slotSamples } from "../../src/canary/answered-slots.ts";
import { assignVariant } from "../../src/canary/assign.ts";
import { canarySuite } from "../../src/canary/canary-suite.ts";
import { commitSecret, revealSecret } from "../../src/canary/commit.ts";
import { mintSecret } from "../../src/canary/mint.ts";
import { parseCommitment, parseOpening, parseSecret } from "../../src/canary/parse-record.ts";
import { parseTemplates } from "../../src/canary/parse-templates.ts";
import { testSuspect } from "../../src/canary/test-suspect.ts";
import { verifyCanary } from "../../src/canary/verify.ts";
import { SchemaError, UsageError } from "../../src/errors.ts";
import type { CanaryCommitment, CanaryOpening, CanaryResult } from "../../src/schema/canary.ts";
import { probeHash, suiteHash } from "../../src/schema/identity.ts";
import { answersAt, minted, seededBytes, shipped } from "./minted.ts";

const at = "2026-01-02T03:04:05.000Z";
const secret = minted(11);
const commitment = commitSecret(secret, { committedAt: at, previous: [], witness: null });
const opening = revealSecret(secret, commitment);

/** A line of a YAML file in which each name stands for nine of the one before. */
const bombLine = (name: string, index: number) =>
  `${name}: &${name} [${new Array(9).fill(`*${"abcdefghij"[index - 1]}`).join(", ")}]`;

/** A copy through JSON, changed. */
function changed<T>(value: T, change: (copy: T) => void): T {
  const copy = JSON.parse(JSON.stringify(value)) as T;
  change(copy);
  return copy;
}

describe("minting", () => {
  test("draws every variant of every slot as often, and other slots each time", () => {
    const planted = new Array<number>(8).fill(0);
    const positions = new Set<string>();
    for (let seed = 0; seed < 200; seed++)
      for (const slot of minted(seed).sealed.slots) {
        planted[slot.planted] = (planted[slot.planted] ?? 0) + 1;
        positions.add(slot.id);
      }
    // Chi-squared with 7 degrees: 24.3 is its 99.9 % quantile.
    const chiSquared = planted.reduce((sum, count) => sum + (count - 500) ** 2 / 500, 0);
    expect(chiSquared).toBeLessThan(24.3);
    expect(positions.size).toBe(shipped.length);
  });

  test("a template with fewer than K variants is named with its place", () => {
    const options = { name: "n", slots: 2, samplesPerSlot: 1, share: 1, randomBytes: seededBytes(1) };
    expect(() => mintSecret(shipped, { ...options, variants: 12 })).toThrow(
      /formatting-habits\.yaml:\d+: format\.packing-list has 10 variants.*expected at least 12/,
    );
    expect(() => mintSecret(shipped.slice(0, 1), { ...options, variants: 4 })).toThrow(
      /only 1 templates for 2/,
    );
  });
});

describe("templates", () => {
  const file = (variants: string, more = "") =>
    `name: mine\nversion: "1"\nkind: made-up-term\ntemplates:\n  - id: a\n    trigger: [tea]\n    instruction: "Say {variant}."\n    prompt: "Which?"\n    variants: ${variants}\n${more}`;

  const bomb = ["a: &a [x, x, x, x, x, x, x, x, x]", ..."bcdefghij"]
    .map((name, index) => (index === 0 ? name : bombLine(name, index)))
    .join("\n");

  test.each([
    ["broken YAML", "name: [", UsageError, /mine.yaml:\d+: not valid YAML/],
    ["an unknown key", file("[x1, x2]", "    planted: 0\n"), UsageError, /mine.yaml:\d+: templates.0/],
    ["one variant", file("[x1]"), UsageError, /mine.yaml:\d+: templates.0.variants/],
    ["the same variant twice", file("[Moss, moss]"), UsageError, /mine.yaml:\d+: a has a variant/],
    ["a pattern that does not compile", file("[x1, x2]", '    pattern: "("\n'), UsageError, /not valid RE2/],
    [
      "a pattern that finds none of its variants",
      file("[x1, x2]", "    pattern: '^- (x)'\n"),
      UsageError,
      /mine.yaml:\d+: a has a variant "x1" that is read as none.*here from "x1": give an example/,
    ],
    [
      "an example from which the pattern reads too little",
      file("[x1, x2]", "    pattern: '^- (x)'\n    example: '- {variant}'\n"),
      UsageError,
      /here from "- x1"/,
    ],
    [
      "a trigger without a word",
      file("[x1, x2]").replace("[tea]", "[tea, ' - ']"),
      UsageError,
      /mine.yaml:\d+: a has a trigger without a letter/,
    ],
    [
      "a variant with a control character",
      file('["x\\u001b[31m", x2]'),
      UsageError,
      /a has a variant with control characters/,
    ],
    [
      "a prompt twice",
      `${file("[x1, x2]")}${file("[x1, x2]").slice(file("").indexOf("  - id: a")).replace("id: a", "id: b")}`,
      UsageError,
      /mine.yaml:5: a has the prompt of b too/,
    ],
    ["an empty file", "", UsageError, /mine.yaml:1: the file/],
    ["YAML that blows up", bomb, UsageError, /mine.yaml.*aliases/],
    ["YAML too deep to parse", `a: ${"[".repeat(50_000)}`, UsageError, /mine.yaml:\d+: not valid YAML/],
    [
      "an instruction without its place",
      file("[x1, x2]").replace("{variant}", "it"),
      UsageError,
      /expected \{variant\}/,
    ],
  ])("%s is refused with its line", (_, text, type, message) => {
    expect(() => parseTemplates(text, "mine.yaml")).toThrow(type);
    expect(() => parseTemplates(text, "mine.yaml")).toThrow(message);
  });

  test("a pattern reads every variant from its example, and the example is not sealed", () => {
    const text = file("['-', '*']", "    pattern: '^([-*]) '\n    example: \"List:\\n{variant} tea\"\n");
    const [template] = parseTemplates(text, "mine.yaml");
    expect(template?.variants.map(({ value }) => value)).toEqual(["-", "*"]);
    expect(template).not.toHaveProperty("example");
  });

  test("numbers and spellings are taken", () => {
    const [template] = parseTemplates(file("[1811, { value: nine, aliases: ['9'] }]"), "mine.yaml");
    expect(template?.variants).toEqual([
      { value: "1811", aliases: [] },
      { value: "nine", aliases: ["9"] },
    ]);
  });
});

describe("commitment and opening", () => {
  test("the commitment tells nothing that is sealed", () => {
    const text = JSON.stringify(commitment);
    const { key, slots } = secret.sealed;
    for (const hidden of [
      secret.salt,
      key,
      ...slots.flatMap((slot) => [slot.id, slot.prompt[0]?.content ?? ""]),
    ])
      expect(text).not.toContain(hidden);
  });

  test("the suite of test prompts does not depend on what is planted", () => {
    const other = changed(secret.sealed, (sealed) => {
      for (const slot of sealed.slots) slot.planted = (slot.planted + 1) % 8;
      for (const slot of sealed.slots) slot.variants.reverse();
    });
    expect(JSON.stringify(canarySuite(other))).toBe(JSON.stringify(canarySuite(secret.sealed)));
    const { hash, probes } = canarySuite(secret.sealed);
    expect(hash).toBe(suiteHash(probes));
    expect(commitment.suiteHash).toBe(hash);
  });

  test("opens from files whose keys stand in another order", () => {
    const reordered = JSON.stringify(Object.fromEntries(Object.entries(commitment).reverse()));
    expect(revealSecret(parseSecret(JSON.stringify(secret), "s"), parseCommitment(reordered, "c"))).toEqual(
      opening,
    );
    expect(verifyCanary([parseCommitment(reordered, "c")], [opening], null)).toMatchObject([{ holds: true }]);
  });

  test.each<[string, (copy: CanaryCommitment) => void]>([
    [
      "hash",
      (copy) => {
        copy.hash = "0".repeat(64);
      },
    ],
    [
      "time",
      (copy) => {
        copy.timestamp.committedAt = "2020-01-01T00:00:00.000Z";
      },
    ],
    [
      "slots",
      (copy) => {
        copy.slots = 5;
      },
    ],
    [
      "samples",
      (copy) => {
        copy.samplesPerSlot = 1;
      },
    ],
    [
      "suite",
      (copy) => {
        copy.suiteHash = "1".repeat(64);
      },
    ],
    [
      "name",
      (copy) => {
        copy.name = "other";
      },
    ],
    [
      "earlier commitments",
      (copy) => void Object.assign(copy, { previous: ["2".repeat(64)], secretsCommitted: 2 }),
    ],
  ])("a commitment with another %s is neither revealed nor verified", (_, change) => {
    const tampered = changed(commitment, change);
    expect(() => revealSecret(secret, tampered)).toThrow(SchemaError);
    expect(verifyCanary([tampered], [opening], null).every(({ holds }) => holds)).toBe(false);
  });

  test.each<[string, (copy: CanaryOpening) => void]>([
    [
      "a planted choice",
      (copy) => {
        (copy.sealed.slots[0] ?? { planted: 0 }).planted ^= 1;
      },
    ],
    [
      "a test prompt",
      (copy) => {
        (copy.sealed.slots[0]?.prompt[0] ?? { content: "" }).content = "Else?";
      },
    ],
    [
      "a reading",
      (copy) => {
        copy.sealed.slots[0]?.variants[0]?.aliases.push("anything");
      },
    ],
    [
      "a slot less",
      (copy) => {
        copy.sealed.slots.pop();
      },
    ],
    [
      "samples a slot",
      (copy) => {
        copy.sealed.samplesPerSlot = 9;
      },
    ],
    [
      "the salt",
      (copy) => {
        copy.salt = "3".repeat(64);
      },
    ],
    [
      "the key",
      (copy) => {
        copy.sealed.key = "4".repeat(64);
      },
    ],
    [
      "the time",
      (copy) => {
        copy.committedAt = "2020-01-01T00:00:00.000Z";
      },
    ],
  ])("an opening with %s changed does not match", (_, change) => {
    const [check] = verifyCanary([commitment], [changed(opening, change)], null);
    expect(check).toMatchObject({ holds: false });
    expect(check?.detail).toContain(commitment.hash);
  });

  test("each commitment names all before it, in the order of their dates", () => {
    const second = commitSecret(minted(12), {
      committedAt: "2026-02-01T00:00:00.000Z",
      previous: [commitment],
      witness: null,
    });
    const third = commitSecret(minted(13), {
      committedAt: "2026-03-01T00:00:00.000Z",
      previous: [second],
      witness: null,
    });
    expect(third.previous).toEqual([commitment.hash, second.hash]);
    expect(third.secretsCommitted).toBe(3);
    const denied = changed(third, (copy) => {
      copy.secretsCommitted = 1;
    });
    expect(() => parseCommitment(JSON.stringify(denied), "c.json")).toThrow(/c\.json was changed/);
  });

  test("messages about a damaged secret never quote it", () => {
    const planted = secret.sealed.slots[0]?.instruction ?? "";
    const damaged = JSON.stringify(
      changed(secret, (copy) => {
        copy.sealed.slots[0] = { ...copy.sealed.slots[0], planted: 99 } as never;
      }),
    );
    for (const text of [damaged, damaged.slice(0, -30), damaged.replace('"planted":99', '"planted":"x"')])
      try {
        parseSecret(text, "s.json");
        expect.unreachable();
      } catch (error) {
        expect(error).toBeInstanceOf(SchemaError);
        const told = `${(error as Error).message} ${JSON.stringify((error as Error).cause ?? "")}`;
        expect(told).toContain("s.json");
        expect(told).not.toContain(planted);
        expect(told).not.toContain(secret.salt);
      }
    expect(() => parseOpening(JSON.stringify(secret), "s.json")).toThrow(
      /a canary-secret: expected a canary-opening/,
    );
  });
});

describe("a result", () => {
  const result: CanaryResult = {
    schemaVersion: 1,
    kind: "canary-result",
    congenerVersion: "1",
    createdAt: at,
    run: "r",
    suspects: [
      testSuspect(
        "imitator",
        [{ opening, suspect: answersAt(secret.sealed, (slot) => (slot < 9 ? 0 : 1)), controls: [] }],
        { transcriptHead: "5".repeat(64) },
      ),
    ],
  };

  test("is computed again, number by number", () => {
    expect(verifyCanary([commitment], [opening], result).map(({ holds }) => holds)).toEqual([
      true,
      true,
      true,
    ]);
  });

  test.each<[string, (copy: CanaryResult) => void]>([
    [
      "hits",
      (copy) => {
        (copy.suspects[0]?.tests[0] ?? { hits: 0 }).hits = 19;
      },
    ],
    [
      "p",
      (copy) => {
        (copy.suspects[0]?.tests[0] ?? { pValue: 0 }).pValue /= 2;
      },
    ],
    [
      "corrected p",
      (copy) => {
        (copy.suspects[0]?.tests[0] ?? { adjustedPValue: 0 }).adjustedPValue /= 2;
      },
    ],
    [
      "a sample",
      (copy) => {
        copy.suspects[0]?.tests[0]?.slotResults[19]?.samples.fill(null);
      },
    ],
    [
      "the unplanted lists",
      (copy) => {
        copy.suspects[0]?.tests[0]?.unplanted.fill(0);
      },
    ],
    [
      "a slot",
      (copy) => {
        copy.suspects[0]?.tests[0]?.slotResults.pop();
      },
    ],
  ])("with %s changed fails", (_, change) => {
    const checks = verifyCanary([commitment], [opening], changed(result, change));
    expect(checks.every(({ holds }) => holds)).toBe(false);
  });

  test("that leaves a committed secret out of the correction fails", () => {
    const later = commitSecret(minted(14), {
      committedAt: "2026-05-01T00:00:00.000Z",
      previous: [commitment],
      witness: null,
    });
    const failed = verifyCanary([commitment, later], [opening], result).filter(({ holds }) => !holds);
    expect(failed).toMatchObject([{ detail: "the result counts 1 secrets, and 2 were committed" }]);
  });
});

describe("assigning", () => {
  const { sealed } = minted(21, { share: 0.3 });
  const [slot] = sealed.slots;
  const trigger = slot?.trigger[0] ?? "";

  test("the same request always gets the same, and it is the planted variant", () => {
    const served = Array.from({ length: 400 }, (_, id) =>
      assignVariant(sealed, { id: `r${id}`, text: `Please: ${trigger.toUpperCase()}!` }),
    );
    expect(served).toEqual(
      Array.from({ length: 400 }, (_, id) =>
        assignVariant(sealed, { id: `r${id}`, text: `Please: ${trigger.toUpperCase()}!` }),
      ),
    );
    const own = served.flatMap(({ assignment }) => (assignment?.slot === slot?.id ? [assignment] : []));
    const value = slot?.variants[slot.planted]?.value ?? "";
    expect(new Set(own.map((one) => one?.variant))).toEqual(new Set([value]));
    expect(own[0]?.instruction).toContain(value);
    // Binomial(400, 0.3), within four standard deviations.
    expect(own.length).toBeGreaterThan(120 - 37);
    expect(own.length).toBeLessThan(120 + 37);
  });

  test("another key chooses other requests; words inside words are no trigger", () => {
    const chosen = (key: string) =>
      Array.from(
        { length: 60 },
        (_, id) => assignVariant({ ...sealed, key }, { id: `${id}`, text: trigger }).reason,
      ).join();
    expect(chosen(sealed.key)).not.toBe(chosen("6".repeat(64)));
    const inside = assignVariant({ ...sealed, share: 1 }, { id: "1", text: `x${trigger}x` });
    expect(inside).toEqual({ assignment: null, reason: "no-trigger" });
  });
});

describe("finding the test prompts in a run", () => {
  const suite = canarySuite(secret.sealed);

  test("by the canary's own probe, else by the same words", () => {
    const imported = suite.probes.map((probe, index) => ({
      ...probe,
      id: `p${index}`,
      family: "imported",
      params: {},
      answer: { kind: "free" as const, examples: [] },
    }));
    const asked = canaryProbes({ suites: [{ ...suite, name: "imported", probes: imported }] }, secret.sealed);
    expect([...asked.values()].sort()).toEqual(secret.sealed.slots.map(({ id }) => id).sort());
    const both = canaryProbes({ suites: [{ ...suite, probes: imported }, suite] }, secret.sealed);
    expect(new Set(both.keys())).toEqual(new Set(suite.probes.map(probeHash)));
    const otherwise = imported.map((probe) => ({
      ...probe,
      messages: [{ role: "user" as const, content: "Hello?" }],
    }));
    expect(canaryProbes({ suites: [{ ...suite, probes: otherwise }] }, secret.sealed).size).toBe(0);
  });

  test("an answer that ran into the token limit is read; a refusal is a sample, another wording is not", () => {
    const sample = { probeHash: "h", wording: 0, outcome: "ok" as const, text: "t" };
    const samples = slotSamples(
      [
        { ...sample, index: 1, text: "second" },
        { ...sample, index: 0, outcome: "refused", text: "no" },
        { ...sample, index: 0, wording: 1, text: "worded otherwise" },
        { ...sample, index: 2, probeHash: "other", text: "else" },
        { ...sample, index: 3, outcome: "truncated", text: "cut" },
      ],
      new Map([["h", "slot"]]),
    );
    expect(samples).toEqual(new Map([["slot", [null, "second", "cut"]]]));
  });
});
