import fc from "fast-check";
import { expect, test } from "vitest";
import { targetFileName } from "../../src/store/file-name.ts";

test("plain names stay, others get a readable stem and a hash", () => {
  expect(targetFileName("gpt-4.1")).toBe("gpt-4.1");
  expect(targetFileName("CohereForAI/c4ai-command-r")).toMatch(/^CohereForAI_c4ai-command-r~[0-9a-f]{8}$/);
  for (const name of ["con", "aux.v1", "..", ".", ".hidden", "trailing.", "a b", "x".repeat(200), "語", ""])
    expect(targetFileName(name)).toMatch(/~[0-9a-f]{8}$/);
});

test("two names never share a file, whatever the file system makes of case and Unicode form", () => {
  const name = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("GPT", "gpt", "Gpt", "é", "e\u0301", "a/b", "a_b"),
  );
  fc.assert(
    fc.property(name, name, (first, second) => {
      fc.pre(Buffer.from(first).compare(Buffer.from(second)) !== 0);
      const [a, b] = [first, second].map((text) => targetFileName(text).normalize("NFC").toLowerCase());
      expect(a).not.toBe(b);
      expect(a).toMatch(/^[a-z0-9._~-]{1,80}$/);
      expect(a).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)|^\.|\.$/);
    }),
    { seed: 3, numRuns: 500 },
  );
});
