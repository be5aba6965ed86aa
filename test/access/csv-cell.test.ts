import fc from "fast-check";
import { expect, test } from "vitest";
import { csvCell, exactCsvCell } from "../../src/access/csv-cell.ts";

/** The text of a cell, as RFC 4180 has it. */
const read = (cell: string) => (cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell);

test.each([
  ["acct-1", "acct-1", ""],
  ["a, b", '"a, b"', ""],
  ["=1+1", "'=1+1", '"""\\u003d1\\u002b1"""'],
  ["-7", "'-7", '"""\\u002d7"""'],
  ["+7", "'+7", '"""\\u002b7"""'],
  ["@sum", "'@sum", '"""\\u0040sum"""'],
  ["\t=a", "'\\u{0009}=a", '"""\\u0009\\u003da"""'],
  ["\rb", "\\u{000d}b", '"""\\u000db"""'],
  ["x;=a", "x;'=a", '"""x\\u003b\\u003da"""'],
])("%j is harmless, and exact beside it where that changes it", (id, cell, exact) => {
  expect([csvCell(id), exactCsvCell(id)]).toEqual([cell, exact]);
});

test("no id computes in a spreadsheet, whatever it parts cells at, and every id can be had exactly", () => {
  const signs = fc.constantFrom(..."=+-@|%\t\r\n;,'\" ＝﹣a1\u202e\u0000");
  const unit = fc.oneof(signs, fc.string({ unit: "binary", minLength: 1, maxLength: 1 }));
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 12 }), (units) => {
      const id = units.join("");
      const [shown, exact] = [csvCell(id), exactCsvCell(id)];
      for (const cell of [shown, exact])
        for (const part of [read(cell), ...cell.split(/[;\t\r\n]/)])
          expect(part).not.toMatch(/^[\s"]*[=+\-@|%＝＋－＠﹦﹢﹣﹫−⁼⁺⁻\t\r\n]/u);
      expect(exact === "" ? read(shown) : JSON.parse(read(exact))).toBe(id);
    }),
    { seed: 5, numRuns: 2000 },
  );
});
