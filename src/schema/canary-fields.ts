import { z } from "zod";

/** A SHA-256 hash. */
export const sha256HexSchema = z.string().regex(/^[0-9a-f]{64}$/, "expected 64 lower-case hex digits");

/** 32 bytes of a cryptographic random source, in hex. */
export const secretBytesSchema = sha256HexSchema;

/** How many of something. */
export const countSchema = z.int().min(0);

/** Name of a secret, a slot or a list. */
export const identifierSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]{0,79}$/, "expected lower-case letters, digits, . and -, 80 at most");
