import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { withDatabase } from "../../src/access/database.ts";
import { scannedLog, temporaryFolder } from "./scanned-log.ts";

/** 300,000 rows, ten seconds apart: three row groups; where `late` holds the clock is two hours behind. */
async function written(folder: string, late: string): Promise<void> {
  mkdirSync(join(folder, "log"));
  const database = { file: ":memory:", temporaryFolder: join(folder, "spill"), memory: "500MB", threads: 2 };
  await withDatabase(database, async (connection) => {
    await connection.run("SET preserve_insertion_order = true");
    await connection.run(
      `COPY (SELECT 'account-' || (i % 97) AS a, md5(i::VARCHAR) AS r, repeat(md5(i::VARCHAR), 8) AS c,
              TIMESTAMP '2026-04-01' + INTERVAL (i * 10 - CASE WHEN ${late} THEN 7200 ELSE 0 END) SECOND AS t
            FROM range(300000) rows(i)) TO '${join(folder, "log", "log.parquet")}' (FORMAT parquet)`,
    );
  });
}

const columns = { request: "r", client: "c" };

test.each([
  ["in the order of time", "false", 0],
  ["with three clocks that are behind", "i IN (5000, 150000, 299999)", 3],
])(
  "rows of Parquet %s are read in the order of the file",
  async (_, late, backwards) => {
    const folder = temporaryFolder();
    await written(folder, late);
    const { analysis } = await scannedLog({ files: {}, columns }, folder);
    expect(analysis.log.usedRows).toBe(300_000);
    expect(analysis.log.clock).toMatchObject({
      backwards,
      largestBackwardsSeconds: backwards === 0 ? 0 : 7190,
    });
  },
  60_000,
);
