import type { ProviderError } from "../../errors.ts";

/** What a request without an answer means for its sample and its target. */
export type ItemVerdict = "ask-again" | "give-up" | "record-malformed" | "end-target";

/** A sample is asked in so many batches, the first included, before it is given up. */
export const mostBatches = 3;

/**
 * Decides what a failed request of a batch means: as in the ordinary way, but what may pass is asked again in a further
 * batch, for a few times only, since each may take a day.
 * @param about.attempts - attempts of the sample so far, this one included
 * @param about.cancelled - whether somebody cancelled the batch, who would not want it back at once
 * @param about.responded - whether there is a response that could be recorded
 */
export function judgeItem(
  error: ProviderError,
  about: { readonly attempts: number; readonly cancelled: boolean; readonly responded: boolean },
): ItemVerdict {
  switch (error.errorClass) {
    case "auth":
    case "quota":
    case "unknown-model":
      return "end-target";
    case "bad-request":
    case "context-length":
    case "filtered":
      return "give-up";
    case "malformed":
      if (about.attempts >= mostBatches && about.responded) return "record-malformed";
      break;
  }
  return about.cancelled || about.attempts >= mostBatches ? "give-up" : "ask-again";
}
