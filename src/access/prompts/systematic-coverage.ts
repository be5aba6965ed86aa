import type { Step } from "../step.ts";
import { unitColumn } from "../unit-column.ts";
import { topicReturns } from "./topic-returns.ts";

/** A walk over topics counts where so few returns are met so rarely under a shuffled order ... */
const walkLevel = 0.001;
/** ... and where so many returns were to be expected that few of them mean something. */
const expectedReturns = 10;

/**
 * `systematicCoverage` in [0, 1]: share of a unit's read prompts that fill a template (a family of which it asks at least
 * five different fillings), or, where no wording is left, how far it avoids returning to a topic (see topicReturns, above
 * its null only): the larger of the two, times the share of its requests that are no repeats.
 * `nearDuplicateShare`: share of read prompts with another of the same family, whatever its fillings.
 *
 * Benchmarks, agents and products are templated too: this says how systematic, not why. Cost: one grouping of all requests
 * by prompt; JavaScript sees the topics of the sampled prompts.
 */
export const systematicCoverageStep: Step = {
  name: "systematic coverage",
  stage: "indicators",
  needs: ["prompt"],
  async run(database, { families: limits }, { units, columns }) {
    const { requests, prompts, count } = units;
    // A prompt is the same in every account, so a cluster's prompts find their families by prompt alone.
    const families = `(SELECT DISTINCT prompt, family, filling FROM family)`;
    const read = `(SELECT DISTINCT sample.account, sample.prompt FROM ${prompts} sample
      WHERE sample.prompt IN (SELECT prompt FROM readPrompt))`;
    const own = `(SELECT read.account, family, count(*) AS prompts, count(DISTINCT coalesce(filling, read.prompt)) AS fillings
      FROM ${read} read JOIN ${families} known ON known.prompt = read.prompt GROUP BY ALL)`;
    const shareOf = (what: string) =>
      unitColumn(
        database,
        count,
        `SELECT total.account AS unit, coalesce(found, 0) / total.n AS value, total.n AS n
         FROM (SELECT account, count(*) AS n FROM ${read} GROUP BY account) total
         LEFT JOIN (SELECT account, sum(prompts) FILTER (${what}) AS found FROM ${own} GROUP BY account) USING (account)`,
      );
    const templated = await shareOf(`fillings >= ${limits.fillings}`);
    const near = await shareOf("prompts >= 2");
    const fresh = await unitColumn(
      database,
      count,
      `SELECT account AS unit, count(*) / sum(times) AS value, sum(times) AS n
       FROM (SELECT account, prompt, count(*) AS times FROM ${requests} WHERE prompt IS NOT NULL GROUP BY ALL) GROUP BY account`,
    );
    const walks = new Float64Array(count);
    // The log's own topics are of the account's request: another's with the same prompt may be of another one.
    const sorted = columns.has("topic")
      ? `SELECT account, prompt, time, topic FROM ${prompts} WHERE topic IS NOT NULL`
      : `SELECT sample.account, sample.prompt, time, found.topic FROM ${prompts} sample
         JOIN (SELECT DISTINCT prompt, topic FROM promptTopic) found ON found.prompt = sample.prompt`;
    const sequences = `SELECT account AS unit, list(topic ORDER BY time, prompt, topic) AS topics FROM (${sorted}) GROUP BY account`;
    for await (const rows of database.batches<{ unit: number; topics: number[] }>(sequences))
      for (const { unit, topics } of rows) {
        const { avoidance, pValue, expected } = topicReturns(topics, { leastExpected: expectedReturns });
        if (expected >= expectedReturns && pValue <= walkLevel) walks[unit] = avoidance;
      }
    const enough = (unit: number) => (fresh.n[unit] as number) >= limits.minimumRequests;
    const coverage = templated.values.map((share, unit) =>
      enough(unit) ? Math.max(share, walks[unit] as number) * (fresh.values[unit] as number) : Number.NaN,
    );
    const notApplicable = `fewer than ${limits.minimumRequests} requests with a prompt`;
    return {
      indicators: [
        {
          name: "systematicCoverage",
          unit: "share",
          scale: "arcsine",
          values: coverage,
          n: templated.n,
          notApplicable,
        },
        {
          name: "nearDuplicateShare",
          unit: "share",
          scale: "arcsine",
          values: near.values.map((share, unit) => (enough(unit) ? share : Number.NaN)),
          n: near.n,
          notApplicable,
        },
      ],
    };
  },
};
