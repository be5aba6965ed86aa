import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readTranscripts, summarizeTarget } from "../../src/store/read-transcripts.ts";
import { createRun } from "../../src/store/run-writer.ts";
import { createSecretFilter } from "../../src/store/secret-filter.ts";
import { manifestFor, sampleOf, temporaryFolder } from "./run-fixture.ts";

const key = 'sk-live/9f"8+e7d6=c5b4a3';
const forms = [
  key,
  JSON.stringify(key).slice(1, -1),
  key.replaceAll("/", "\\/"),
  encodeURIComponent(key),
  encodeURIComponent(key).toLowerCase(),
  Buffer.from(key).toString("base64"),
  Buffer.from(key).toString("base64url"),
  Buffer.from(`user:${key}`).toString("base64"),
  Buffer.from(key).toString("hex"),
  Buffer.from(key).toString("hex").toUpperCase(),
  key.replaceAll('"', "&quot;"),
  key.replace(/["+=/]/g, (character) => `\\u00${character.charCodeAt(0).toString(16).toUpperCase()}`),
  key.replace(/["+=/]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`),
];

test("a key is replaced in every form, in strings and in keys, and its name is told", () => {
  const filter = createSecretFilter([{ name: "ACME_KEY", value: key }]);
  for (const form of forms) {
    const { value, replaced } = filter.value({ list: [{ [`x ${form}`]: `before ${form} after` }] });
    expect(replaced).toEqual(["ACME_KEY"]);
    expect(JSON.stringify(value)).toContain("[secret:ACME_KEY]");
    expect(JSON.stringify(value)).not.toContain(JSON.stringify(form).slice(1, -1));
  }
});

test("a key is found in base64 at any place of a longer text", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 9 }), fc.string({ maxLength: 9 }), (before, after) => {
      const encoded = Buffer.from(`${before}${key}${after}`).toString("base64");
      const filter = createSecretFilter([{ name: "K", value: key }]);
      expect(filter.value(encoded).replaced).toEqual(["K"]);
    }),
    { seed: 5, numRuns: 200 },
  );
});

test("placeholders shorter than 12 characters are left alone, and other texts are not touched", () => {
  const filter = createSecretFilter([
    { name: "SHORT", value: "ollama" },
    { name: "LONG", value: "abcdefghijklm" },
  ]);
  const value = { text: "ollama abcdefghijkl", list: [1, null, true] };
  expect(filter.value(value)).toEqual({ value, replaced: [] });
});

test("no file of a run holds a key, and the line says what was replaced and still verifies", async () => {
  const dir = join(await temporaryFolder(), "run");
  const manifest = { ...manifestFor(["a"]), name: `run ${key}` };
  const writer = await createRun(dir, manifest, { secrets: [{ name: "ACME_KEY", value: key }] });
  await writer.append(
    sampleOf("a", {
      text: forms.join(" "),
      response: { status: 200, headers: { "x-request-id": key }, body: JSON.stringify({ echo: key }) },
    }),
  );
  const attempt = { ...sampleOf("a").attempts[0], message: `bad key ${key}` } as never;
  await writer.recordFailure({
    suite: "core",
    probe: "p1",
    wording: 0,
    target: "a",
    index: 0,
    attempts: [attempt],
  });
  await writer.setManifest({ ...manifest, status: "complete" });
  await writer.close();
  const names = (await readdir(dir, { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  expect(names.length).toBe(3);
  for (const entry of names) {
    const content = await readFile(join(entry.parentPath, entry.name), "utf8");
    expect(content).toContain("[secret:ACME_KEY]");
    for (const form of forms) {
      expect(content).not.toContain(form);
      expect(content).not.toContain(JSON.stringify(form).slice(1, -1));
    }
  }
  for await (const line of readTranscripts(dir, "a")) expect(line.secretsReplaced).toEqual(["ACME_KEY"]);
  expect((await summarizeTarget(dir, "a")).samples).toBe(1);
});
