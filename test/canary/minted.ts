import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { mintSecret } from "../../src/canary/mint.ts";
import { type CanaryTemplate, parseTemplates } from "../../src/canary/parse-templates.ts";
import type { CanaryOpening, CanarySecret, Sealed } from "../../src/schema/canary.ts";
import { seededRandom } from "../../src/schema/random.ts";

const folder = join(import.meta.dirname, "../../canaries");

/** The templates that ship. */
export const shipped: readonly CanaryTemplate[] = readdirSync(folder)
  .filter((name) => name !== "green-list.yaml")
  .sort()
  .flatMap((name) => parseTemplates(readFileSync(join(folder, name), "utf8"), name));

/** Repeatable bytes in the place of a cryptographic source. */
export function seededBytes(seed: number): (length: number) => Uint8Array {
  const random = seededRandom(seed);
  return (length) => Uint8Array.from({ length }, () => 256 * random());
}

/** A secret of shipped templates. */
export function minted(
  seed: number,
  options: { slots?: number; variants?: number; samplesPerSlot?: number; share?: number; name?: string } = {},
): CanarySecret {
  return mintSecret(shipped, {
    name: "spring",
    slots: 20,
    variants: 8,
    samplesPerSlot: 3,
    share: 0.2,
    ...options,
    randomBytes: seededBytes(seed),
  });
}

/** A sealed list of bare variants, as small or large as wanted. */
export function plain(
  seed: number,
  slots: number,
  variants: number,
  samplesPerSlot = 1,
  clusters?: readonly string[],
): Sealed {
  const templates = Array.from({ length: slots }, (_, slot) => ({
    id: `s${slot}`,
    kind: "made-up-term" as const,
    trigger: [`topic ${slot}`],
    instruction: "{variant}",
    prompt: `${slot}?`,
    pattern: undefined,
    maxTokens: 8,
    place: "here:1",
    variants: Array.from({ length: variants }, (_, v) => ({ value: `v${v}`, aliases: [] })),
  }));
  const options = { name: "plain", slots, variants, samplesPerSlot, share: 1, clusters };
  return mintSecret(templates, { ...options, randomBytes: seededBytes(seed) }).sealed;
}

/** A secret as it is revealed. */
export const opened = (
  { salt, sealed }: Pick<CanarySecret, "salt" | "sealed">,
  previous: string[] = [],
): CanaryOpening => ({
  schemaVersion: 1,
  kind: "canary-opening",
  salt,
  committedAt: "2026-01-01T00:00:00.000Z",
  previous,
  sealed,
});

/** Slot id -> every sample gives the variant that is so many places after the planted one. */
export function answersAt(
  sealed: Sealed,
  place: (slot: number) => number | null,
): Map<string, (string | null)[]> {
  return new Map(
    sealed.slots.map(({ id, variants, planted, pattern }, index) => {
      const at = place(index);
      const value = at === null ? null : (variants[(planted + at) % variants.length]?.value ?? null);
      // Signs are read in their place: before a line's text, or on a line of their own.
      const text = value === null || pattern === undefined ? value : `${value} towels\n${value}\n`;
      return [id, new Array<string | null>(sealed.samplesPerSlot).fill(text)];
    }),
  );
}
