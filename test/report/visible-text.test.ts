import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { visibleText } from "../../src/report/visible-text.ts";

const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\u2800\u3164]/u;

describe("visibleText", () => {
  it.each([
    ["bidi override", "a\u202Eb", "a⟨U+202E⟩b"],
    ["bidi isolate", "\u2066x\u2069", "⟨U+2066⟩x⟨U+2069⟩"],
    ["zero width space and joiner", "a\u200Bb\u200Dc", "a⟨U+200B⟩b⟨U+200D⟩c"],
    ["byte order mark", "\uFEFFa", "⟨U+FEFF⟩a"],
    ["ANSI colour", "\u001B[31mred", "⟨U+001B⟩[31mred"],
    ["C1 control", "\u009B31m", "⟨U+009B⟩31m"],
    ["delete and null", "\u007F\0", "⟨U+007F⟩⟨U+0000⟩"],
    ["lone high surrogate", "a\uD800b", "a⟨U+D800⟩b"],
    ["lone low surrogate", "a\uDC00", "a⟨U+DC00⟩"],
    ["line and paragraph separator", "a\u2028b\u2029c", "a⟨U+2028⟩b⟨U+2029⟩c"],
    ["tag characters", "\u{E0041}", "⟨U+E0041⟩"],
    ["Hangul filler and blank braille", "\u3164\u2800", "⟨U+3164⟩⟨U+2800⟩"],
    ["variation selector without a pictograph", "a\uFE0F", "a⟨U+FE0F⟩"],
    ["line break", "a\r\nb\nc\rd", "a⏎b⏎c⟨U+000D⟩d"],
    ["an escape written by the model itself", "⟨U+202E⟩ ⏎", "⟨U+27E8⟩U+202E⟩ ⟨U+23CE⟩"],
  ])("%s", (_name, text, expected) => {
    expect(visibleText(text)).toBe(expected);
  });

  it("leaves ordinary text of any script alone", () => {
    for (const text of ["Grüße, 東京", "שלום", "नमस्ते", "❤️ and 😀", "a − b ≠ c", "e\u0301", "ภาษาไทย"])
      expect(visibleText(text)).toBe(text);
  });

  it("keeps line feeds and tabs when asked, and no carriage return", () => {
    expect(visibleText("a\r\n\tb\rc", { keepLines: true })).toBe("a\n\tb⟨U+000D⟩c");
  });

  it("says how much it cut, and never tears a surrogate pair", () => {
    expect(visibleText("abcdef", { maxLength: 4 })).toBe("abcd… ⟨cut: 2 more⟩");
    expect(visibleText("abc😀", { maxLength: 4 })).toBe("abc… ⟨cut: 2 more⟩");
    expect(visibleText("abcd", { maxLength: 4 })).toBe("abcd");
  });

  it("bounds stacked combining marks", () => {
    expect(visibleText(`z${"\u0301".repeat(50)}`)).toBe(`z${"\u0301".repeat(6)}⟨44 more marks⟩`);
  });

  it("takes a 10 MB line in no time", () => {
    const long = "\u202E".repeat(10_000_000);
    const started = performance.now();
    expect(visibleText(long).length).toBeLessThan(5000);
    expect(performance.now() - started).toBeLessThan(200);
  });

  it("lets nothing unseen through, whatever the text", () => {
    const text = fc.string({ unit: "binary" });
    fc.assert(
      fc.property(text, (value) => {
        const shown = visibleText(value, { maxLength: 10_000 });
        expect(shown).not.toMatch(unseen);
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});
