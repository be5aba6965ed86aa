import { StoreError } from "../errors.ts";
import { endpointAttemptFields, endpointFields, isPlainName, type Transcript } from "../schema/transcript.ts";

/** A shorter piece of a longer text says nothing; a name may be all of a short one. */
const shortestPiece = 12;

/** Looks at the names that an endpoint chose and that stay in redacted lines. */
export interface EchoCheck {
  /** @param said - prompt and answer of the line */
  readonly add: (line: Transcript, number: number, said: readonly string[]) => void;
  /** @throws StoreError where a name is nothing but what was said */
  readonly finish: () => void;
}

/**
 * An endpoint that knows that its answers will be published redacted could repeat them where names and ids stand. Plain
 * names stay, for the line's hash is over them, so a run in which one is a piece of what was said (12 characters of it, or the
 * whole answer) is not redacted. A name counts as one all the same where it also came with a line that it repeats
 * nothing of: a model that is asked who it is may well give the name that it is served under.
 *
 * @param path - of the transcripts, for the message
 * @param model - id on the wire, which everybody may know
 */
export function createEchoCheck(path: string, model: string): EchoCheck {
  const echoes = new Map<string, { number: number; field: string }>();
  const names = new Set<string>();
  return {
    add: (line, number, said) => {
      for (const [field, value] of namesIn(line)) {
        if (value === model || names.has(value)) continue;
        if (!repeats(value, said)) {
          names.add(value);
          echoes.delete(value);
        } else if (!echoes.has(value)) echoes.set(value, { number, field });
      }
    },
    finish: () => {
      for (const { number, field } of echoes.values())
        throw new StoreError(
          "redact.echo",
          `${path}:${number} cannot be redacted: its ${field} repeats what was said, and the line's hash needs it as it is; publish the run without --redact, or a run without this target`,
        );
    },
  };
}

/** The names that stay: all else is withheld. */
function* namesIn(line: Transcript): Generator<readonly [field: string, value: string]> {
  for (const field of endpointFields) {
    const value = line[field];
    if (typeof value === "string" && stays(value)) yield [field, value];
  }
  for (const attempt of line.attempts)
    for (const field of endpointAttemptFields) {
      const value = attempt[field];
      // Messages are always withheld.
      if (value !== null && field !== "message" && stays(value)) yield [field, value];
    }
}

const stays = (value: string) => value !== "" && isPlainName(value);

function repeats(value: string, said: readonly string[]): boolean {
  if (said.some((text) => text.trim() === value)) return true;
  for (let at = 0; at + shortestPiece <= value.length; at++) {
    const piece = value.slice(at, at + shortestPiece);
    if (said.some((text) => text.includes(piece))) return true;
  }
  return false;
}
