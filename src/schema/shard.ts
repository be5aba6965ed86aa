import { z } from "zod";
import { UsageError } from "../errors.ts";

/** Part `index` of `count` of a run, counted from 1, as `--shard 2/8` says it. */
export const shardSchema = z
  .strictObject({ index: z.int().min(1), count: z.int().min(1).max(10_000) })
  .refine(({ index, count }) => index <= count, "index is greater than count");
export type Shard = z.output<typeof shardSchema>;

/** Reads `i/n`. @throws UsageError unless 1 <= i <= n <= 10000 */
export function parseShard(text: string): Shard {
  const match = /^(\d{1,5})\/(\d{1,5})$/.exec(text);
  const shard = shardSchema.safeParse({ index: Number(match?.[1]), count: Number(match?.[2]) });
  if (match !== null && shard.success) return shard.data;
  throw new UsageError(
    "cli.shard",
    `--shard expects i/n with 1 <= i <= n, for example 2/8, got ${JSON.stringify(text)}`,
  );
}

/**
 * Whether a sample belongs to a shard: the first 48 bits of its identity, a SHA-256, modulo the number of shards. Every
 * sample belongs to exactly one, whatever else the run asks, so that extending a run moves no sample to another shard.
 */
export function inShard(sampleId: string, { index, count }: Shard): boolean {
  return Number.parseInt(sampleId.slice(0, 12), 16) % count === index - 1;
}
