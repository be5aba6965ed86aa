import type { AccessSettings } from "../../schema/access-settings.ts";
import type { Database } from "../database.ts";
import type { Step } from "../step.ts";
import { groupPrompts, minimumFrameWords } from "./group-prompts.ts";
import { promptWords } from "./prompt-words.ts";
import { familyStatsTable, familyTable, familyTemplateTable, readPromptTable } from "./tables.ts";
import { fitFrame, slotValues, type TemplateFrame } from "./template-frame.ts";

/** Exact templates that are compared in memory (some 0.4 kB each); beyond, every account has fewer prompts read. */
const maximumTemplates = 600_000;
/** Words of a prompt that are compared. */
const maximumWords = 150;
/** Members that a frame is fitted to: those with the lowest hashes. */
const fittedMembers = 40;

/**
 * Template families of the sampled prompts, over all accounts at once: prompts of one exact template, and templates whose
 * wording is alike (see groupPrompts). Fills `readPrompt`, `family`, `familyStats` and `familyTemplate`.
 * Cost: some 30 microseconds a template, 600,000 of them at most; it does not grow with the log.
 */
export const familiesStep: Step = {
  name: "template families",
  stage: "features",
  needs: [],
  async run(database, settings, { columns }) {
    await database.run(
      `${readPromptTable}; ${familyTable}; ${familyStatsTable}; ${familyTemplateTable};
       CREATE TEMP TABLE promptFilling (prompt UBIGINT, filling UBIGINT, slots UINTEGER[]);
       CREATE TEMP TABLE familyFrame (family INTEGER, words INTEGER)`,
    );
    if (!columns.has("prompt"))
      return {
        off: [
          {
            step: "template families",
            missing: ["prompt"],
            reason: "templates are found in the words of prompts, and the mapping names no column for prompt",
          },
        ],
      };
    const left = await choosePrompts(database);
    await groupTemplates(database, settings);
    await alignMembers(database, settings);
    await fillTables(database);
    return left === 0
      ? {}
      : {
          caveats: [
            {
              code: "access.templates",
              message: `Of each account's sampled prompts only the first ${left} were compared with others: the log holds more than ${maximumTemplates} different templates.`,
              advice:
                "Scan a shorter period or fewer accounts where systematic coverage is to rest on more prompts.",
            },
          ],
        };
  },
};

/** Fills readPrompt; the number of prompts an account is held to, 0 where all could be read. */
async function choosePrompts(database: Database): Promise<number> {
  await database.run(
    `CREATE TEMP TABLE placedPrompt AS SELECT account, prompt, template, text IS NOT NULL AS words,
       row_number() OVER (PARTITION BY account ORDER BY prompt) AS place
     FROM promptSample WHERE text IS NOT NULL AND template IS NOT NULL`,
  );
  const deepest = await database.number("SELECT coalesce(max(place), 0) FROM placedPrompt");
  const place = await database.number(
    `SELECT coalesce(max(place) FILTER (together <= ${maximumTemplates}), 1) FROM (
       SELECT place, sum(count(*)) OVER (ORDER BY place) AS together
       FROM (SELECT min(place) AS place FROM placedPrompt GROUP BY template) GROUP BY place)`,
  );
  await database.run(
    `INSERT INTO readPrompt SELECT account, prompt FROM placedPrompt
     WHERE place <= ${place} ORDER BY account, prompt; DROP TABLE placedPrompt`,
  );
  const shorter = await database.number(
    "SELECT count(*) FROM (SELECT account FROM promptSample WHERE text IS NOT NULL GROUP BY account HAVING count(*) > $place)",
    { place },
  );
  return deepest > place && shorter > 0 ? place : 0;
}

/** Fills familyTemplate. */
async function groupTemplates(database: Database, settings: AccessSettings): Promise<void> {
  const templates: bigint[] = [];
  const words: Uint32Array[] = [];
  const query = `SELECT template, arg_min(left(text, 2000), prompt) AS text
    FROM promptSample JOIN readPrompt USING (account, prompt) GROUP BY template ORDER BY template LIMIT ${maximumTemplates}`;
  for await (const rows of database.batches<{ template: bigint; text: string }>(query))
    for (const { template, text } of rows) {
      templates.push(template);
      words.push(promptWords(text, maximumWords).masked);
    }
  const sets = groupPrompts(words, {
    similarity: settings.families.similarity,
    minimumCommonWords: minimumFrameWords,
  });
  await database.run("CREATE TEMP TABLE templateSet (template UBIGINT, bundle INTEGER)");
  await database.append(
    "templateSet",
    templates.map((template, item) => [template, sets.find(item)]),
  );
  await database.run(
    `INSERT INTO familyTemplate SELECT template, family FROM templateSet JOIN (
       SELECT bundle, row_number() OVER (ORDER BY prompts DESC, lowest) - 1 AS family FROM (
         SELECT bundle, count(DISTINCT prompt) AS prompts, min(prompt) AS lowest
         FROM promptSample JOIN readPrompt USING (account, prompt) JOIN templateSet USING (template)
         GROUP BY bundle HAVING count(DISTINCT prompt) > 1)) USING (bundle);
     DROP TABLE templateSet`,
  );
}

/** Fills promptFilling and familyFrame: frame and slots of every family that is large enough to be a template. */
async function alignMembers(database: Database, settings: AccessSettings): Promise<void> {
  await database.run(
    `CREATE TEMP TABLE familyMember AS SELECT family, prompt, any_value(text) AS text,
       row_number() OVER (PARTITION BY family ORDER BY prompt) AS place
     FROM (SELECT family, prompt, left(text, 2000) AS text FROM promptSample JOIN readPrompt USING (account, prompt)
           JOIN familyTemplate USING (template)) GROUP BY family, prompt`,
  );
  const large = `family IN (SELECT family FROM familyMember GROUP BY family HAVING count(*) >= ${settings.families.fillings})`;
  const members = new Map<number, Uint32Array[]>();
  const fitted = `SELECT family, text FROM familyMember WHERE place <= ${fittedMembers} AND ${large} ORDER BY family, prompt`;
  for await (const rows of database.batches<{ family: number; text: string }>(fitted))
    for (const { family, text } of rows) {
      const known = members.get(family) ?? [];
      known.push(promptWords(text, maximumWords).masked);
      members.set(family, known);
    }
  const frames = new Map<number, TemplateFrame>();
  for (const [family, words] of members) {
    const frame = fitFrame(words, 1);
    if (frame !== null) frames.set(family, frame);
  }
  const fillings: [bigint, string][] = [];
  const all = `SELECT family, prompt, text FROM familyMember WHERE ${large}`;
  for await (const rows of database.batches<{ family: number; prompt: bigint; text: string }>(all))
    for (const { family, prompt, text } of rows) {
      const frame = frames.get(family);
      const values = frame === undefined ? null : slotValues(frame, promptWords(text, maximumWords));
      if (values !== null) fillings.push([prompt, values.join(",")]);
    }
  await database.append(
    "familyFrame",
    [...frames].map(([family, { words }]) => [family, words.length]),
  );
  await database.run("CREATE TEMP TABLE filledSlots (prompt UBIGINT, slots VARCHAR)");
  await database.append("filledSlots", fillings);
  await database.run(
    `INSERT INTO promptFilling SELECT prompt, hash(slots),
       CASE WHEN slots = '' THEN [] ELSE CAST(string_split(slots, ',') AS UINTEGER[]) END FROM filledSlots;
     DROP TABLE filledSlots; DROP TABLE familyMember`,
  );
}

async function fillTables(database: Database): Promise<void> {
  await database.run(
    `INSERT INTO family SELECT sample.account, sample.prompt, sample.time, familyTemplate.family, filling, slots
     FROM promptSample sample JOIN readPrompt USING (account, prompt) JOIN familyTemplate USING (template)
     LEFT JOIN promptFilling ON promptFilling.prompt = sample.prompt ORDER BY sample.account, sample.prompt`,
  );
  await database.run(
    `INSERT INTO familyStats
     SELECT family, template, accounts, prompts, fillings, coalesce(words, 0), slots, gridSize, fillings / gridSize
     FROM (SELECT family, CAST(count(DISTINCT account) AS INTEGER) AS accounts,
             CAST(count(DISTINCT prompt) AS INTEGER) AS prompts, CAST(count(DISTINCT filling) AS INTEGER) AS fillings
           FROM family GROUP BY family)
     LEFT JOIN (SELECT family, arg_max(template, (asked, template)) AS template FROM (
           SELECT familyTemplate.family, template, count(*) AS asked FROM promptSample
           JOIN familyTemplate USING (template) GROUP BY ALL) GROUP BY family) USING (family)
     LEFT JOIN familyFrame USING (family)
     LEFT JOIN (SELECT family, CAST(list(different ORDER BY slot) AS INTEGER[]) AS slots, product(different) AS gridSize FROM (
           SELECT family, slot, count(DISTINCT value) AS different FROM (
             SELECT family, unnest(slots) AS value, generate_subscripts(slots, 1) AS slot FROM family) GROUP BY ALL)
         GROUP BY family) USING (family)
     ORDER BY family`,
  );
  await database.run("DROP TABLE promptFilling; DROP TABLE familyFrame");
}
