import { extractAnswer } from "../extract/extract-answer.ts";
import type { Probe } from "../schema/probe.ts";
import type { LintFinding } from "./finding.ts";
import { nearDuplicates, promptKey } from "./near-duplicates.ts";
import type { ParsedSuiteFile } from "./parse-suite-file.ts";
import { probeProblems } from "./probe-problems.ts";
import { promptRules } from "./prompt-rules.ts";
import { promptText } from "./prompt-text.ts";

interface Placed {
  readonly probe: Probe;
  readonly suite: string;
  readonly file: string;
  readonly line: number;
}
type Draft = Pick<LintFinding, "severity" | "rule" | "message">;

const error = (rule: string, message: string): Draft => ({ severity: "error", rule, message });
const warning = (rule: string, message: string): Draft => ({ severity: "warning", rule, message });

function wordings(probe: Probe): string[] {
  const others = probe.paraphrases.map((other) =>
    promptText(typeof other === "string" ? { prefix: other } : { messages: other }),
  );
  return [promptText(probe), ...others];
}

function exampleFindings({ answer, language }: Probe): Draft[] {
  if (answer.kind === "free")
    return answer.examples.length > 0
      ? [warning("free-examples", "has examples but a free answer has no category")]
      : [];
  if (answer.examples.length === 0)
    return [warning("no-examples", `has no examples, so nothing shows that its ${answer.kind} can be read`)];
  return answer.examples.flatMap(([text, value]) => {
    const expected = value === null ? null : String(value);
    const got = extractAnswer(text, answer, language);
    return got === expected
      ? []
      : [
          error(
            "example",
            `reads ${JSON.stringify(text.slice(0, 80))} as ${JSON.stringify(got)}; its example expects ${JSON.stringify(expected)}`,
          ),
        ];
  });
}

function probeFindings(probe: Probe): Draft[] {
  const drafts = probeProblems(probe).map(({ rule, message }) => error(rule, message));
  if (probe.why.trim() === "")
    drafts.push(error("no-why", "does not say why it is telling; add a sentence under why"));
  const last = probe.messages?.at(-1);
  if (last !== undefined && last.role !== "user")
    drafts.push(warning("last-message", `ends with a message of the ${last.role}; several APIs refuse that`));
  if (!drafts.some(({ rule }) => rule === "pattern")) drafts.push(...exampleFindings(probe));
  for (const text of wordings(probe))
    for (const { rule, severity, pattern, reason } of promptRules)
      if (pattern.test(text))
        drafts.push({ severity, rule, message: `${reason}: "${pattern.exec(text)?.[0] ?? ""}"` });
  return drafts;
}

const place = ({ file, line }: Placed): string => `${file}:${line}`;

/** Ids used twice in one suite, or with other text in another suite. */
function idFindings(placed: readonly Placed[]): [Placed, Draft][] {
  const found: [Placed, Draft][] = [];
  const first = new Map<string, Placed>();
  for (const entry of placed) {
    const other = first.get(entry.probe.id);
    if (other === undefined) first.set(entry.probe.id, entry);
    else if (other.suite === entry.suite)
      found.push([
        entry,
        error("duplicate-id", `id is used twice in suite ${entry.suite}, first at ${place(other)}`),
      ]);
    else if (promptText(other.probe) !== promptText(entry.probe))
      found.push([
        entry,
        error(
          "id-reused",
          `id has other text in suite ${other.suite} (${place(other)}); ids mean one question everywhere`,
        ),
      ]);
  }
  return found;
}

/** Prompts asked twice, word for word or nearly, within one suite. */
function promptFindings(placed: readonly Placed[]): [Placed, Draft][] {
  const found: [Placed, Draft][] = [];
  const first = new Map<string, Placed>();
  const distinct: Placed[] = [];
  for (const entry of placed) {
    const key = promptKey(promptText(entry.probe));
    const other = first.get(key);
    if (key === "") continue;
    if (other === undefined) {
      first.set(key, entry);
      distinct.push(entry);
    } else if (other.probe.id !== entry.probe.id)
      found.push([
        entry,
        error("duplicate-prompt", `asks the same as "${other.probe.id}" (${place(other)})`),
      ]);
  }
  for (const [earlier, later] of nearDuplicates(distinct.map(({ probe }) => promptText(probe)))) {
    const [other, entry] = [distinct[earlier], distinct[later]];
    if (other !== undefined && entry !== undefined)
      found.push([
        entry,
        warning("near-duplicate-prompt", `asks nearly the same as "${other.probe.id}" (${place(other)})`),
      ]);
  }
  return found;
}

/**
 * What is wrong or doubtful in suite files that are used together: ids, prompts, reasons, extractors that fail on their
 * own examples, patterns that do not compile, harmful and leading prompts.
 * @param files - parsed files; files of equal name and version are one suite
 * @returns findings by file and line; empty when all is well
 */
export function lintSuite(files: readonly ParsedSuiteFile[]): LintFinding[] {
  const placed: Placed[] = files.flatMap((file) =>
    file.probes.map((probe, index) => ({
      probe,
      suite: `${file.name} ${file.version}`,
      file: file.file,
      line: file.lines[index] ?? 1,
    })),
  );
  const suites = [...new Set(placed.map(({ suite }) => suite))];
  const found: [Placed, Draft][] = [
    ...placed.flatMap((entry) => probeFindings(entry.probe).map((draft): [Placed, Draft] => [entry, draft])),
    ...idFindings(placed),
    ...suites.flatMap((suite) => promptFindings(placed.filter((entry) => entry.suite === suite))),
  ];
  return found
    .map(([{ file, line, probe }, draft]) => ({ ...draft, file, line, probe: probe.id }))
    .sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
}
