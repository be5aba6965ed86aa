import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { errorText } from "../../src/cli/error-text.ts";
import { exitCodeOf } from "../../src/cli/exit-codes.ts";
import {
  InsufficientDataError,
  ProviderError,
  SchemaError,
  StoreError,
  UsageError,
} from "../../src/errors.ts";
import { visibleText } from "../../src/report/visible-text.ts";

const options = {
  verbose: false,
  version: "congener 9.9.9",
  makeVisible: (text: string) => visibleText(text),
};

test.each([
  [new UsageError("x", "m"), 2],
  [new SchemaError("x", "m"), 2],
  [new StoreError("x", "m"), 2],
  [new InsufficientDataError("x", "m"), 3],
  [new ProviderError("network", "m"), 3],
  [new TypeError("m"), 2],
  ["thrown text", 2],
])("%s ends with its exit code", (error, code) => {
  expect(exitCodeOf(error)).toBe(code);
});

test("an expected error is one line without a stack", () => {
  expect(errorText(new UsageError("x", "no such suite: nope"), options)).toBe(
    "congener: no such suite: nope",
  );
});

test("an error of the file system that the user can mend is one line too", () => {
  const error = thrownBy(() => readFileSync("/does/not/exist"));
  expect(errorText(error, options)).toBe(
    "congener: ENOENT: no such file or directory, open '/does/not/exist'",
  );
});

test("a message cannot steer the terminal or fake a second line", () => {
  const text = errorText(
    new StoreError("x", "model said \u001b[2J\u009b31m\r\ncongener: all is well"),
    options,
  );
  expect(text.split("\n")).toHaveLength(1);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
});

test("with --verbose an expected error shows where it and its cause arose", () => {
  const error = new StoreError("x", "cannot write", { cause: new Error("disk on fire") });
  const text = errorText(error, { ...options, verbose: true });
  expect(text).toContain("error-text.test.ts");
  expect(text).toContain("caused by Error: disk on fire");
});

test("a defect shows its stack, the versions and a request to report it", () => {
  const text = errorText(new TypeError("x is not a function"), options);
  expect(text).toMatch(/^congener: unexpected error: TypeError: x is not a function\n {4}at /);
  expect(text).toMatch(/defect in congener 9\.9\.9\. Please report it/);
});

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
