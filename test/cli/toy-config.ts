import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** A probe file of three one-line questions in two families. */
const suite = `name: toy
version: "1"
probes:
  - { id: toy.sea, family: sea, messages: [{ role: user, content: "Say a sentence about the sea." }], why: "Free." }
  - { id: toy.fog, family: sea, messages: [{ role: user, content: "Say a sentence about fog." }], why: "Free." }
  - { id: toy.tea, family: tea, messages: [{ role: user, content: "Say a sentence about tea." }], why: "Free." }
`;

/** Names in the order of the configuration: a reference, a suspect, ten controls of their own labs. */
export const toyModels = ["reference", "suspect", ...Array.from({ length: 10 }, (_, i) => `control-${i}`)];

/**
 * Writes `congener.yaml` and `toy.yaml` into a folder and returns the configuration's text.
 * @param edit - changes the text before it is written
 */
export function writeToyConfig(
  folder: string,
  baseURL: string,
  edit: (text: string) => string = (text) => text,
): string {
  const target = (model: string) =>
    `  ${model}: { api: openai, baseURL: "${baseURL}", model: ${model}, family: lab-of-${model}, apiKey: "\${TOY_KEY}" }`;
  const text = edit(
    [
      "name: toy",
      "reference: reference",
      "suspects: [suspect]",
      `controls: [${toyModels.slice(2).join(", ")}]`,
      "suites: [./toy.yaml]",
      "samples: 2",
      "targets:",
      ...toyModels.map(target),
      "",
    ].join("\n"),
  );
  writeFileSync(join(folder, "congener.yaml"), text);
  writeFileSync(join(folder, "toy.yaml"), suite);
  return text;
}
