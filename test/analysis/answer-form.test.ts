import { describe, expect, it } from "vitest";
import { createFormCollector, formCaveats } from "../../src/analysis/answer-form.ts";
import { caveatSchema } from "../../src/schema/analysis.ts";
import { type Random, seededRandom } from "../../src/schema/random.ts";

/** Answers of one model to 60 prompts; models differ in how much markup and how many open ends they have. */
function answersOf(random: Random): string[] {
  const marked = 0.2 + 0.3 * random();
  const open = 0.2 * random();
  return Array.from({ length: 60 }, () => {
    const words = 8 + Math.floor(30 * random());
    const text = `The ${Array.from({ length: words }, () => "word".slice(0, 2 + Math.floor(3 * random()))).join(" ")}`;
    return `${random() < marked ? "- " : ""}${text}${random() < open ? "" : "."}`;
  });
}

function caveats(
  change: { suspect?: (text: string) => string; reference?: (text: string) => string },
  seed = 1,
) {
  const random = seededRandom(seed);
  const forms = createFormCollector();
  const names = ["suspect", "reference", ...Array.from({ length: 10 }, (_, i) => `control ${i}`)];
  for (const name of names) {
    const edit = change[name as "suspect" | "reference"] ?? ((text: string) => text);
    forms.add({ answers: new Map([[name, answersOf(random).map(edit)]]) });
  }
  const [suspect = "", reference = "", ...controls] = names;
  return formCaveats(
    { name: suspect, form: forms.of(suspect) },
    { name: reference, form: forms.of(reference) },
    controls.map(forms.of),
  );
}

const lower = (text: string) => text.toLowerCase();

describe("form of answers", () => {
  it("is what the texts have", () => {
    const forms = createFormCollector();
    forms.add({ answers: new Map([["m", ["Yes.", "no", "- a list", "42!"]]]) });
    forms.add({
      answers: new Map([["m", [`${"x".repeat(100)}`, `${"x".repeat(100)}`, `Y${"y".repeat(48)}.`]]]),
    });
    expect(forms.of("m")).toEqual({
      answers: 7,
      capital: 2 / 6,
      markup: 1 / 7,
      unfinished: 4 / 7,
      longest: 2 / 3,
      length: 8,
    });
    expect(forms.of("nobody")).toBeNull();
  });

  it.each([
    ["lower-cased", lower, /suspect 0 % begin with a capital/],
    ["cut", (text: string) => text.slice(0, 45), /greatest length/],
    ["of three words", (text: string) => `${text.split(" ").slice(0, 3).join(" ")}.`, /half have at most/],
    ["all marked up", (text: string) => `## ${text}`, /100 % use markup/],
  ])("a suspect whose answers are %s is told", (_, suspect, words) => {
    const [caveat, ...more] = caveats({ suspect });
    expect(more).toEqual([]);
    expect(caveatSchema.parse(caveat).code).toBe("unlike-format");
    expect(caveat?.message).toMatch(words);
    expect(caveat?.message).toContain("hides a resemblance");
  });

  it("a form that suspect and reference share is told as one", () => {
    const [caveat] = caveats({ suspect: lower, reference: lower });
    expect(caveat?.message).toContain("resemblance may be of form alone");
    expect(caveats({ suspect: lower, reference: (text) => `## ${text}` })[0]?.message).not.toContain(
      "form alone",
    );
  });

  it("says nothing of models that differ as controls do", () => {
    const silent = Array.from({ length: 200 }, (_, seed) => caveats({}, seed + 10)).filter(
      (list) => list.length === 0,
    );
    expect(silent.length).toBeGreaterThanOrEqual(196);
  });

  it("says nothing with too few controls, without answers, or in a script without case", () => {
    const forms = createFormCollector();
    for (const name of ["s", "r", "a", "b", "c"])
      forms.add({ answers: new Map([[name, ["你好。", "是。"]]]) });
    const named = (name: string) => ({ name, form: forms.of(name) });
    expect(formCaveats(named("s"), named("r"), ["a", "b", "c"].map(forms.of))).toEqual([]);
    expect(formCaveats(named("s"), named("r"), [forms.of("a"), null, null])).toEqual([]);
    expect(formCaveats(named("nobody"), named("r"), ["a", "b", "c"].map(forms.of))).toEqual([]);
  });
});
