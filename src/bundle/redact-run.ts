import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { dirname } from "node:path";
import { StoreError } from "../errors.ts";
import { statisticVersion } from "../schema/calibration.ts";
import { probeHash } from "../schema/identity.ts";
import type { Manifest } from "../schema/manifest.ts";
import type { Probe } from "../schema/probe.ts";
import { createRepeatDetector, responseIdIn } from "../schema/repeated-response.ts";
import type { Transcript } from "../schema/transcript.ts";
import type { KeyedNames, SampleTexts, WithheldProbe, WithheldSample } from "../schema/withheld-answer.ts";
import { damagedLine } from "../store/json-lines.ts";
import { makeFolder } from "../store/make-folder.ts";
import { readManifest, writeManifest } from "../store/manifest-file.ts";
import { logprobBodyOf, promptText } from "../store/read-answers.ts";
import { verifiedTranscripts } from "../store/read-transcripts.ts";
import { attemptsPath, featuresPath, transcriptPath } from "../store/run-paths.ts";
import { scanFailures } from "../store/scan-transcripts.ts";
import { toStoreError } from "../store/system-error.ts";
import { createEchoCheck } from "./echo-check.ts";
import { keyedNames } from "./keyed-names.ts";
import { hashesAs, redactLine } from "./redact-line.ts";
import { redactManifest } from "./redact-manifest.ts";

/** A probe and its prompt as one text. */
interface AskedProbe {
  readonly probe: Probe;
  readonly prompt: string;
}

/** Turns texts into what the analysis reads of them: `createWithholder` of `analysis/`. */
export type CreateWithholder = (
  reference: { readonly name: string; readonly model: string; readonly lab: string | null } | null,
  keyed: KeyedNames,
) => {
  readonly probe: (asked: AskedProbe) => Omit<WithheldProbe, "hash" | "paraphrases">;
  readonly sample: (asked: AskedProbe, texts: SampleTexts) => Pick<WithheldSample, "answer" | "tokens">;
};

/** A revealed canary, as far as a run's answers are read for it. */
export interface RevealedCanary {
  /** Hash of its commitment. */
  readonly commitment: string;
  /** Content hash of a probe -> id of the slot whose test prompt it asks. */
  readonly slots: ReadonlyMap<string, string>;
  /** The variant that an answer names, or null. */
  readonly read: (slot: string, text: string) => string | null;
}

export interface RedactOptions {
  readonly withhold: CreateWithholder;
  /** 32 random bytes, which never go into the folder; see `newRedactionKey`. */
  readonly key: Buffer;
  /** Reference for whose names claims of identity are read; the manifest's by default. */
  readonly reference?: string | null;
  /** Lab of the reference, where labels say another one than its target. */
  readonly referenceLab?: string | null;
  /** Revealed canaries that the comparison tests; none by default. */
  readonly canaries?: readonly RevealedCanary[];
}

export interface RedactSummary {
  /** Lines in all, and answers among them that features stand for. */
  readonly lines: number;
  readonly answers: number;
  readonly featureBytes: number;
}

/**
 * Writes a run folder without prompts and answers: the manifest without what was asked, transcripts whose texts are
 * replaced by their salted hashes so that the chain still verifies, failed attempts without messages, and
 * `features/<target>.jsonl` with what the analysis reads of each answer. Streams: memory does not grow with the run.
 *
 * @param outDir - absent or empty
 * @throws StoreError for a run that is damaged or redacted already, or where what must stay repeats what was said
 * @see docs/redaction.md
 */
export async function redactRun(
  runDir: string,
  outDir: string,
  options: RedactOptions,
): Promise<RedactSummary> {
  const { key, canaries = [] } = options;
  const manifest = await readManifest(runDir);
  if (manifest.redaction !== undefined)
    throw new StoreError(
      "redact.redacted",
      `${runDir} is redacted already: expected the run it was made of; publish it without --redact`,
    );
  const keyed = keyedNames(key);
  const reference = referenceOf(manifest, options);
  const withholder = options.withhold(reference, keyed);
  const asked = new Map<string, AskedProbe>();
  for (const { probes } of manifest.suites)
    for (const probe of probes) asked.set(probeHash(probe), { probe, prompt: promptText(probe) });

  const redaction = {
    version: 1 as const,
    statisticVersion,
    claimsOf: reference?.name ?? null,
    features: {},
    canaries: canaries.map(({ commitment, slots }) => ({ commitment, slots: Object.fromEntries(slots) })),
  };
  const withhold = (probe: Probe) => withholder.probe({ probe, prompt: promptText(probe) });
  const sums: Record<string, string> = {};
  // First, because it may refuse.
  const redacted = redactManifest(manifest, redaction, { withhold, keyed });
  const summary = { lines: 0, answers: 0, featureBytes: 0 };
  for (const target of manifest.targets) {
    const { name } = target;
    const transcripts = lineWriter(transcriptPath(outDir, name));
    const features = lineWriter(featuresPath(outDir, name));
    const path = transcriptPath(runDir, name);
    const echo = createEchoCheck(path, target.model);
    const isRepeated = createRepeatDetector();
    try {
      let number = 0;
      for await (const { transcript, hash } of verifiedTranscripts(runDir, name)) {
        number++;
        const said = asked.get(transcript.probeHash);
        if (said === undefined) throw damagedLine(path, number, "expected a probe of the manifest");
        const { text, salt, reasoning } = transcript;
        if (typeof text !== "string" || salt === null)
          throw new StoreError(
            "redact.redacted",
            `${path}:${number} is redacted already: expected the run it was made of`,
          );
        echo.add(transcript, number, [
          text,
          ...promptsOf(said.probe),
          ...(typeof reasoning === "string" ? [reasoning] : []),
        ]);
        const line = redactLine(transcript, salt);
        if (!hashesAs(line, hash))
          throw damagedLine(path, number, "its hash changes when it is redacted, which must not be");
        await transcripts.write(line);
        summary.lines++;
        const sample = withheldSample(transcript, text, { said, withholder, canaries, isRepeated });
        if (sample === null) continue;
        if (sample.answer !== undefined) summary.answers++;
        await features.write(sample);
      }
      echo.finish();
    } finally {
      await transcripts.close();
      const { sha256, bytes } = await features.close();
      sums[name] = sha256;
      summary.featureBytes += bytes;
    }
    await redactFailures(runDir, outDir, name);
  }
  await writeManifest(outDir, { ...redacted, redaction: { ...redaction, features: sums } });
  return summary;
}

function referenceOf(manifest: Manifest, options: RedactOptions) {
  const name = options.reference === undefined ? manifest.roles.reference : options.reference;
  const target = manifest.targets.find((one) => one.name === name);
  if (target === undefined) return null;
  const lab = options.referenceLab ?? manifest.labels?.families[target.name] ?? target.lab;
  return { name: target.name, model: target.model, lab };
}

function promptsOf(probe: Probe): string[] {
  const wordings = [probe.messages ?? [], ...probe.paraphrases, probe.prefix ?? ""];
  return wordings
    .flatMap((wording) => (typeof wording === "string" ? wording : wording.map(({ content }) => content)))
    .filter((text) => text !== "");
}

/** What stands for the texts of one line; null where nothing of it is analysed. */
function withheldSample(
  transcript: Transcript,
  text: string,
  context: {
    readonly said: AskedProbe;
    readonly withholder: ReturnType<CreateWithholder>;
    readonly canaries: readonly RevealedCanary[];
    readonly isRepeated: ReturnType<typeof createRepeatDetector>;
  },
): WithheldSample | null {
  const { sampleId, outcome, response, probeHash: hash } = transcript;
  const body = response !== null && "body" in response ? response.body : null;
  const parts = context.withholder.sample(context.said, {
    text: outcome === "ok" ? text : null,
    logprobBody: logprobBodyOf(outcome, body),
  });
  const variants = Object.fromEntries(
    context.canaries.flatMap(({ slots, read }, at) => {
      const slot = slots.get(hash);
      return slot === undefined || (outcome !== "ok" && outcome !== "truncated")
        ? []
        : [[String(at), read(slot, text)]];
    }),
  );
  const repeated = body !== null && outcome !== "filtered" && context.isRepeated(responseIdIn(body), text);
  const sample = {
    sampleId,
    ...parts,
    ...(Object.keys(variants).length === 0 ? {} : { variants }),
    ...(repeated ? { repeated } : {}),
  };
  return Object.keys(sample).length === 1 ? null : sample;
}

/** Messages of errors may quote what was asked, and nothing is computed from them or from request ids. */
async function redactFailures(runDir: string, outDir: string, target: string): Promise<void> {
  let writer: LineWriter | null = null;
  try {
    for await (const failed of scanFailures(runDir, target)) {
      writer ??= lineWriter(attemptsPath(outDir, target));
      const attempts = failed.attempts.map((attempt) => ({ ...attempt, message: null, requestId: null }));
      await writer.write({ ...failed, attempts });
    }
  } finally {
    await writer?.close();
  }
}

/** Writes JSON lines of one file in large pieces. */
interface LineWriter {
  readonly write: (record: unknown) => Promise<void>;
  /** @returns the SHA-256 of the whole file and its length */
  readonly close: () => Promise<{ readonly sha256: string; readonly bytes: number }>;
}

const pieceCharacters = 1 << 20;

/** The file is made when the first piece is written or it is closed, and must not be there before. */
function lineWriter(path: string): LineWriter {
  const sum = createHash("sha256");
  let handle: Awaited<ReturnType<typeof open>> | null = null;
  let waiting: string[] = [];
  let characters = 0;
  let bytes = 0;
  const flush = async () => {
    const piece = Buffer.from(waiting.join(""));
    waiting = [];
    characters = 0;
    sum.update(piece);
    bytes += piece.length;
    try {
      if (handle === null) {
        await makeFolder(dirname(path));
        handle = await open(path, "wx");
      }
      await handle.writeFile(piece);
    } catch (error) {
      throw toStoreError(error, "write", path);
    }
  };
  return {
    write: async (record) => {
      const line = `${JSON.stringify(record)}\n`;
      waiting.push(line);
      characters += line.length;
      if (characters >= pieceCharacters) await flush();
    },
    close: async () => {
      await flush();
      await handle?.close();
      return { sha256: sum.digest("hex"), bytes };
    },
  };
}
