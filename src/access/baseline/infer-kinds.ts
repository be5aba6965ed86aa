import type { Database } from "../database.ts";
import type { Step } from "../step.ts";

/**
 * The kinds that are inferred where the log names none: first that fits. Each rests on what is dear to feign: how much
 * one asks for at a time, and how long the answers are. The rule is what a report says, in words.
 */
const inferredKinds = [
  { kind: "occasional", rule: "fewer than 20 requests" },
  { kind: "batch", rule: "60 or more requests in a clock hour in which it asks, on average" },
  {
    kind: "application, long answers",
    rule: "a system prompt in 9 of 10 requests, answers of 400 tokens or more on average",
  },
  { kind: "application", rule: "a system prompt in 9 of 10 requests, shorter answers" },
  { kind: "direct", rule: "all others: people, scripts and tools without a system prompt" },
] as const;

/**
 * Kind of customer of every account: the log's own where the mapping names one, else inferred by `inferredKinds`.
 *
 * A kind decides with whom an account is compared, nothing else: effect, p and q change with it, the risk does not. Who
 * adds a system prompt or sends in bursts chooses the comparison; what is gained by it is bounded by what is paid: a
 * burst stands out by volume, and long answers, which a harvest needs, put it among agents. Without the columns that
 * a rule needs the rule does not apply. One GROUP BY over the requests.
 */
export const kindsStep: Step = {
  name: "kinds of customer",
  stage: "features",
  needs: [],
  async run(database, _settings, { columns }) {
    if (!columns.has("kind")) await inferKinds(database);
    await database.run("UPDATE account SET kind = 'unknown' WHERE kind IS NULL");
    const found = await database.rows<{ kind: string; accounts: number; requests: number }>(
      `SELECT kind, CAST(count(*) AS DOUBLE) AS accounts, CAST(sum(requests) AS DOUBLE) AS requests
       FROM account JOIN (SELECT account, count(*) AS requests FROM request GROUP BY account) ON account = id
       GROUP BY kind ORDER BY requests DESC, kind`,
    );
    const ruleOf = (kind: string) =>
      columns.has("kind")
        ? "the log's own column"
        : (inferredKinds.find((inferred) => inferred.kind === kind)?.rule ?? "");
    return { parts: { kinds: found.map((row) => ({ ...row, rule: ruleOf(row.kind) })) } };
  },
};

async function inferKinds(database: Database): Promise<void> {
  const [occasional, batch, long, application, direct] = inferredKinds.map(({ kind }) => `'${kind}'`);
  await database.run(
    `UPDATE account SET kind = inferred.kind FROM (
       SELECT account, CASE
         WHEN sum(requests) < 20 THEN ${occasional}
         WHEN sum(requests) >= 60 * count(*) THEN ${batch}
         WHEN sum(withSystem) >= 0.9 * sum(requests)
           THEN CASE WHEN sum(tokens) >= 400 * sum(counted) THEN ${long} ELSE ${application} END
         ELSE ${direct} END AS kind
       FROM (SELECT account, date_trunc('hour', time) AS hour, count(*) AS requests, count(system) AS withSystem,
               coalesce(sum(outputTokens), 0) AS tokens, count(outputTokens) AS counted
             FROM request GROUP BY ALL)
       GROUP BY account) inferred
     WHERE inferred.account = account.id`,
  );
}
