import type { AccessSettings } from "../../schema/access-settings.ts";
import type { Random } from "../../schema/random.ts";
import type { Database } from "../database.ts";
import type { Step } from "../step.ts";
import { type SparseRows, sparseRows } from "./sparse-rows.ts";
import { nearestCentres, sphericalKMeans } from "./spherical-k-means.ts";
import { promptTopicTable, topicNameTable } from "./tables.ts";
import { topicNames } from "./topic-names.ts";
import { countWords, fitVocabulary, type Vocabulary, weighWords } from "./vocabulary.ts";

/** Different prompts that topics are fitted to. */
const fittedPrompts = 20_000;
/** A topic needs about so many of them: a smaller log is sorted into fewer topics. */
const promptsATopic = 12;
/** Embeddings are projected to so many dimensions (Johnson & Lindenstrauss; Achlioptas 2003, doi:10.1016/S0022-0000(03)00025-4). */
const projectedSize = 64;

/**
 * Topics of prompts. The log's own where it names them; else clusters of the embeddings; else of the words (tf-idf,
 * spherical k-means), fitted on the prompts with the lowest hashes of each account, so that no account has more than its
 * share. Fills `promptTopic` and `topicName`.
 * Cost: 20 s for the fit at most, then some 10 microseconds a sampled prompt.
 */
export const topicsStep: Step = {
  name: "topics",
  stage: "features",
  needs: [["topic", "embedding", "prompt"]],
  async run(database, settings, { columns, random }) {
    await database.run(`${promptTopicTable}; ${topicNameTable}`);
    if (columns.has("topic"))
      await database.run(
        `INSERT INTO topicName SELECT id, name FROM topic ORDER BY id;
         INSERT INTO promptTopic SELECT account, prompt, topic FROM promptSample WHERE topic IS NOT NULL`,
      );
    else if (columns.has("embedding")) await topicsOf(database, settings, embeddingReader(random), random);
    else await topicsOf(database, settings, wordReader(), random);
    return columns.has("topic")
      ? {}
      : {
          caveats: [
            {
              code: "access.topics",
              message: `The log names no topics: prompts were sorted by their ${columns.has("embedding") ? "embeddings" : "words"}, and requests by topic are estimated from a sample of each account's prompts.`,
              advice: "Map a column topic where the provider has a classifier of its own.",
            },
          ],
        };
  },
};

/** A way to make vectors of what a sampled prompt holds. */
interface Reader {
  /** SQL over promptSample. */
  readonly column: string;
  /** Learns from the prompts that topics are fitted to. */
  fit(rows: readonly Sampled[]): void;
  vectors(rows: readonly Sampled[]): SparseRows;
  /** Name of each topic, null where there are no words; the prompts that topics were fitted to, and the topic of each. */
  names(rows: readonly Sampled[], topics: Int32Array, count: number): (string | null)[];
}

interface Sampled {
  readonly account: number;
  readonly prompt: bigint;
  readonly content: string | number[];
}

async function topicsOf(
  database: Database,
  settings: AccessSettings,
  reader: Reader,
  random: Random,
): Promise<void> {
  const rows = await database.rows<{ account: number; prompt: bigint; content: string | number[] }>(
    `SELECT sample.account, sample.prompt, ${reader.column} AS content FROM promptSample sample JOIN (
       SELECT prompt, min(account) AS account, min(place) AS place FROM (
         SELECT account, prompt, row_number() OVER (PARTITION BY account ORDER BY prompt) AS place FROM promptSample)
       GROUP BY prompt ORDER BY place, prompt LIMIT ${fittedPrompts}) chosen
     ON chosen.account = sample.account AND chosen.prompt = sample.prompt
     WHERE ${reader.column} IS NOT NULL ORDER BY chosen.place, sample.prompt`,
  );
  reader.fit(rows);
  const count = Math.max(2, Math.min(settings.topics.count, Math.floor(rows.length / promptsATopic)));
  const vectors = reader.vectors(rows);
  const centres = sphericalKMeans(vectors, { count, random });
  if (centres.count === 0) return;
  const found: [number, bigint, number][] = [];
  const all = `SELECT account, prompt, ${reader.column} AS content FROM promptSample sample WHERE ${reader.column} IS NOT NULL`;
  for await (const batch of database.batches<{ account: number; prompt: bigint; content: string | number[] }>(
    all,
  )) {
    const nearest = nearestCentres(reader.vectors(batch), centres);
    for (const [at, { account, prompt }] of batch.entries())
      if ((nearest[at] as number) >= 0) found.push([account, prompt, nearest[at] as number]);
  }
  await database.append("promptTopic", found);
  await database.append(
    "topicName",
    reader.names(rows, nearestCentres(vectors, centres), centres.count).map((name, topic) => [topic, name]),
  );
}

/** Words of the prompts. A topic is named by the words that set it apart. */
function wordReader(): Reader {
  let vocabulary: Vocabulary = fitVocabulary([]);
  return {
    column: "left(sample.text, 2000)",
    fit(rows) {
      vocabulary = fitVocabulary(rows.map(({ content, account }) => ({ text: String(content), account })));
    },
    vectors: (rows) =>
      sparseRows(
        rows.map(({ content }) => weighWords(vocabulary, String(content))),
        vocabulary.words.length,
      ),
    names(rows, topics, count) {
      const counts = Array.from({ length: count }, () => new Map<number, number>());
      for (const [row, { content }] of rows.entries()) {
        const ofTopic = counts[topics[row] as number];
        if (ofTopic === undefined) continue;
        for (const [word, times] of countWords(vocabulary, String(content)))
          ofTopic.set(word, (ofTopic.get(word) ?? 0) + times);
      }
      return topicNames(counts, vocabulary);
    },
  };
}

/** Embeddings, projected by random signs; one of another length than the first is left out. */
function embeddingReader(random: Random): Reader {
  let signs: Int8Array[] = [];
  return {
    column: "sample.embedding",
    fit(rows) {
      const length = rows[0]?.content.length ?? 0;
      signs = Array.from({ length: Math.min(length, projectedSize) }, () =>
        Int8Array.from({ length }, () => (random() < 0.5 ? -1 : 1)),
      );
    },
    vectors: (rows) =>
      sparseRows(
        rows.map(({ content }) => projected(content as number[], signs)),
        signs.length,
      ),
    names: (_rows, _topics, count) => Array.from({ length: count }, () => null),
  };
}

function projected(values: readonly number[], signs: readonly Int8Array[]): Map<number, number> {
  if (values.length !== signs[0]?.length || !values.every(Number.isFinite)) return new Map();
  return new Map(
    signs.map((sign, at) => [
      at,
      sign.reduce((sum, value, place) => sum + value * (values[place] as number), 0),
    ]),
  );
}
