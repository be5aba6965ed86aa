import { createHash } from "node:crypto";
import type { Message } from "../schema/probe.ts";

/**
 * Id for a prompt of a format that gives it none: the format's name and 16 hex digits of the prompt's SHA-256, so that
 * the same prompt in two files is one probe.
 */
export function promptIdOf(format: string, prompt: string | readonly Message[]): string {
  const text = typeof prompt === "string" ? prompt : JSON.stringify(prompt);
  return `${format}:${createHash("sha256").update(text).digest("hex").slice(0, 16)}`;
}

/** Numbers samples of one model and prompt in the order they come in one file. */
export function sampleCounter(): (model: string, promptId: string) => number {
  const counts = new Map<string, number>();
  return (model, promptId) => {
    const key = JSON.stringify([model, promptId]);
    const sample = counts.get(key) ?? 0;
    counts.set(key, sample + 1);
    return sample;
  };
}

const roles = new Set(["system", "user", "assistant"]);
/** Newer names of a role that the records know under its older one. */
const sameRole: Record<string, string> = { developer: "system" };

/** Text of a message's content: itself, or the texts of its parts; null when a part is no text. */
export function contentText(content: unknown): string | null {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return null;
  const texts: string[] = [];
  for (const part of content as unknown[]) {
    const { type, text } = (part ?? {}) as { type?: unknown; text?: unknown };
    if (type === "reasoning" || type === "thinking") continue;
    if (typeof text !== "string") return null;
    texts.push(text);
  }
  return texts.join("");
}

/** Chat messages as the records have them; null when one is of another role or holds more than text. */
export function chatMessages(value: unknown): Message[] | null {
  if (!Array.isArray(value) || value.length === 0) return null;
  const messages: Message[] = [];
  for (const message of value as unknown[]) {
    const { role, content } = (message ?? {}) as { role?: unknown; content?: unknown };
    const known = typeof role === "string" ? (sameRole[role] ?? role) : "";
    const text = contentText(content);
    if (!roles.has(known) || text === null) return null;
    messages.push({ role: known as Message["role"], content: text });
  }
  return messages;
}
