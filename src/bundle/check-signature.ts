import type { KeyObject } from "node:crypto";
import { join } from "node:path";
import { SchemaError } from "../errors.ts";
import { dsseEnvelopeSchema } from "../schema/evidence-bundle.ts";
import { describeIssues } from "../store/record-issues.ts";
import type { BundleCheck } from "./bundle-check.ts";
import type { Inventory } from "./bundle-inventory.ts";
import { isSignedBy, payloadType, signedBytes } from "./dsse-signature.ts";
import { bundleFiles, signatureFiles } from "./layout.ts";
import { readBounded, readJsonBounded } from "./read-bounded.ts";
import { keyId, parsePublicKey } from "./signing-key.ts";

/** Whose signature is expected: a key, or its id; null for anybody's, or none. */
export type ExpectedSigner = { readonly key: KeyObject } | { readonly keyId: string } | null;

/** What was found of a signature. */
export interface SignatureCheck extends BundleCheck {
  /** Id of the key that signed; null where none did, or the signature does not hold. */
  readonly keyId: string | null;
}

/**
 * Checks the signature over the statement's bytes and that its parts say one thing: envelope, signed bytes, signature, key. Without an
 * expected signer a signature shows only that the bundle is as some key's owner left it.
 */
export async function checkSignature(
  dir: string,
  statement: Buffer,
  { files }: Inventory,
  expected: ExpectedSigner,
): Promise<SignatureCheck> {
  const present = signatureFiles.filter((name) => files.includes(name));
  const wanted = expected === null ? null : "keyId" in expected ? expected.keyId : keyId(expected.key);
  if (present.length === 0) {
    const unsigned = "the bundle is not signed: whoever handed it over can have changed all of it";
    return wanted === null
      ? result("note", unsigned)
      : result("differs", `${unsigned}; expected the signature of key ${wanted}`);
  }
  const missing = signatureFiles.find((name) => !present.includes(name));
  if (missing !== undefined) return result("differs", `${missing} is missing, but ${present[0]} is there`);
  const key = parsePublicKey(
    (await readBounded(join(dir, bundleFiles.publicKey), 1 << 16)).toString("latin1"),
    bundleFiles.publicKey,
  );
  const signature = await readBounded(join(dir, bundleFiles.signature), 1 << 16);
  const problem =
    (await envelopeProblem(dir, statement, { signature, id: keyId(key) })) ??
    ((await readBounded(join(dir, bundleFiles.pae))).equals(signedBytes(statement))
      ? null
      : `${bundleFiles.pae} is not ${bundleFiles.statement} behind a DSSE header`);
  if (problem !== null) return result("differs", problem);
  const id = keyId(key);
  if (!isSignedBy(statement, signature, key))
    return result(
      "differs",
      `${bundleFiles.signature} is no signature of key ${id} over this ${bundleFiles.statement}: one of them was changed`,
    );
  if (wanted === null)
    return {
      ...result(
        "holds",
        `signed by key ${id}; nobody vouched for this key: compare it with one that the signer published elsewhere, or name it with --key`,
      ),
      keyId: id,
    };
  // By the key that was asked for, not by the one in the bundle with its id.
  const isExpected =
    expected !== null && "key" in expected ? isSignedBy(statement, signature, expected.key) : wanted === id;
  return isExpected
    ? { ...result("holds", `signed by the expected key ${id}`), keyId: id }
    : {
        ...result(
          "differs",
          `signed by key ${id}: expected ${wanted}; somebody else signed this bundle, or signed it again`,
        ),
        keyId: id,
      };
}

async function envelopeProblem(
  dir: string,
  statement: Buffer,
  { signature, id }: { readonly signature: Buffer; readonly id: string },
): Promise<string | null> {
  const parsed = dsseEnvelopeSchema.safeParse(await readJsonBounded(join(dir, bundleFiles.envelope)));
  if (!parsed.success)
    throw new SchemaError(
      "bundle.envelope",
      `${bundleFiles.envelope} is no DSSE envelope: ${describeIssues(parsed.error)}`,
    );
  const { payload, signatures, payloadType: type } = parsed.data;
  const differs = (what: string) => `${bundleFiles.envelope} holds another ${what} than `;
  if (type !== payloadType)
    return `${bundleFiles.envelope} has payload type ${type.slice(0, 100)}: expected ${payloadType}`;
  if (payload !== statement.toString("base64")) return differs("statement") + bundleFiles.statement;
  const [only, ...others] = signatures;
  if (only?.sig !== signature.toString("base64") || others.length > 0)
    return differs("signature") + bundleFiles.signature;
  if (only.keyid !== id) return differs("key id") + bundleFiles.publicKey;
  return null;
}

const result = (status: BundleCheck["status"], message: string): SignatureCheck => ({
  name: "signature",
  status,
  message,
  keyId: null,
});
