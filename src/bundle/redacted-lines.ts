import { StoreError } from "../errors.ts";
import { statisticVersion } from "../schema/calibration.ts";
import { probeHash } from "../schema/identity.ts";
import type { Manifest } from "../schema/manifest.ts";
import type { Probe } from "../schema/probe.ts";
import { createRepeatDetector, responseIdIn } from "../schema/repeated-response.ts";
import type { Transcript } from "../schema/transcript.ts";
import type { KeyedNames, SampleTexts, WithheldProbe, WithheldSample } from "../schema/withheld-answer.ts";
import { damagedLine } from "../store/json-lines.ts";
import { logprobBodyOf, promptText } from "../store/read-answers.ts";
import { verifiedTranscripts } from "../store/read-transcripts.ts";
import { transcriptPath } from "../store/run-paths.ts";
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

/** How texts are withheld. */
export interface WithholdOptions {
  readonly withhold: CreateWithholder;
  /** 32 random bytes, which never go into the folder; see `newRedactionKey`. */
  readonly key: Buffer;
  /** Reference for whose names claims of identity are read, and its lab; null for none. */
  readonly claimsOf: { readonly name: string; readonly lab: string | null } | null;
  /** Revealed canaries that the comparison tests. */
  readonly canaries: readonly RevealedCanary[];
}

/** A run as it looks without its texts. */
export interface RedactedView {
  /** @param features - SHA-256 of each features file, by target */
  readonly manifest: (features: Record<string, string>) => Manifest;
  /** The lines of a target with what stands for their texts; null for those of which nothing is analysed. */
  readonly lines: (target: string) => AsyncGenerator<{ line: Transcript; sample: WithheldSample | null }>;
}

/**
 * A run without its prompts and answers, line by line. The same key gives the same lines.
 * @throws StoreError where the run is damaged or redacted already, or where what must stay repeats what was said
 */
export function redactedView(runDir: string, manifest: Manifest, options: WithholdOptions): RedactedView {
  const { claimsOf, canaries } = options;
  if (manifest.redaction !== undefined) throw redactedAlready(runDir);
  const keyed = keyedNames(options.key);
  const reference = manifest.targets.find(({ name }) => name === claimsOf?.name);
  const withholder = options.withhold(
    reference === undefined
      ? null
      : { name: reference.name, model: reference.model, lab: claimsOf?.lab ?? null },
    keyed,
  );
  const asked = new Map<string, AskedProbe>();
  for (const { probes } of manifest.suites)
    for (const probe of probes) asked.set(probeHash(probe), { probe, prompt: promptText(probe) });
  return {
    manifest: (features) =>
      redactManifest(
        manifest,
        {
          version: 1,
          statisticVersion,
          claimsOf: reference?.name ?? null,
          claimsLab: reference === undefined ? null : (claimsOf?.lab ?? null),
          features,
          canaries: canaries.map(({ commitment, slots }) => ({
            commitment,
            slots: Object.fromEntries(slots),
          })),
        },
        { withhold: (probe) => withholder.probe({ probe, prompt: promptText(probe) }), keyed },
      ),
    lines: async function* (target) {
      const path = transcriptPath(runDir, target);
      const model = manifest.targets.find(({ name }) => name === target)?.model ?? "";
      const echo = createEchoCheck(path, model);
      const isRepeated = createRepeatDetector();
      let number = 0;
      for await (const { transcript, hash } of verifiedTranscripts(runDir, target)) {
        number++;
        const said = asked.get(transcript.probeHash);
        if (said === undefined) throw damagedLine(path, number, "expected a probe of the manifest");
        const { text, salt, reasoning } = transcript;
        if (typeof text !== "string" || salt === null) throw redactedAlready(`${path}:${number}`);
        const thoughts = typeof reasoning === "string" ? [reasoning] : [];
        echo.add(transcript, number, [text, ...promptsOf(said.probe), ...thoughts]);
        const line = redactLine(transcript, salt);
        if (!hashesAs(line, hash))
          throw damagedLine(path, number, "its hash changes when it is redacted, which must not be");
        yield { line, sample: withheldSample(transcript, text, { said, withholder, canaries, isRepeated }) };
      }
      echo.finish();
    },
  };
}

const redactedAlready = (what: string) =>
  new StoreError(
    "redact.redacted",
    `${what} is redacted already: expected the run it was made of; publish it without --redact`,
  );

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
