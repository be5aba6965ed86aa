import { type KeyObject, sign, verify } from "node:crypto";
import { dsse } from "@sigstore/core";
import type { DsseEnvelope } from "../schema/evidence-bundle.ts";
import { keyId } from "./signing-key.ts";

/** `payloadType` of a DSSE envelope around an in-toto statement. */
export const payloadType = "application/vnd.in-toto+json";

/** The bytes that are signed: DSSE's pre-authentication encoding of the statement's bytes. */
export function signedBytes(statement: Buffer): Buffer {
  return dsse.preAuthEncoding(payloadType, statement);
}

/**
 * Signs a statement with Ed25519 (RFC 8032, deterministic) in a DSSE envelope.
 * @param key - private key; see `readSigningKey`
 * @see https://github.com/secure-systems-lab/dsse/blob/master/protocol.md
 */
export function signStatement(
  statement: Buffer,
  key: KeyObject,
): { readonly envelope: DsseEnvelope; readonly pae: Buffer; readonly signature: Buffer } {
  const pae = signedBytes(statement);
  const signature = sign(null, pae, key);
  return {
    pae,
    signature,
    envelope: {
      payloadType,
      payload: statement.toString("base64"),
      signatures: [{ keyid: keyId(key), sig: signature.toString("base64") }],
    },
  };
}

/** Whether `signature` is the Ed25519 signature of `key`'s owner over the statement's bytes. */
export function isSignedBy(statement: Buffer, signature: Buffer, key: KeyObject): boolean {
  return key.asymmetricKeyType === "ed25519" && verify(null, signedBytes(statement), key, signature);
}
