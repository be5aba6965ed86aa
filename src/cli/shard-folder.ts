import { parseShard } from "../schema/shard.ts";

/** What the name of a shard's default folder ends with: `-shard-2-of-8`, nothing for a whole run. */
export function shardSuffix(shard: string | undefined): string {
  if (shard === undefined) return "";
  const { index, count } = parseShard(shard);
  return `-shard-${index}-of-${count}`;
}

/** The command that follows a run that is complete: a shard alone is not compared. */
export function nextOf(dir: string, shard: string | undefined): string {
  if (shard === undefined) return `congener compare ${dir}`;
  const suffix = shardSuffix(shard);
  const whole = dir.endsWith(suffix) ? dir.slice(0, -suffix.length) : "";
  const all = whole === "" ? "SHARD..." : `${whole}-shard-*-of-${parseShard(shard).count}`;
  return `once every shard is complete: congener merge ${all} --run ${whole === "" ? "DIR" : whole}`;
}
