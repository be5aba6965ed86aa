import { z } from "zod";
import { type History, historySchema } from "../schema/history.ts";
import { toJson } from "./json.ts";

/** What `history --json` prints: the whole history, safe to look at. Ends in a line end. */
export function renderHistoryJson(history: History): string {
  return toJson(history);
}

/** JSON Schema (2020-12) of what `history --json` prints. */
export function historyJsonSchema(): Record<string, unknown> {
  return { title: "Congener history", ...z.toJSONSchema(historySchema, { target: "draft-2020-12" }) };
}
