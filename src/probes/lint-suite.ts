import { extractAnswer } from "../extract/extract-answer.ts";
import type { Probe } from "../schema/probe.ts";
import type { LintFinding } from "./finding.ts";
import { nearDuplicates, promptKey } from "./near-duplicates.ts";
import type { ParsedSuiteFile } from "./parse-suite-file.ts";
import { probeProblems } from "./probe-problems.ts";
import { promptRules } from "./prompt-rules.ts";
import { promptText } from "./prompt-text.ts";
import { textHash } from "./text-hash.ts";

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
  const limit = probe.params.max_tokens;
  if (limit !== undefined && !(Number.isInteger(limit) && Number(limit) > 0))
    drafts.push(
      error(
        "max-tokens",
        `has max_tokens ${JSON.stringify(limit)}; expected a whole number above 0, without quotes`,
      ),
    );
  if (!drafts.some(({ rule }) => rule === "pattern")) drafts.push(...exampleFindings(probe));
  for (const text of wordings(probe))
    for (const { rule, severity, pattern, reason } of promptRules)
      if (pattern.test(text))
        drafts.push({ severity, rule, message: `${reason}: "${pattern.exec(text)?.[0] ?? ""}"` });
  return drafts;
}

const place = ({ file, line }: Placed): string => `${file}:${line}`;

/** Ids used twice in one suite, or with other text in another suite or an earlier version. */
function idFindings(placed: readonly Placed[], { elsewhere, published }: LintContext): [Placed, Draft][] {
  const found: [Placed, Draft][] = [];
  const first = new Map<string, Placed>(
    placedIn(elsewhere ?? []).map((entry) => [
      entry.probe.id,
      { ...entry, suite: `${entry.suite} (shipped)` },
    ]),
  );
  for (const entry of placed) {
    const before = published?.get(entry.probe.id);
    if (before !== undefined && before !== textHash(entry.probe))
      found.push([
        entry,
        error(
          "id-published",
          "id was published with another text; ids mean one question for ever: give this one another",
        ),
      ]);
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

/** Prompts asked twice, word for word (paraphrases too) or nearly, within one suite. */
function promptFindings(placed: readonly Placed[]): [Placed, Draft][] {
  const found: [Placed, Draft][] = [];
  const first = new Map<string, Placed>();
  const distinct = new Set<Placed>(placed);
  for (const entry of placed) {
    const keys = wordings(entry.probe).map(promptKey);
    if (new Set(keys).size < keys.length)
      found.push([
        entry,
        error("same-wording", "has a paraphrase that is no other wording; reword or drop it"),
      ]);
    for (const key of new Set(keys)) {
      const other = first.get(key);
      if (key === "" || other === entry) continue;
      if (other === undefined) first.set(key, entry);
      else if (other.probe.id !== entry.probe.id && distinct.delete(entry))
        found.push([
          entry,
          error("duplicate-prompt", `asks the same as "${other.probe.id}" (${place(other)})`),
        ]);
    }
  }
  const compared = [...distinct];
  for (const [earlier, later] of nearDuplicates(compared.map(({ probe }) => promptText(probe)))) {
    const [other, entry] = [compared[earlier], compared[later]];
    if (other !== undefined && entry !== undefined && other.probe.id !== entry.probe.id)
      found.push([
        entry,
        warning("near-duplicate-prompt", `asks nearly the same as "${other.probe.id}" (${place(other)})`),
      ]);
  }
  return found;
}

/** What a file says of its answers' length, against what its probes allow. */
function budgetFindings(file: ParsedSuiteFile): LintFinding[] {
  const { outputTokenBudget: budget, probes } = file;
  if (budget === undefined) return [];
  const finding = (message: string, line = 1, probe: string | null = null): LintFinding => ({
    ...error("output-tokens", message),
    file: file.file,
    line,
    probe,
  });
  const limits = probes.map(({ params }) => params.max_tokens);
  const unlimited = limits.flatMap((limit, index) =>
    typeof limit === "number"
      ? []
      : finding(
          "has no max_tokens, so nothing bounds its suite's outputTokenBudget",
          file.lines[index],
          probes[index]?.id,
        ),
  );
  const sum = limits.reduce<number>((total, limit) => total + (typeof limit === "number" ? limit : 0), 0);
  return sum <= budget
    ? unlimited
    : [
        ...unlimited,
        finding(`its probes allow ${sum} output tokens at one sample each; outputTokenBudget is ${budget}`),
      ];
}

/** What the files are held against besides themselves. */
export interface LintContext {
  /** Other suites that ids must not contradict; nothing is found in them. */
  readonly elsewhere?: readonly ParsedSuiteFile[];
  /** Text hashes (`textHash`) by id of every probe that was ever shipped. */
  readonly published?: ReadonlyMap<string, string>;
}

/** The probes of files that hold some: those of a selection stand in another file. */
function placedIn(files: readonly ParsedSuiteFile[]): Placed[] {
  return files
    .filter(({ selection }) => selection === null)
    .flatMap((file) =>
      file.probes.map((probe, index) => ({
        probe,
        suite: `${file.name} ${file.version}`,
        file: file.file,
        line: file.lines[index] ?? 1,
      })),
    );
}

/**
 * What is wrong or doubtful in suite files that are used together: ids, prompts, reasons, extractors that fail on their
 * own examples, patterns that do not compile, harmful and leading prompts.
 * @param files - parsed files; files of equal name and version are one suite. Selections are held to their budget only:
 *   give the files that they select from beside them
 * @returns findings by file and line; empty when all is well
 */
export function lintSuite(files: readonly ParsedSuiteFile[], context: LintContext = {}): LintFinding[] {
  const placed = placedIn(files);
  const suites = [...new Set(placed.map(({ suite }) => suite))];
  const found: [Placed, Draft][] = [
    ...placed.flatMap((entry) => probeFindings(entry.probe).map((draft): [Placed, Draft] => [entry, draft])),
    ...idFindings(placed, context),
    ...suites.flatMap((suite) => promptFindings(placed.filter((entry) => entry.suite === suite))),
  ];
  return [
    ...found.map(([{ file, line, probe }, draft]) => ({ ...draft, file, line, probe: probe.id })),
    ...files.flatMap(budgetFindings),
  ].sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
}
