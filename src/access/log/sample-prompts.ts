import { UsageError } from "../../errors.ts";
import type { Database } from "../database.ts";
import { promptSampleTable } from "../tables.ts";
import { takeRejected } from "./bad-rows.ts";
import { openHash, timeExpression } from "./column-expressions.ts";
import type { IngestOptions, ReadSource } from "./ingest-options.ts";
import { reading } from "./reading.ts";

/**
 * Fills `promptSample`: the prompts of each account with the lowest hashes (bottom-k, Cohen & Kaplan 2007,
 * doi:10.1145/1281100.1281133), `sample.prompts` of them or, where that would be more than `sample.total` in all, as many
 * as keep within it. Hashes are found in the table `request`; only then are texts read from the log again.
 * @throws UsageError when the log is no longer what it was: prompts that are gone would make their accounts look harmless
 */
export async function samplePrompts(
  database: Database,
  opened: readonly ReadSource[],
  { mapping, settings, salts, signal, progress }: IngestOptions,
): Promise<void> {
  await database.run(promptSampleTable);
  const { columns } = mapping.mapping;
  if (columns.prompt === undefined && columns.promptHash === undefined) return;
  progress("choosing prompts");
  await database.run(
    `CREATE TABLE staging.chosen AS SELECT account, prompt, time, template, topic, place FROM (
       SELECT *, row_number() OVER (PARTITION BY account ORDER BY prompt) AS place FROM (
         SELECT account, prompt, min(time) AS time, min(template) AS template, arg_min(topic, time) AS topic
         FROM request WHERE prompt IS NOT NULL GROUP BY account, prompt))
     WHERE place <= ${settings.sample.prompts}`,
  );
  await database.run(
    `DELETE FROM staging.chosen WHERE place > (
       SELECT coalesce(max(place) FILTER (together <= ${settings.sample.total}), 1) FROM (
         SELECT place, sum(count(*)) OVER (ORDER BY place) AS together FROM staging.chosen GROUP BY place))`,
  );
  await database.run(
    "CREATE TABLE staging.words (account INTEGER, prompt UBIGINT, text VARCHAR, embedding FLOAT[])",
  );
  const text = columns.prompt === undefined ? null : '"prompt"';
  if (text !== null || columns.embedding !== undefined)
    for (const [number, { source, unit }] of opened.entries()) {
      signal.throwIfAborted();
      progress(`reading prompts of ${source.file.name} (${number + 1} of ${opened.length})`);
      const words = text === null ? "CAST(NULL AS VARCHAR)" : `left(${text}, ${settings.sample.promptChars})`;
      const embedding =
        columns.embedding === undefined ? "CAST(NULL AS FLOAT[])" : 'TRY_CAST("embedding" AS FLOAT[])';
      const read = () =>
        database.run(
          `INSERT INTO staging.words SELECT chosen.account, chosen.prompt, row.words, row.embedding FROM (
           SELECT "account" AS name, ${timeExpression(unit)} AS sent, ${openHash(text ?? '"promptHash"', salts)} AS hash,
             ${words} AS words, ${embedding} AS embedding FROM (${source.query})) row
         JOIN account ON account.name = row.name
         JOIN staging.chosen ON chosen.account = account.id AND chosen.prompt = row.hash AND chosen.time = row.sent`,
        );
      await reading(source.file, read);
      await takeRejected(database, source);
    }
  if (text !== null) await refuseChangedLog(database);
  await database.run(
    `INSERT INTO promptSample BY NAME
     SELECT chosen.account, chosen.prompt, words.text, chosen.time, chosen.template, chosen.topic, words.embedding
     FROM staging.chosen LEFT JOIN (
       SELECT * FROM staging.words WHERE rowid IN (SELECT min(rowid) FROM staging.words GROUP BY account, prompt)) words
     ON words.account = chosen.account AND words.prompt = chosen.prompt
     ORDER BY chosen.account, chosen.prompt`,
  );
}

async function refuseChangedLog(database: Database): Promise<void> {
  const [found] = await database.rows<{ chosen: bigint; gone: bigint }>(
    `SELECT count(*) AS chosen, count(*) FILTER (words.account IS NULL) AS gone FROM staging.chosen LEFT JOIN (
       SELECT DISTINCT account, prompt FROM staging.words) words
     ON words.account = chosen.account AND words.prompt = chosen.prompt`,
  );
  if (found !== undefined && found.gone > 0n)
    throw new UsageError(
      "access.log-changed",
      `the log changed while it was read: ${found.gone} of ${found.chosen} sampled prompts are not there any more; scan files that nobody writes or rotates, for example a copy`,
    );
}
