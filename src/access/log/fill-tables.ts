import type { ColumnName } from "../../schema/access-settings.ts";
import type { Database } from "../database.ts";
import { accountTable, requestTable, topicTable } from "../tables.ts";

const copied: readonly (ColumnName | "template" | "promptChars")[] = [
  "key",
  "organisation",
  "network",
  "asn",
  "country",
  "client",
  "payment",
  "model",
  "prompt",
  "template",
];

/** Numbers accounts and topics by name, and sorts the requests. */
export async function fillTables(database: Database, hasReasoning: boolean): Promise<number> {
  await database.run(`${accountTable}; ${topicTable}; ${requestTable}`);
  await database.run(
    `INSERT INTO account SELECT row_number() OVER (ORDER BY name) - 1, name, kind FROM (
       SELECT name, arg_min(kind, place) FILTER (kind IS NOT NULL) AS kind FROM (
         SELECT name, kind, row_number() OVER (PARTITION BY name ORDER BY count(*) DESC, kind) AS place
         FROM kept GROUP BY name, kind) GROUP BY name)`,
  );
  await database.run(
    `INSERT INTO topic SELECT row_number() OVER (ORDER BY topicName) - 1, topicName
     FROM (SELECT DISTINCT topicName FROM kept WHERE topicName IS NOT NULL)`,
  );
  const asks = hasReasoning ? "coalesce(kept.asksReasoning, false) OR kept.reasoning" : "kept.asksReasoning";
  await database.run(
    `INSERT INTO request BY NAME SELECT account.id AS account, kept.sent AS time,
       ${copied.map((name) => `kept.${name}`).join(", ")}, topic.id AS topic, kept.promptChars, kept.system,
       kept.maxTokens, kept.temperature, kept.logprobs, kept.reasoning, kept.inputTokens, kept.outputTokens, kept.finish,
       ${asks} AS asksReasoning
     FROM kept JOIN account ON account.name = kept.name LEFT JOIN topic ON topic.name = kept.topicName
     ORDER BY account.id, kept.sent, kept.requestHash, kept.prompt`,
  );
  return database.number("SELECT count(*) FROM account");
}
