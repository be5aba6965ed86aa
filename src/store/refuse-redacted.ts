import { StoreError } from "../errors.ts";
import type { Manifest } from "../schema/manifest.ts";

/**
 * Refuses to write to a run whose answers are withheld, or to take it for one that has them: what is published without
 * its texts is what its hashes and its analysis say, and nothing can be added to it.
 * @param name - the folder, as the user knows it
 * @throws StoreError `store.redacted`
 */
export function refuseRedacted(name: string, { redaction }: Pick<Manifest, "redaction">): void {
  if (redaction === undefined) return;
  throw new StoreError(
    "store.redacted",
    `${name} is a redacted run, published without its answers: expected a run with them; use the run it was published from`,
  );
}
