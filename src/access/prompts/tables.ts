/**
 * What the features steps make of `promptSample`; linkage, indicators and sections read it. A family is a set of prompts
 * that share their wording but for slots, whoever sent them: one number for all accounts, 0 to n - 1 by falling size
 * (sampled prompts, then the lowest prompt hash). The tables are there, empty, where the log has no prompt texts.
 */

/** Sampled prompts that were read closely: every account's lowest hashes, to one rank. Shares are taken over these. */
export const readPromptTable = `CREATE TABLE readPrompt (
  account INTEGER NOT NULL,
  prompt UBIGINT NOT NULL
)`;

/** One row for each read prompt of an account that belongs to a family of at least two different prompts. */
export const familyTable = `CREATE TABLE family (
  account INTEGER NOT NULL,
  prompt UBIGINT NOT NULL,
  time TIMESTAMP NOT NULL, -- of the account's first request with it
  family INTEGER NOT NULL,
  filling UBIGINT, -- hash of all slot values: equal fillings ask the same; NULL where the family has no frame
  slots UINTEGER[] -- hash of the value by slot, in the family's order of slots; NULL with filling
)`;

/** One row a family. */
export const familyStatsTable = `CREATE TABLE familyStats (
  family INTEGER PRIMARY KEY,
  template UBIGINT, -- the commonest of its exact templates (see request.template)
  accounts INTEGER NOT NULL, -- that hold a sampled prompt of it
  prompts INTEGER NOT NULL, -- different prompts in the sample, over all accounts
  fillings INTEGER NOT NULL, -- different fillings of them; 0 without a frame
  frameWords INTEGER NOT NULL, -- words that all members share, in order; 0: no frame
  slots INTEGER[], -- different values by slot
  gridSize DOUBLE, -- their product: cells of the full grid; NULL without a frame
  gridShare DOUBLE -- fillings / gridSize: 1 is a full grid as far as the sample goes
)`;

/** Which family an exact template belongs to, so that every request of it can be counted, sampled or not. */
export const familyTemplateTable = `CREATE TABLE familyTemplate (
  template UBIGINT PRIMARY KEY,
  family INTEGER NOT NULL
)`;

/** Topic of each sampled prompt: the log's own where it names them; see topicName. */
export const promptTopicTable = `CREATE TABLE promptTopic (
  account INTEGER NOT NULL,
  prompt UBIGINT NOT NULL,
  topic INTEGER NOT NULL
)`;

/** Topics by number: the log's own, or named by the words that set them apart. */
export const topicNameTable = `CREATE TABLE topicName (
  topic INTEGER PRIMARY KEY,
  name VARCHAR -- NULL where there is no text to name it by
)`;
