import type { History } from "../schema/history.ts";
import { toJson } from "./json.ts";

/** What `history --json` prints: the whole history, safe to look at. Ends in a line end. */
export function renderHistoryJson(history: History): string {
  return toJson(history);
}
