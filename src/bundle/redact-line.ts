import { endpointStrings, fieldCommitment, lineHash } from "../schema/identity.ts";
import { redactableFields, type Transcript } from "../schema/transcript.ts";
import { nativeSha256 } from "../store/native-sha256.ts";

/**
 * The line without prompt, answer, reasoning and raw response, and without any further string of the endpoint that is no
 * plain name: their salted hashes stand for them, and the salt is gone, so that what stood there cannot be guessed by
 * trial. Its hash is what it was.
 *
 * @param line - not redacted, with its salt; not modified
 */
export function redactLine(line: Transcript, salt: string): Transcript {
  const commit = (place: string, value: unknown) => fieldCommitment(salt, place, value, nativeSha256);
  const redacted: Record<string, unknown> = {
    ...line,
    salt: null,
    attempts: line.attempts.map((attempt) => ({ ...attempt })),
  };
  for (const field of redactableFields) redacted[field] = { redacted: commit(field, line[field]) };
  const withheld: Record<string, string> = {};
  for (const [place, value] of endpointStrings(line)) {
    withheld[place] = commit(place, value);
    const [field = "", at, part = ""] = place.split(".");
    if (at !== undefined) Object.assign((redacted.attempts as object[])[Number(at)] ?? {}, { [part]: null });
    else if (field === "batchId") delete redacted.batchId;
    else redacted[field] = null;
  }
  if (Object.keys(withheld).length > 0) redacted.withheld = withheld;
  return redacted as unknown as Transcript;
}

/** Whether the hash of the redacted line is that of the line: the chain still verifies. */
export const hashesAs = (redacted: Transcript, hash: string): boolean =>
  lineHash(redacted, nativeSha256) === hash;
