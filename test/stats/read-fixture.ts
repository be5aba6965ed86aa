import { readFileSync } from "node:fs";

/** Reference values of one folder under test/fixtures, which also holds the script that made them. */
export function readFixture<T>(name: string): T {
  return JSON.parse(
    readFileSync(new URL(`../fixtures/${name}/reference.json`, import.meta.url), "utf8"),
  ) as T;
}
