import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { commitSecret } from "../../src/canary/commit.ts";
import { commitGreenList, revealGreenList } from "../../src/canary/green-list/commit-green-list.ts";
import { greenListEvidence } from "../../src/canary/green-list/green-evidence.ts";
import { greenRewrite } from "../../src/canary/green-list/green-rewrite.ts";
import { createGreenDraw } from "../../src/canary/green-list/green-side.ts";
import { greenSuite } from "../../src/canary/green-list/green-suite.ts";
import { greenTexts, shownTexts } from "../../src/canary/green-list/green-texts.ts";
import { mintGreenList } from "../../src/canary/green-list/mint-green-list.ts";
import { parseGreenList } from "../../src/canary/green-list/parse-green-list.ts";
import { countChoices, scoreChoices } from "../../src/canary/green-list/score-green-list.ts";
import { parseGreenCommitment, parseGreenOpening, parseGreenSecret } from "../../src/canary/parse-record.ts";
import { testSuspect } from "../../src/canary/test-suspect.ts";
import { verifyCanary } from "../../src/canary/verify.ts";
import { InsufficientDataError, SchemaError, UsageError } from "../../src/errors.ts";
import type { CanaryResult } from "../../src/schema/canary.ts";
import type { CountedChoice, GreenSecret } from "../../src/schema/green-list.ts";
import { probeHash } from "../../src/schema/identity.ts";
import { seededRandom } from "../../src/schema/random.ts";
import { binomialUpperTail } from "../../src/stats/binomial-upper-tail.ts";
import reference from "../fixtures/canary/green-tails.json" with { type: "json" };
import { answersAt, minted, seededBytes } from "./minted.ts";

const shippedFile = readFileSync(join(import.meta.dirname, "../../canaries/green-list.yaml"), "utf8");
const shipped = parseGreenList(shippedFile, "green-list.yaml");
const at = "2026-01-02T03:04:05.000Z";
const head = "0".repeat(64);

const mintedGreen = (seed: number, contextWidth = 1): GreenSecret =>
  mintGreenList(shipped, {
    name: "words",
    contextWidth,
    level: 0.01,
    samplesPerPrompt: 2,
    randomBytes: seededBytes(seed),
  });
const secret = mintedGreen(1);
const commitment = commitGreenList(secret, { committedAt: at, previous: [], witness: null });
const opening = revealGreenList(secret, commitment);

/** A text of so many choices, each after a word of its own; the first word of a pair with probability `first`. */
function writing(choices: number, random: () => number, first = 0.5): string {
  return Array.from({ length: choices }, (_, index) => {
    const pair = shipped.pairs[index % 12]?.words ?? ["", ""];
    return `w${index} ${random() < first ? pair[0] : pair[1]}.`;
  }).join(" ");
}

/** So many choices of which the key likes so many. */
function choicesWith(count: number, green: number, { sealed }: GreenSecret): CountedChoice[] {
  const draw = createGreenDraw(sealed.key);
  return Array.from({ length: count }, (_, index) => {
    const context = `c${index}`;
    const words = sealed.pairs[0] ?? { words: ["", ""] as [string, string] };
    const side = draw(context, words).green;
    return { context, pair: 0, chosen: index < green ? side : side === 0 ? 1 : 0 };
  });
}

describe("reference values", () => {
  test.each(reference.tails)("$green green of $choices choices", ({ choices, green, p }) => {
    const score = scoreChoices(choicesWith(choices, green, secret), secret.sealed);
    expect(score).toMatchObject({ choices, green });
    expect(score.pValue / p).toBeCloseTo(1, 9);
  });
});

describe("under the null", () => {
  // A suspect with one taste for each pair, whatever comes before: popular words do not matter, the key does.
  test.each([{ choices: 9 }, { choices: 60 }, { choices: 251 }])(
    "p is uniform on its steps over keys, for $choices choices of one taste",
    ({ choices }) => {
      const counted = countChoices([writing(choices, seededRandom(3), 1)], secret.sealed);
      expect(counted).toHaveLength(choices);
      const draws = 250;
      const p = Array.from(
        { length: draws },
        (_, seed) => scoreChoices(counted, { ...secret.sealed, key: mintedGreen(seed).sealed.key }).pValue,
      );
      for (let green = 1; green <= choices; green++) {
        const step = binomialUpperTail(green, choices, 1 / 2);
        const share = p.filter((value) => value <= step * (1 + 1e-9)).length / draws;
        expect(Math.abs(share - step)).toBeLessThan(4 * Math.sqrt((step * (1 - step)) / draws) + 1 / draws);
      }
    },
  );

  test("one turn of phrase, however often it is said, is one choice", () => {
    const said = Array.from({ length: 300 }, () => "It is a big house.");
    const counted = countChoices(said, secret.sealed);
    expect(counted).toEqual([
      { context: "a", pair: shipped.pairs.findIndex(({ words }) => words[0] === "big"), chosen: 0 },
    ]);
    expect(scoreChoices(counted, secret.sealed).pValue).toBeGreaterThanOrEqual(0.5);
  });

  test("said both ways the more frequent one counts, and as often counts as none", () => {
    const chosen = (...texts: string[]) => countChoices(texts, secret.sealed).map((one) => one.chosen);
    expect(chosen("a large dog", "a large cat", "a big fish")).toEqual([1]);
    expect(chosen("a large dog", "a big fish")).toEqual([]);
  });

  test("what stood in a prompt was perhaps copied, and does not count", () => {
    const counted = countChoices(["She often slept. He often ate."], secret.sealed, {
      prompts: ["Why did he often eat?", "Did she frequently sleep?"],
    });
    expect(counted).toEqual([]);
  });
});

test("power: a writer of whose choices a fifth follows the key is found as often as the binomial says", () => {
  const random = seededRandom(8);
  const needed = Array.from({ length: 201 }, (_, green) => green).find(
    (green) => binomialUpperTail(green, 200, 1 / 2) <= 0.01,
  );
  const power = binomialUpperTail(needed ?? 201, 200, 0.6);
  let found = 0;
  for (let seed = 0; seed < 200; seed++) {
    const own = mintedGreen(seed);
    const text = writing(200, random)
      .split(". ")
      .map((part) => (random() < 0.2 ? greenRewrite(part, own) : part));
    // Each part was rewritten knowing its own words alone, as its context is.
    if (scoreChoices(countChoices([text.join(". ")], own.sealed), own.sealed).pValue <= 0.01) found++;
  }
  expect(power).toBeGreaterThan(0.5);
  expect(Math.abs(found / 200 - power)).toBeLessThan(4 * Math.sqrt((power * (1 - power)) / 200));
});

describe("the whole test", () => {
  const random = seededRandom(9);
  const plain = writing(300, random);
  const taught = greenRewrite(plain, secret);
  const green = { opening, scope: "committed-prompts" as const, prompts: [], suspect: [taught] };

  test("finds the key alone: not other keys, not a control's text", () => {
    const controls = [{ name: "calm", texts: [plain] }];
    const { greenTests } = testSuspect("s", [], {
      transcriptHead: head,
      greenLists: [{ ...green, controls }],
    });
    const [found] = greenTests ?? [];
    expect(found).toMatchObject({ choices: 300, green: 300, answers: 1, level: 0.01 });
    expect(found?.pValue).toBeLessThan(1e-80);
    expect(Math.max(...(found?.otherKeys ?? [300]))).toBeLessThan(195);
    expect(found?.controls[0]?.pValue).toBeGreaterThan(0.001);
  });

  test("is corrected together with secrets of slots", () => {
    const slots = minted(5);
    const slotCommitment = commitSecret(slots, { committedAt: at, previous: [commitment], witness: null });
    expect(slotCommitment.previous).toEqual([commitment.hash]);
    const slotOpening = {
      schemaVersion: 1 as const,
      kind: "canary-opening" as const,
      salt: slots.salt,
      committedAt: at,
      previous: [commitment.hash],
      sealed: slots.sealed,
    };
    const suspect = answersAt(slots.sealed, (slot) => (slot < 5 ? 0 : 1));
    const both = testSuspect("s", [{ opening: slotOpening, suspect, controls: [] }], {
      transcriptHead: head,
      greenLists: [{ ...green, controls: [] }],
    });
    expect(both.secretsCommitted).toBe(2);
    expect(both.greenTests?.[0]?.adjustedPValue).toBe(2 * (both.greenTests?.[0]?.pValue ?? 0));
    expect(both.tests[0]?.adjustedPValue).toBe(both.tests[0]?.pValue);
    const result: CanaryResult = {
      schemaVersion: 1,
      kind: "canary-result",
      congenerVersion: "1",
      createdAt: at,
      run: "r",
      suspects: [JSON.parse(JSON.stringify(both)) as typeof both],
    };
    const checked = (changed: CanaryResult) =>
      verifyCanary([commitment, slotCommitment], [opening, slotOpening], changed).map(({ holds }) => holds);
    expect(checked(result)).toEqual([true, true, true, true, true]);
    const counted = result.suspects[0]?.greenTests?.[0]?.counted ?? [];
    for (const tampered of [
      { green: 299 },
      { pValue: 0.5 },
      { adjustedPValue: 1e-9 },
      { counted: [...counted, counted[0]] },
      { counted: counted.slice(1) },
      { counted: undefined },
      { otherKeys: [] },
      { answersCommitted: 1 },
    ]) {
      const copy = JSON.parse(JSON.stringify(result)) as CanaryResult;
      Object.assign(copy.suspects[0]?.greenTests?.[0] ?? {}, tampered);
      expect(checked(copy)).toContain(false);
    }
  });

  test("says that fewer answers are read than were committed to", () => {
    const read = (count: number) =>
      testSuspect("s", [], {
        transcriptHead: head,
        greenLists: [
          { ...green, suspect: [taught, ...new Array<string>(count - 1).fill("No.")], controls: [] },
        ],
      });
    const committed = secret.sealed.prompts.length * 2;
    const [test] = read(3).greenTests ?? [];
    expect(test).toMatchObject({ answers: 3, answersCommitted: committed });
    const codes = (count: number) => greenListEvidence(read(count))[0]?.caveats.map(({ code }) => code);
    expect(codes(3)).toContain("green-list-incomplete");
    expect(codes(committed)).not.toContain("green-list-incomplete");
  });

  test("gives a line of evidence, with a control that has seen the key named", () => {
    const leaky = { name: "leaky", texts: [taught] };
    const [line] = greenListEvidence(
      testSuspect("imitator", [], {
        transcriptHead: head,
        greenLists: [{ ...green, scope: "all-answers", controls: [leaky] }],
      }),
    );
    expect(line).toMatchObject({ line: "green-list", statistic: 300, n: 300, effect: 1 });
    expect(line?.caveats.map(({ code }) => code)).toEqual([
      "canary-exposure",
      "green-list-prompts",
      "canary-control-hits",
    ]);
    for (const value of [line?.statistic, line?.effect, line?.pValue, ...(line?.interval ?? [])])
      expect(Number.isFinite(value)).toBe(true);
  });

  test("a text without a word of the list cannot be tested; one choice proves nothing", () => {
    const tested = (text: string) =>
      testSuspect("s", [], {
        transcriptHead: head,
        greenLists: [{ ...green, suspect: [text], controls: [] }],
      });
    for (const text of ["", "Nothing here.", "```\noften\n```"])
      expect(() => tested(text)).toThrow(InsufficientDataError);
    const [one] = tested("Often.").greenTests ?? [];
    expect(one?.choices).toBe(1);
    expect(one?.pValue).toBeGreaterThanOrEqual(0.5);
    expect(one?.pValue).toBeLessThanOrEqual(1);
    const silent = testSuspect("s", [], {
      transcriptHead: head,
      greenLists: [{ ...green, controls: [{ name: "silent", texts: ["No."] }] }],
    });
    expect(silent.greenTests?.[0]?.controls[0]).toMatchObject({ choices: 0, green: 0, pValue: 1 });
  });
});

describe("commitment and opening", () => {
  test("tell nothing of the key before, and open after", () => {
    const text = JSON.stringify(commitment);
    expect(text).not.toContain(secret.sealed.key);
    expect(text).not.toContain(secret.salt);
    expect(JSON.stringify(greenSuite(secret.sealed))).not.toContain(secret.sealed.key);
    expect(parseGreenCommitment(text, "c")).toEqual(commitment);
    expect(parseGreenOpening(JSON.stringify(opening), "o")).toEqual(opening);
    expect(verifyCanary([commitment], [opening], null)).toMatchObject([{ holds: true }]);
  });

  test.each([
    ["key", { key: "4".repeat(64) }],
    ["list", { pairs: secret.sealed.pairs.slice(1) }],
    ["context width", { contextWidth: 2 }],
    ["test prompts", { prompts: secret.sealed.prompts.slice(1) }],
    ["level", { level: 0.05 }],
    ["samples", { samplesPerPrompt: 9 }],
  ])("fix the %s", (_, change) => {
    const other = { ...secret, sealed: { ...secret.sealed, ...change } };
    expect(() => revealGreenList(other, commitment)).toThrow(SchemaError);
    const [check] = verifyCanary([commitment], [{ ...opening, sealed: other.sealed }], null);
    expect(check?.holds).toBe(false);
  });

  test("a damaged secret is named without being quoted", () => {
    const damaged = JSON.stringify({ ...secret, sealed: { ...secret.sealed, level: 2 } });
    expect(() => parseGreenSecret(damaged, "s.json")).toThrow(
      /s\.json does not fit its schema at sealed\.level/,
    );
    const [first] = secret.sealed.pairs;
    const twice = { ...secret, sealed: { ...secret.sealed, pairs: [first, first] } };
    expect(() => parseGreenSecret(JSON.stringify(twice), "s.json")).toThrow(/each word and each prompt once/);
    expect(() => parseGreenOpening(JSON.stringify(secret), "s.json")).toThrow(
      /a canary-green-secret: expected/,
    );
  });
});

describe("lists", () => {
  test("the one that ships has each word once, and prompts that draw free text", () => {
    expect(shipped.pairs.length).toBeGreaterThan(100);
    expect(shipped.prompts.length).toBeGreaterThanOrEqual(40);
  });

  const file = (pairs: string) => `name: mine\nversion: "1"\nprompts: ["Write."]\npairs:\n${pairs}`;
  test.each<[string, string, RegExp]>([
    ["a word twice", "  - words: [big, large]\n  - words: [large, huge]\n", /l\.yaml:6: "large" stands in/],
    ["a pair of one word with itself", "  - words: [big, big]\n", /l\.yaml:5: "big" stands in/],
    ["two words in one", "  - words: [a lot, much]\n", /l\.yaml:5: "a lot" is not one word/],
    ["capitals", "  - words: [Big, large]\n", /l\.yaml:5: "Big" is not one word in lower case/],
    ["an article", "  - words: [an, one]\n", /l\.yaml:5: "an" is an article/],
    ["three words", "  - words: [big, large, huge]\n", /l\.yaml:5: pairs\.0\.words/],
    ["an unknown field", "  - words: [big, large]\n    unless: [x]\n", /l\.yaml:5: pairs\.0/],
    ["broken YAML", "  - words: [\n", /l\.yaml:\d+: not valid YAML/],
  ])("%s is refused with its line", (_, pairs, message) => {
    expect(() => parseGreenList(file(pairs), "l.yaml")).toThrow(UsageError);
    expect(() => parseGreenList(file(pairs), "l.yaml")).toThrow(message);
  });
});

test("the committed number of samples of the committed prompts is read, or all", () => {
  const suite = greenSuite(secret.sealed);
  const [probe] = suite.probes;
  if (probe === undefined) throw new Error("no probe");
  const other = {
    ...probe,
    id: "else",
    messages: [{ role: "user" as const, content: "A prompt of another kind?" }],
  };
  const manifest = { suites: [{ ...suite, probes: [{ ...probe, id: "imported" }, other] }] } as never;
  const hashes = [{ ...probe, id: "imported" }, other].map(probeHash);
  const samples = [0, 1, 2].flatMap((index) =>
    hashes.map((probeHash, place) => ({ probeHash, wording: 0, index, text: `${place}-${index}` })),
  );
  expect(greenTexts(samples, manifest, secret.sealed)).toEqual(["0-0", "0-1"]);
  expect(greenTexts(samples, manifest, null)).toHaveLength(6);
  expect(shownTexts(manifest)).toContain("A prompt of another kind?");
});
