import { join } from "node:path";
import type { AccessAnalysis, AccessExhibit } from "../../schema/access.ts";
import type { AccessExcerpts } from "../../schema/access-excerpts.ts";
import type { AccessSettings } from "../../schema/access-settings.ts";
import { writeAtomically } from "../../store/write-atomically.ts";
import type { Database } from "../database.ts";
import type { Step, StepContext } from "../step.ts";
import { templateExcerpt } from "./template-excerpt.ts";

/** Accounts that an exhibit names, those with most of its prompts. */
const accountsShown = 100;
const topicsShown = 100;
/** Prompts that an exhibit's words are taken from. */
const membersRead = 40;

/** File with the words of the exhibits, in the scan's folder. */
export const excerptsFile = "excerpts.json";

/**
 * What was asked: topics by requests, and the template families as exhibits, those first whose prompts come most from
 * flagged accounts and clusters. Counts go into the analysis; words into `excerpts.json` (0600).
 * Cost: one join of all requests with the template table, one with the topics of sampled prompts.
 */
export const promptSectionsStep: Step = {
  name: "exhibits and topics",
  stage: "sections",
  needs: [["topic", "embedding", "prompt"]],
  async run(database, settings, context) {
    await noteStandings(database, settings, context);
    const topics = await topicList(database, context);
    const exhibits = context.columns.has("prompt") ? await exhibitList(database, settings, context) : [];
    await database.run("DROP TABLE accountStanding");
    if (context.columns.has("prompt")) await writeExcerpts(database, exhibits, context.folder);
    return { parts: { topics, exhibits: exhibits.map(({ exhibit }) => exhibit) } };
  },
};

/** accountStanding(account, flagged, cluster): what earlier steps think of each account. */
async function noteStandings(
  database: Database,
  { riskThreshold }: AccessSettings,
  { accounts, clusters, linkage }: StepContext,
): Promise<void> {
  await database.run(
    "CREATE TEMP TABLE accountStanding (account INTEGER, flagged BOOLEAN, grouping INTEGER)",
  );
  await database.append(
    "accountStanding",
    Array.from({ length: accounts.units.count }, (_, account) => {
      const cluster = linkage?.clusterOf[account] ?? -1;
      const risks = [
        accounts.scores?.risk[account],
        cluster < 0 ? undefined : clusters?.scores?.risk[cluster],
      ];
      return [account, risks.some((risk) => risk !== undefined && risk > riskThreshold), cluster];
    }),
  );
}

/**
 * Requests by topic. Where the log names no topics only those of sampled prompts are sorted: an account's are scaled up by
 * its requests with a prompt over those with a sampled one (ratio estimator; the sample is of different prompts, drawn by
 * hash), or an account of many prompts would count for no more than one that has as many as are sampled.
 * @see Cochran (1977), Sampling Techniques, section 6.1
 */
async function topicList(database: Database, { columns }: StepContext): Promise<AccessAnalysis["topics"]> {
  const asked = columns.has("topic")
    ? "SELECT account, topic, count(*) AS n FROM request WHERE topic IS NOT NULL GROUP BY ALL"
    : `SELECT account, promptTopic.topic, count(*) * any_value(factor) AS n FROM request
       JOIN promptTopic USING (account, prompt) JOIN (
         SELECT account, count(*) / count(sample.prompt) AS factor
         FROM request LEFT JOIN promptSample sample USING (account, prompt)
         WHERE request.prompt IS NOT NULL GROUP BY account HAVING count(sample.prompt) > 0) USING (account)
       GROUP BY account, promptTopic.topic`;
  const rows = await database.rows<{
    topic: number;
    name: string | null;
    requests: number;
    accounts: number;
    flagged: number;
  }>(
    `SELECT topic, name, round(sum(n)) :: DOUBLE AS requests, CAST(count(*) AS DOUBLE) AS accounts,
       round(coalesce(sum(n) FILTER (flagged), 0)) :: DOUBLE AS flagged
     FROM (${asked}) JOIN topicName USING (topic) JOIN accountStanding USING (account)
     GROUP BY topic, name ORDER BY requests DESC, topic LIMIT ${topicsShown}`,
  );
  return rows.map(({ topic, name, requests, accounts, flagged }) => ({
    topic: name ?? `topic ${topic + 1}`,
    requests,
    accounts,
    flaggedRequests: flagged,
  }));
}

interface NumberedExhibit {
  readonly family: number;
  readonly exhibit: AccessExhibit;
}

async function exhibitList(
  database: Database,
  { report, families }: AccessSettings,
  { pseudonym }: StepContext,
): Promise<NumberedExhibit[]> {
  await database.run(
    `CREATE TEMP TABLE shownFamily AS SELECT family, flagged FROM (
       SELECT family, count(*) FILTER (flagged) AS flagged, count(*) AS held
       FROM family JOIN accountStanding USING (account) GROUP BY family)
     JOIN familyStats USING (family) WHERE fillings >= ${families.fillings}
     ORDER BY flagged DESC, held DESC, family LIMIT ${report.exhibits}`,
  );
  const rows = await database.rows<{
    family: number;
    template: string;
    fillings: number;
    slots: number[] | null;
    gridShare: number | null;
    requests: number;
    holders: number[];
    cluster: number | null;
    topic: string | null;
  }>(
    `SELECT family, printf('%016x', template) AS template, fillings, slots, gridShare, requests, holders, cluster, topic
     FROM shownFamily JOIN familyStats USING (family)
     JOIN (SELECT family, CAST(count(*) AS DOUBLE) AS requests FROM request JOIN familyTemplate USING (template)
           WHERE family IN (SELECT family FROM shownFamily) GROUP BY family) USING (family)
     JOIN (SELECT family, list(account ORDER BY n DESC, account)[1:${accountsShown}] AS holders FROM (
             SELECT family, account, count(*) AS n FROM family GROUP BY ALL) GROUP BY family) USING (family)
     LEFT JOIN (SELECT family, arg_max(grouping, n) FILTER (grouping >= 0 AND 2 * n > together) AS cluster FROM (
             SELECT family, grouping, count(*) AS n, sum(count(*)) OVER (PARTITION BY family) AS together
             FROM family JOIN accountStanding USING (account) GROUP BY family, grouping) GROUP BY family) USING (family)
     LEFT JOIN (SELECT family, arg_max(name, n) FILTER (2 * n > together) AS topic FROM (
             SELECT family, name, count(*) AS n, sum(count(*)) OVER (PARTITION BY family) AS together
             FROM family JOIN promptTopic USING (account, prompt) JOIN topicName USING (topic) GROUP BY family, name)
           GROUP BY family) USING (family)
     ORDER BY flagged DESC, family`,
  );
  return rows.map((row, index) => ({
    family: row.family,
    exhibit: {
      id: `T-${index + 1}`,
      templateHash: row.template,
      accounts: row.holders.map(pseudonym),
      cluster: row.cluster === null ? null : `C-${row.cluster + 1}`,
      requests: row.requests,
      fillings: row.fillings,
      slots: row.slots ?? [],
      gridShare: row.gridShare,
      topic: row.topic,
    },
  }));
}

async function writeExcerpts(
  database: Database,
  exhibits: readonly NumberedExhibit[],
  folder: string,
): Promise<void> {
  const texts = new Map<number, string[]>();
  if (exhibits.length > 0)
    for (const { family, text } of await database.rows<{ family: number; text: string }>(
      `SELECT family, any_value(left(text, 2000)) AS text FROM promptSample JOIN family USING (account, prompt)
       WHERE family IN (${exhibits.map(({ family }) => family).join(", ")}) GROUP BY family, prompt
       QUALIFY row_number() OVER (PARTITION BY family ORDER BY prompt) <= ${membersRead} ORDER BY family, prompt`,
    ))
      texts.set(family, [...(texts.get(family) ?? []), text]);
  const excerpts: AccessExcerpts = {
    schemaVersion: 1,
    exhibits: exhibits.map(({ family, exhibit }) => {
      const { text, slots } = templateExcerpt(texts.get(family) ?? [""]);
      return { id: exhibit.id, text, slots: slots.map((values) => [...values]) };
    }),
  };
  await writeAtomically(join(folder, excerptsFile), `${JSON.stringify(excerpts, null, 1)}\n`, {
    mode: 0o600,
  });
}
