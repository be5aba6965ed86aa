import { literal } from "../database.ts";
import type { Step } from "../step.ts";
import { unitColumn } from "../unit-column.ts";

/** Several whole sentences, from a capital letter to a full stop. */
const polished = '^[A-ZÀ-ÞА-Я"“¿¡][^\\n]*[.!?]\\s+[A-ZÀ-ÞА-Я][^\\n]*[.!?:]\\s*$';
/** Marks of haste and of talk, in languages written with Latin letters. */
const hasty =
  "(?i)(\\b(?:pls|plz|thx|hi|hey|ok|u|im|dont|cant|wanna|gonna|thanks|sorry)\\b)|(?:^|\\s)(?-i:i)(?:\\s|'|$)|\\.\\.\\.|!!|\\?\\?|\\s,|  ";

/**
 * `modelWrittenShare` in [0, 1], descriptive: share of the sampled prompts that look written by a model, by structure only:
 * 15 to 150 words in at least two whole sentences, without marks of haste, one length like the other (within a quarter
 * of the unit's median).
 *
 * Weak: careful people, products' templates and benchmarks look the same, and a model told to write hastily does not. It
 * says nothing of scripts without capitals (0 there). Cost: two patterns a sampled prompt, in SQL.
 */
export const modelWrittenShareStep: Step = {
  name: "prompts that look model-written",
  stage: "indicators",
  needs: ["prompt"],
  async run(database, { families }, { units }) {
    const { values, n } = await unitColumn(
      database,
      units.count,
      `SELECT account AS unit, avg(CAST(even AND whole AS INTEGER)) AS value, count(*) AS n FROM (
         SELECT account, abs(words - median(words) OVER (PARTITION BY account)) <= 0.25 * words AS even,
           words BETWEEN 15 AND 150 AND regexp_matches(text, ${literal(polished)}) AND NOT regexp_matches(text, ${literal(hasty)}) AS whole
         FROM (SELECT account, left(text, 2000) AS text, len(string_split(left(text, 2000), ' ')) AS words
               FROM ${units.prompts} WHERE text IS NOT NULL))
       GROUP BY account`,
    );
    return {
      indicators: [
        {
          name: "modelWrittenShare",
          unit: "share",
          scale: "arcsine",
          values: values.map((value, unit) =>
            (n[unit] as number) >= families.minimumRequests ? value : Number.NaN,
          ),
          n,
          notApplicable: `fewer than ${families.minimumRequests} sampled prompts`,
        },
      ],
    };
  },
};
