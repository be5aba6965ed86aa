import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** A reference, a suspect and the three controls that a comparison needs at least. */
export const smallStudyModels = ["ref", "sus", "c1", "c2", "c3"];

/** Writes `congener.yaml` and `suite.yaml` with probes `p0`, `p1` ... that ask `Question 0?`, `Question 1?` ... */
export function writeSmallStudy(
  folder: string,
  origin: string,
  options: {
    readonly probes?: number;
    readonly samples?: number;
    /** In YAML. */
    readonly limits?: string;
    /** Further keys of every target, in YAML. */
    readonly target?: string;
  } = {},
): void {
  const suite = Array.from(
    { length: options.probes ?? 4 },
    (_, i) =>
      `  - { id: p${i}, family: naming, why: test, messages: [{ role: user, content: "Question ${i}?" }] }`,
  );
  const further = options.target === undefined ? "" : `, ${options.target}`;
  const targets = smallStudyModels.map(
    (name) =>
      `  ${name}: { api: openai, baseURL: "${origin}/v1", model: ${name}, family: lab-${name}${further} }`,
  );
  writeFileSync(
    join(folder, "suite.yaml"),
    ["name: suite", 'version: "1"', "probes:", ...suite, ""].join("\n"),
  );
  writeFileSync(
    join(folder, "congener.yaml"),
    [
      "name: study",
      "reference: ref",
      "suspects: [sus]",
      "controls: [c1, c2, c3]",
      "suites: [./suite.yaml]",
      `samples: ${options.samples ?? 2}`,
      `limits: ${options.limits ?? "{ concurrency: 4, retryMinutes: 1 }"}`,
      "targets:",
      ...targets,
      "",
    ].join("\n"),
  );
}
