import { ProviderError } from "../../errors.ts";
import { judge, nextSteps, type ReadBody } from "../exchange.ts";
import type { ProviderOptions } from "../provider.ts";
import type { BatchItem, BatchResult } from "./batch-api.ts";

/** A response inside a line of results, judged as the same response would be by itself. */
export function respondedItem(
  about: { readonly customId: string; readonly requestId: string | null; readonly url: string },
  response: { readonly status: number; readonly body: unknown },
  reading: { readonly read: ReadBody; readonly options: Pick<ProviderOptions, "now" | "scrub"> },
): BatchItem {
  const { customId, requestId, url } = about;
  // The line holds the response as JSON inside JSON: written anew, its numbers may be spelt in another way.
  const body = typeof response.body === "string" ? response.body : JSON.stringify(response.body ?? null);
  const recorded = { status: response.status, headers: {}, body };
  const result = judge(
    {
      request: { url, headers: {}, body: null },
      response: recorded,
      headers: new Headers(),
      bodyProblem: null,
    },
    { now: reading.options.now ?? Date.now, scrub: reading.options.scrub },
    reading.read,
  );
  return { customId, requestId, response: recorded, result };
}

/** A request that the batch did not execute. Nobody bills it, and asking again may help: it is classed with overloads. */
export function notExecuted(customId: string, requestId: string | null, why: string): BatchItem {
  const error = new ProviderError("overloaded", `${why}; ${nextSteps.overloaded}`, { requestId });
  return { customId, requestId, response: null, result: { error } };
}

/** Parses a line of results with a reader of one provider's form; null from it means that the line does not fit. */
export function parsedLine(text: string, read: (value: unknown) => BatchItem | null): BatchResult {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { unreadable: "a line is no JSON" };
  }
  return read(value) ?? { unreadable: "a line holds no result of a request" };
}
