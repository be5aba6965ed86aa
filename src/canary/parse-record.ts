import type { z } from "zod";
import { SchemaError } from "../errors.ts";
import {
  type CanaryCommitment,
  type CanaryOpening,
  type CanaryResult,
  type CanarySecret,
  canaryResultSchema,
  commitmentSchema,
  openingSchema,
  type Sealed,
  secretSchema,
} from "../schema/canary.ts";
import {
  type GreenCommitment,
  type GreenOpening,
  type GreenSealed,
  type GreenSecret,
  greenCommitmentSchema,
  greenOpeningSchema,
  greenSecretSchema,
} from "../schema/green-list.ts";
import { isOneWord } from "./green-list/find-choices.ts";

/**
 * Checks a canary file. Messages name the file and the field and never quote a value: it may be secret.
 * @throws SchemaError when the text is no JSON, another kind of canary file, or does not fit
 */
function parseRecord<T>(text: string, file: string, schema: z.ZodType<T>, kind: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Without its cause: the engine's message quotes the text.
    throw new SchemaError("canary.json", `${file} is damaged: expected JSON; restore it from a copy`);
  }
  const got = (value as { kind?: unknown } | null)?.kind;
  if (got !== kind)
    throw new SchemaError(
      "canary.kind",
      `${file} is ${typeof got === "string" && /^canary-[a-z-]{1,30}$/.test(got) ? `a ${got}` : "no canary file"}: expected a ${kind}`,
    );
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new SchemaError(
    "canary.record",
    `${file} does not fit its schema at ${issue?.path.join(".") || "the top"}: ${issue?.code === "custom" ? issue.message : "expected what schemas/ says"}; restore it from a copy`,
  );
}

function checkSealed(sealed: Sealed, file: string): void {
  const fail = (what: string) =>
    new SchemaError("canary.record", `${file} does not hold together: ${what}; restore it from a copy`);
  const ids = sealed.slots.map(({ id }) => id);
  if (new Set(ids).size !== ids.length) throw fail("a slot occurs twice");
  const { clusters = [] } = sealed;
  if (new Set(clusters).size !== clusters.length) throw fail("a cluster occurs twice");
  for (const { id, variants, planted } of sealed.slots) {
    if (
      variants.length !== sealed.variants ||
      new Set(variants.map(({ value }) => value)).size !== sealed.variants
    )
      throw fail(`slot ${id} has not ${sealed.variants} different variants`);
    if (planted >= sealed.variants) throw fail(`slot ${id} plants a variant that it does not have`);
  }
}

/** A secret file's text, checked. @throws SchemaError */
export function parseSecret(text: string, file: string): CanarySecret {
  const secret = parseRecord(text, file, secretSchema, "canary-secret");
  checkSealed(secret.sealed, file);
  return secret;
}

/** An opening's text, checked. @throws SchemaError */
export function parseOpening(text: string, file: string): CanaryOpening {
  const opening = parseRecord(text, file, openingSchema, "canary-opening");
  checkSealed(opening.sealed, file);
  return opening;
}

function checkGreen({ pairs, prompts }: GreenSealed, file: string): void {
  const words = pairs.flatMap((pair) => pair.words);
  const asked = prompts.map((prompt) => JSON.stringify(prompt));
  if (new Set(words).size !== words.length || !words.every(isOneWord) || new Set(asked).size !== asked.length)
    throw new SchemaError(
      "canary.record",
      `${file} does not hold together: expected each word and each prompt once; restore it from a copy`,
    );
}

/** Whether a file says that it is a green list's: its secret, commitment or opening. */
export const isGreenFile = (text: string): boolean => /"kind"\s*:\s*"canary-green-/.test(text);

/** A green list's secret file, checked. @throws SchemaError */
export function parseGreenSecret(text: string, file: string): GreenSecret {
  const secret = parseRecord(text, file, greenSecretSchema, "canary-green-secret");
  checkGreen(secret.sealed, file);
  return secret;
}

/** A green list's opening, checked. @throws SchemaError */
export function parseGreenOpening(text: string, file: string): GreenOpening {
  const opening = parseRecord(text, file, greenOpeningSchema, "canary-green-opening");
  checkGreen(opening.sealed, file);
  return opening;
}

/** A green list's commitment, checked by itself. @throws SchemaError */
export function parseGreenCommitment(text: string, file: string): GreenCommitment {
  const commitment = parseRecord(text, file, greenCommitmentSchema, "canary-green-commitment");
  checkPrevious(commitment, file);
  return commitment;
}

/** A secret of either kind. @throws SchemaError */
export const parseAnySecret = (text: string, file: string): CanarySecret | GreenSecret =>
  isGreenFile(text) ? parseGreenSecret(text, file) : parseSecret(text, file);

/** An opening of either kind. @throws SchemaError */
export const parseAnyOpening = (text: string, file: string): CanaryOpening | GreenOpening =>
  isGreenFile(text) ? parseGreenOpening(text, file) : parseOpening(text, file);

/** A commitment of either kind. @throws SchemaError */
export const parseAnyCommitment = (text: string, file: string): CanaryCommitment | GreenCommitment =>
  isGreenFile(text) ? parseGreenCommitment(text, file) : parseCommitment(text, file);

/** A commitment's text, checked by itself. @throws SchemaError */
export function parseCommitment(text: string, file: string): CanaryCommitment {
  const commitment = parseRecord(text, file, commitmentSchema, "canary-commitment");
  checkPrevious(commitment, file);
  return commitment;
}

function checkPrevious(
  commitment: Pick<CanaryCommitment, "secretsCommitted" | "previous">,
  file: string,
): void {
  if (commitment.secretsCommitted !== commitment.previous.length + 1)
    throw new SchemaError(
      "canary.commitment",
      `${file} was changed: it says ${commitment.secretsCommitted} secrets and names ${commitment.previous.length} earlier ones; take the file that was published`,
    );
}

/** A result file's text, checked by itself. @throws SchemaError */
export function parseResult(text: string, file: string): CanaryResult {
  return parseRecord(text, file, canaryResultSchema, "canary-result");
}
