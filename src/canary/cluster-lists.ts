import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { UsageError } from "../errors.ts";
import type { Sealed } from "../schema/canary.ts";
import { type RandomBytes, randomIndex } from "./random-index.ts";

/**
 * Index of the variant that is planted in each slot, in the order of the slots: the common list, or the one of an account
 * cluster.
 *
 * A cluster's list is drawn from the sealed key by HMAC-SHA-256 of its name, uniformly and independently of the common
 * list and of every other cluster's. So a suspect that was fed through one cluster hits the lists of the others with
 * probability 1/K in each slot, as one that was fed by nobody. Names are sealed with the key: were they not, whoever knows the
 * key could look afterwards for a name whose list fits the suspect.
 *
 * @param cluster - null for the common list
 * @throws UsageError when the cluster is not one of the sealed ones
 */
export function plantedIndices(sealed: Sealed, cluster: string | null): number[] {
  if (cluster === null) return sealed.slots.map(({ planted }) => planted);
  if (sealed.clusters?.includes(cluster) !== true)
    throw new UsageError(
      "canary.cluster",
      `${sealed.name} has no cluster ${JSON.stringify(cluster)}: expected one of the ${sealed.clusters?.length ?? 0} that were sealed, since a list drawn later proves nothing; mint another secret with: congener canary mint --clusters`,
    );
  const bytes = keyedBytes(sealed.key, cluster);
  return sealed.slots.map(() => randomIndex(sealed.variants, bytes));
}

/** HMAC-SHA-256 in counter mode. No slot id begins with a line break, so that no request is hashed alike. */
function keyedBytes(key: string, cluster: string): RandomBytes {
  const keyed = hmac.create(sha256, hexToBytes(key));
  let block = new Uint8Array(0);
  let used = 0;
  let counter = 0;
  return (length) =>
    Uint8Array.from({ length }, () => {
      if (used === block.length) {
        block = keyed
          .clone()
          .update(utf8ToBytes(`\ncluster\n${counter}\n${cluster}`))
          .digest();
        counter++;
        used = 0;
      }
      return block[used++] ?? 0;
    });
}
