import { z } from "zod";

/** 32 bytes in hex: a SHA-256 hash, or what a cryptographic random source gave. */
export const hex32Schema = z.string().regex(/^[0-9a-f]{64}$/, "expected 64 lower-case hex digits");

/** Name of an account cluster. It is shown in reports, so that it has nothing in it that is not to be seen. */
export const clusterNameSchema = z
  .string()
  .regex(/^[!-~]{1,200}$/, "expected 1 to 200 ASCII characters without spaces");

/** How many of something. */
export const countSchema = z.int().min(0);

/** Name of a secret, a slot or a list. */
export const identifierSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]{0,79}$/, "expected lower-case letters, digits, . and -, 80 at most");
