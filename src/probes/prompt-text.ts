import type { Probe } from "../schema/probe.ts";

/** What a probe says, as one text: its prefix, or its messages' contents with the roles that are not the user's. */
export function promptText(probe: Pick<Probe, "messages" | "prefix">): string {
  if (probe.messages === undefined) return probe.prefix ?? "";
  return probe.messages
    .map(({ role, content }) => (role === "user" ? content : `[${role}] ${content}`))
    .join("\n");
}
