import { createHash, createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { UsageError } from "../errors.ts";

/** A key file is a few hundred bytes; what is longer is none. */
const mostBytes = 64 * 1024;
const howToMake = "make one with: openssl genpkey -algorithm ed25519 -out key.pem";

/**
 * The Ed25519 private key in a PEM file (PKCS#8), to sign bundles with. Never written anywhere.
 * @throws UsageError in one line where the file is missing, no PEM, encrypted, a public key, or of another kind
 */
export async function readSigningKey(file: string): Promise<KeyObject> {
  const pem = await readPem(file, `expected an Ed25519 private key in PEM; ${howToMake}`);
  if (/-----BEGIN PUBLIC KEY-----/.test(pem))
    throw unusable(file, `is a public key: expected the private key that belongs to it; ${howToMake}`);
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(pem))
    throw unusable(
      file,
      "is encrypted: expected a key without passphrase; decrypt it with: openssl pkey -in KEY -out plain.pem",
    );
  const key = parsed(file, () => createPrivateKey(pem), `expected an Ed25519 private key; ${howToMake}`);
  return refuseOtherKinds(file, key, howToMake);
}

/**
 * The Ed25519 public key in a PEM file (SPKI), to say whose signature is expected.
 * @throws UsageError in one line where the file is missing, no PEM, a private key, or of another kind
 */
export async function readPublicKey(file: string): Promise<KeyObject> {
  const next = "take it out of the private key with: openssl pkey -in key.pem -pubout -out key.pub.pem";
  const pem = await readPem(file, `expected an Ed25519 public key in PEM; ${next}`);
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem))
    throw unusable(file, `is a private key: expected the public key, and keep this one to yourself; ${next}`);
  return parsePublicKey(pem, file, next);
}

/** The Ed25519 public key in PEM text. @throws UsageError naming `place` */
export function parsePublicKey(
  pem: string,
  place: string,
  next = "expected an Ed25519 public key",
): KeyObject {
  const key = parsed(place, () => createPublicKey(pem), `expected an Ed25519 public key; ${next}`);
  return refuseOtherKinds(place, key, next);
}

/** Key id: SHA-256 of the public key's SPKI in DER, as 64 hex digits. Of a private key: of the public key it holds. */
export function keyId(key: KeyObject): string {
  const publicKey = key.type === "private" ? createPublicKey(key) : key;
  return createHash("sha256")
    .update(publicKey.export({ type: "spki", format: "der" }))
    .digest("hex");
}

function refuseOtherKinds(place: string, key: KeyObject, next: string): KeyObject {
  if (key.asymmetricKeyType === "ed25519") return key;
  throw unusable(place, `is a key of type ${key.asymmetricKeyType ?? "unknown"}: expected Ed25519; ${next}`);
}

function parsed(place: string, parse: () => KeyObject, expected: string): KeyObject {
  try {
    return parse();
  } catch {
    // What OpenSSL says of a bad key may quote it, and --verbose prints causes.
    throw new UsageError("bundle.key", `${place} cannot be read as a key: ${expected}`);
  }
}

async function readPem(file: string, expected: string): Promise<string> {
  let text: string;
  try {
    const { size } = await stat(file);
    text = size > mostBytes ? "" : await readFile(file, "latin1");
  } catch (cause) {
    const why = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    throw new UsageError("bundle.key", `cannot read the key file ${file} (${why}): ${expected}`, { cause });
  }
  if (!/-----BEGIN [A-Z ]+-----/.test(text)) throw unusable(file, `is no PEM file: ${expected}`);
  return text;
}

const unusable = (file: string, what: string) => new UsageError("bundle.key", `the key file ${file} ${what}`);
