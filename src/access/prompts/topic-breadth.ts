import type { ColumnName } from "../../schema/access-settings.ts";
import type { Database } from "../database.ts";
import type { IndicatorColumn, Step } from "../step.ts";
import type { Units } from "../unit-totals.ts";
import { chaoShenEntropy } from "./chao-shen-entropy.ts";
import { evenTopics, expectedTopics } from "./expected-topics.ts";

/**
 * Topics that the log must have for each request of a draw. With fewer everybody is broad: at 20 topics and 50 draws an
 * account whose topics fall off as 1, 1/2, 1/3 ... comes to 0.81 of even draws, the default threshold, at 8 topics to 0.97.
 */
const topicsADraw = 0.4;

/**
 * Breadth of topics: `topicDiversity` (expected topics in some 50 draws against draws spread evenly over all topics, both
 * less the one that every draw has; in [0, 1]) and `topicEntropy` beside it. Neither grows with volume. Neither is said of
 * a log of few topics, which all are met by whoever asks at all.
 * Rests on all requests where the log names topics, else on the requests of the sampled prompts.
 * Cost: one grouping of the requests; JavaScript sees one count a unit and topic.
 */
export const topicBreadthStep: Step = {
  name: "topic diversity",
  stage: "indicators",
  needs: [["topic", "embedding", "prompt"]],
  async run(database, { topics: { draws, minimumRequests } }, { units, columns }) {
    const diversity = new Float64Array(units.count).fill(Number.NaN);
    const entropy = new Float64Array(units.count).fill(Number.NaN);
    const n = new Float64Array(units.count);
    const known = await database.number("SELECT count(*) FROM topicName");
    const needed = Math.ceil(topicsADraw * draws);
    for await (const { unit, counts } of topicCounts(database, units, columns)) {
      const requests = counts.reduce((sum, count) => sum + count, 0);
      n[unit] = requests;
      if (known < needed || requests < minimumRequests) continue;
      const taken = Math.min(draws, requests);
      const most = evenTopics(known, taken) - 1;
      diversity[unit] = Math.min(1, (expectedTopics(counts, taken) - 1) / most);
      entropy[unit] = chaoShenEntropy(counts);
    }
    const tooFew = `${known} topics in the log, and breadth is measured from ${needed} on`;
    const notApplicable = known < needed ? tooFew : `fewer than ${minimumRequests} requests of a known topic`;
    const columnOf = (
      name: IndicatorColumn["name"],
      values: Float64Array,
      rest: Pick<IndicatorColumn, "unit" | "scale">,
    ) => ({ name, values, n, notApplicable, ...rest }) satisfies IndicatorColumn;
    return {
      indicators: [
        columnOf("topicDiversity", diversity, { unit: "share", scale: "arcsine" }),
        columnOf("topicEntropy", entropy, { unit: "nats", scale: "identity" }),
      ],
      ...(known < needed && { off: [{ step: topicBreadthStep.name, missing: [], reason: tooFew }] }),
    };
  },
};

/** Requests by topic, one unit after the other. */
async function* topicCounts(
  database: Database,
  { requests, prompts }: Units,
  columns: ReadonlySet<ColumnName>,
): AsyncGenerator<{ unit: number; counts: number[] }> {
  const counted = columns.has("topic")
    ? `SELECT account AS unit, topic, count(*) AS n FROM ${requests} WHERE topic IS NOT NULL GROUP BY ALL`
    : `SELECT asked.account AS unit, known.topic, count(*) AS n FROM ${requests} asked
       JOIN (SELECT sample.account, sample.prompt, found.topic FROM ${prompts} sample
             JOIN (SELECT DISTINCT prompt, topic FROM promptTopic) found ON found.prompt = sample.prompt) known
       ON known.account = asked.account AND known.prompt = asked.prompt GROUP BY ALL`;
  const query = `SELECT unit, list(CAST(n AS DOUBLE) ORDER BY n, topic) AS counts FROM (${counted}) GROUP BY unit`;
  for await (const rows of database.batches<{ unit: number; counts: number[] }>(query)) yield* rows;
}
