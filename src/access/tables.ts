/**
 * The working tables of a scan, in `access.duckdb`. Accounts are numbers, 0 to n - 1 by name; whatever could name a
 * person or a machine is a 64-bit hash with the scan's salt. A column that the mapping does not name is NULL throughout.
 */

/** Who asked. `name` is the one raw value that is kept, for the analyst must act on it. */
export const accountTable = `CREATE TABLE account (
  id INTEGER PRIMARY KEY,
  name VARCHAR NOT NULL,
  kind VARCHAR
)`;

/** One row a request, sorted by account and time. */
export const requestTable = `CREATE TABLE request (
  account INTEGER NOT NULL,
  time TIMESTAMP NOT NULL, -- UTC
  key UBIGINT,
  organisation UBIGINT,
  network UBIGINT, -- of the /24 or /48
  asn UBIGINT,
  country VARCHAR,
  client UBIGINT,
  payment UBIGINT,
  model VARCHAR,
  prompt UBIGINT,
  template UBIGINT, -- of the prompt with numbers, quotations, URLs and long tokens replaced by a slot mark
  topic INTEGER, -- the log's own, see the table topic; NULL where the log names none
  promptChars INTEGER,
  system UBIGINT,
  maxTokens INTEGER,
  temperature FLOAT,
  logprobs BOOLEAN,
  reasoning BOOLEAN, -- by parameter
  inputTokens INTEGER,
  outputTokens INTEGER,
  finish VARCHAR,
  asksReasoning BOOLEAN -- by parameter or by the prompt's words; NULL where neither is known
)`;

/** The log's own topics, by number. */
export const topicTable = `CREATE TABLE topic (
  id INTEGER PRIMARY KEY,
  name VARCHAR NOT NULL
)`;

/**
 * The prompts of each account with the lowest hashes (bottom-k): a uniform sample of its distinct prompts that does not
 * depend on the order of rows, and in which two accounts with the same prompts hold the same ones.
 */
export const promptSampleTable = `CREATE TABLE promptSample (
  account INTEGER NOT NULL,
  prompt UBIGINT NOT NULL,
  text VARCHAR, -- bounded; NULL where the log has hashes only
  time TIMESTAMP NOT NULL, -- of its first request
  template UBIGINT,
  topic INTEGER,
  embedding FLOAT[] -- NULL where the log has none
)`;
