import { createHash } from "node:crypto";
import { UsageError } from "../errors.ts";
import { type Probe, probeSchema } from "../schema/probe.ts";
import type { SampleRecord } from "../schema/transcript.ts";
import type { ImportedRow, ImportedSample } from "./imported-sample.ts";

/** Name and version of the suite that imported prompts make up. */
export const importedSuite = { name: "imported", version: "1" } as const;

/** What is in the imported rows, before anything is written. */
export interface Survey {
  /** Model names in order of appearance. */
  readonly models: readonly string[];
  readonly probes: readonly Probe[];
  readonly samples: number;
  /** Rows that repeat an earlier one word for word. */
  readonly repeated: number;
  /** Rows by file, repeated and skipped ones included. */
  readonly rowsByFile: ReadonlyMap<string, number>;
  /** Reason -> rows that hold no answer. */
  readonly skipped: ReadonlyMap<string, number>;
  /** Ids of prompts that came with more than one text; the first one is kept. */
  readonly reworded: ReadonlySet<string>;
}

/** A prompt id in the characters that probe ids have; what they lack becomes `=` and hex, a long id ends in its hash. */
export function probeId(promptId: string): string {
  const plain = promptId.replace(
    /[^A-Za-z0-9._/:|@+=-]/gu,
    (character) => `=${character.codePointAt(0)?.toString(16)}.`,
  );
  const started = /^[A-Za-z0-9]/.test(plain) ? plain : `id-${plain}`;
  if (started.length <= 200) return started;
  return `${started.slice(0, 160)}-${createHash("sha256").update(promptId).digest("hex").slice(0, 32)}`;
}

/** Family of an imported prompt: its id up to the first "/" or "|", else `imported`. */
function familyOf(promptId: string): string {
  const prefix = /^([^/|]+)[/|]/.exec(promptId)?.[1] ?? "";
  return prefix === "" ? "imported" : prefix.slice(0, 80);
}

/** Lone surrogates, which JSON can spell, have no UTF-8 and so no hash. */
const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, "\uFFFD");

function importedProbe({ promptId, prompt }: ImportedSample): Probe {
  const messages = typeof prompt === "string" ? [{ role: "user" as const, content: prompt }] : prompt;
  const asked =
    prompt === ""
      ? { prefix: "" }
      : { messages: messages.map(({ role, content }) => ({ role, content: wellFormed(content) })) };
  return probeSchema.parse({
    id: probeId(promptId),
    // The language of imported prompts is not recorded: "und" is what language tags have for that.
    language: "und",
    family: wellFormed(familyOf(promptId)),
    ...asked,
    why: "Imported; the importer does not know why it was asked.",
  });
}

const digest = (sample: ImportedSample): string =>
  createHash("sha1").update(sample.outcome).update("\0").update(sample.text).digest("base64").slice(0, 16);

/**
 * Reads all rows once: which models and prompts there are, and whether any two rows contradict each other. Memory is some
 * 100 bytes a row, whatever the answers' length.
 * @throws UsageError `import.conflict` naming both rows when one model, prompt and sample has two texts
 */
export async function surveyRows(rows: AsyncIterable<ImportedRow>): Promise<Survey> {
  const seen = new Map<string, Map<string, Map<number, string>>>();
  const probes = new Map<
    string,
    { readonly probe: Probe; readonly promptId: string; readonly key: string }
  >();
  const rowsByFile = new Map<string, number>();
  const skipped = new Map<string, number>();
  const reworded = new Set<string>();
  let samples = 0;
  let repeated = 0;
  const addPrompt = (row: ImportedSample): void => {
    const id = probeId(row.promptId);
    const key = typeof row.prompt === "string" ? row.prompt : JSON.stringify(row.prompt);
    const known = probes.get(id);
    if (known === undefined) probes.set(id, { probe: importedProbe(row), promptId: row.promptId, key });
    else if (known.promptId !== row.promptId)
      throw new UsageError(
        "import.row",
        `${row.place}: prompt ids ${JSON.stringify(known.promptId)} and ${JSON.stringify(row.promptId)} would both become ${id}; rename one`,
      );
    else if (known.key !== key) reworded.add(id);
  };
  for await (const row of rows) {
    rowsByFile.set(row.file, (rowsByFile.get(row.file) ?? 0) + 1);
    if ("skipped" in row) {
      skipped.set(row.skipped, (skipped.get(row.skipped) ?? 0) + 1);
      continue;
    }
    const ofModel = seen.get(row.model) ?? new Map<string, Map<number, string>>();
    seen.set(row.model, ofModel);
    const ofPrompt = ofModel.get(row.promptId) ?? new Map<number, string>();
    ofModel.set(row.promptId, ofPrompt);
    const hash = digest(row);
    const earlier = ofPrompt.get(row.sample);
    if (earlier === undefined) {
      samples++;
      addPrompt(row);
      ofPrompt.set(row.sample, `${hash}${row.place}`);
    } else if (earlier.startsWith(hash)) repeated++;
    else
      throw new UsageError(
        "import.conflict",
        `${row.place}: model "${row.model}", prompt "${row.promptId}", sample ${row.sample} has another answer at ${earlier.slice(hash.length)}; number the samples, or import one of the two`,
      );
  }
  return {
    models: [...seen.keys()],
    probes: [...probes.values()].map(({ probe }) => probe),
    samples,
    repeated,
    rowsByFile,
    skipped,
    reworded,
  };
}

/** An imported answer as the store records it. */
function sampleRecord(row: ImportedSample): SampleRecord {
  return {
    suite: importedSuite.name,
    probe: probeId(row.promptId),
    wording: 0,
    target: row.model,
    index: row.sample,
    request: row.request ?? null,
    attempts: [],
    response: null,
    text: row.text,
    reasoning: row.reasoning ?? null,
    outcome: row.outcome,
    latencyMs: null,
    servedModel: row.servedModel ?? null,
    provider: null,
    systemFingerprint: row.systemFingerprint ?? null,
    finishReason: row.finishReason ?? null,
    usage: row.usage ?? null,
    startedAt: null,
  };
}

/** Records of all rows that hold an answer. */
export async function* sampleRecords(rows: AsyncIterable<ImportedRow>): AsyncGenerator<SampleRecord> {
  for await (const row of rows) if (!("skipped" in row)) yield sampleRecord(row);
}
