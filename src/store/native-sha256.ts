import { hash } from "node:crypto";
import type { Sha256 } from "../schema/identity.ts";

/** SHA-256 by the machine's own library: the same digits as `sha256Hex`, several times as fast. */
export const nativeSha256: Sha256 = (text) => hash("sha256", text, "hex");
