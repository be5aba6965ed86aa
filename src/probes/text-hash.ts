import { canonicalJson, sha256Hex } from "../schema/identity.ts";
import type { Probe } from "../schema/probe.ts";

/**
 * SHA-256 of what a probe asks in its own wording: messages or prefix, and nothing else. An id means one such text for
 * ever, while its extractor, its paraphrases and its parameters may still be mended.
 */
export function textHash({ messages, prefix }: Pick<Probe, "messages" | "prefix">): string {
  return sha256Hex(canonicalJson({ messages, prefix }));
}
