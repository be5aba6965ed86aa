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
      `${file} is ${typeof got === "string" && /^canary-[a-z]{1,20}$/.test(got) ? `a ${got}` : "no canary file"}: expected a ${kind}`,
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

/** A commitment's text, checked by itself. @throws SchemaError */
export function parseCommitment(text: string, file: string): CanaryCommitment {
  const commitment = parseRecord(text, file, commitmentSchema, "canary-commitment");
  if (commitment.secretsCommitted !== commitment.previous.length + 1)
    throw new SchemaError(
      "canary.commitment",
      `${file} was changed: it says ${commitment.secretsCommitted} secrets and names ${commitment.previous.length} earlier ones; take the file that was published`,
    );
  return commitment;
}

/** A result file's text, checked by itself. @throws SchemaError */
export function parseResult(text: string, file: string): CanaryResult {
  return parseRecord(text, file, canaryResultSchema, "canary-result");
}
