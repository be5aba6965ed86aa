import { bytesToHex } from "@noble/hashes/utils.js";
import { UsageError } from "../errors.ts";
import type { CanarySecret } from "../schema/canary.ts";
import type { CanaryTemplate } from "./parse-templates.ts";
import { type RandomBytes, randomIndex, randomSample } from "./random-index.ts";

/** What is minted. */
export interface MintOptions {
  readonly name: string;
  /** m: slots to plant, drawn from the templates. */
  readonly slots: number;
  /** K: variants of a slot, drawn from the template's. */
  readonly variants: number;
  readonly samplesPerSlot: number;
  /** Share of the requests with a trigger that are to be served a canary, in (0, 1]. */
  readonly share: number;
  /** Names of account clusters that are to be served variants of their own; they are sealed. */
  readonly clusters?: readonly string[] | undefined;
  /** A cryptographic source: the p-values are right because, and as far as, nobody can predict it. */
  readonly randomBytes: RandomBytes;
}

/**
 * Mints a secret: draws m templates, K of the variants of each, and which of the K is planted, every choice uniform and
 * independent of the others.
 *
 * Whatever a suspect answers that was not taught by the canaries, its answer in a slot is the planted variant with
 * probability 1/K at most, because the draw knows nothing of it. That holds however popular a variant is; that they are
 * equally plausible makes the draw hard to undo by guessing, and the unplanted lists fair controls.
 *
 * @throws UsageError when a template has fewer than K variants, or there are fewer than m templates
 */
export function mintSecret(templates: readonly CanaryTemplate[], options: MintOptions): CanarySecret {
  const { name, slots, variants, samplesPerSlot, share, clusters, randomBytes } = options;
  const poor = templates.filter((template) => template.variants.length < variants);
  const [first] = poor;
  if (first !== undefined)
    throw new UsageError(
      "canary.few-variants",
      `${first.place}: ${first.id} has ${first.variants.length} variants${poor.length > 1 ? ` (and ${poor.length - 1} more templates have too few)` : ""}: expected at least ${variants}; write more, leave it out with --kind or --template, or ask for fewer with --variants ${first.variants.length}`,
    );
  if (templates.length < slots)
    throw new UsageError(
      "canary.few-templates",
      `only ${templates.length} templates for ${slots} slots: write more and name them with --templates, or ask for fewer with --slots ${templates.length}`,
    );
  const hex32 = () => bytesToHex(Uint8Array.from(randomBytes(32)));
  return {
    schemaVersion: 1,
    kind: "canary-secret",
    salt: hex32(),
    sealed: {
      name,
      variants,
      samplesPerSlot,
      share,
      key: hex32(),
      slots: randomSample(templates, slots, randomBytes).map((template) => ({
        id: template.id,
        kind: template.kind,
        trigger: [...template.trigger],
        instruction: template.instruction,
        prompt: [{ role: "user" as const, content: template.prompt }],
        ...(template.pattern === undefined ? {} : { pattern: template.pattern }),
        maxTokens: template.maxTokens,
        variants: randomSample(template.variants, variants, randomBytes).map(({ value, aliases }) => ({
          value,
          aliases: [...aliases],
        })),
        planted: randomIndex(variants, randomBytes),
      })),
      ...(clusters === undefined ? {} : { clusters: [...clusters] }),
    },
  };
}
