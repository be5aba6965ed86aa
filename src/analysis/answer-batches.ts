import type { RecordedAnswers } from "../schema/corpus.ts";
import type { RecordedAnswer } from "../schema/withheld-answer.ts";
import type { ResponseMask } from "./kept-probe.ts";
import type { BatchedProbe, ProbeMeter } from "./view-meter.ts";

/** Answers of up to so many characters are kept between passes; more are read again. */
const keptCharacters = 1 << 26;
/** Probes go to the meters in batches of about so many characters. */
const batchCharacters = 1 << 20;
/** Batches that a meter has at a time: one that it works on and one that waits. */
const batchesAhead = 2;

const characters = ({ answers }: RecordedAnswers): number => {
  let sum = 0;
  for (const ofModel of answers.values()) for (const answer of ofModel) sum += charactersOf(answer);
  return sum;
};

/** Characters that are held in memory of an answer. */
function charactersOf(answer: RecordedAnswer): number {
  if (typeof answer === "string") return answer.length;
  let sum = 0;
  for (const view in answer.views) sum += (answer.views[view] as string).length;
  return sum;
}

/**
 * A function that gives all answers anew at each call. Few answers are kept; many are read again, unless they can be
 * read only once, as those of a generator: then all are kept, and memory grows with them.
 */
export function repeatable(
  answers: AsyncIterable<RecordedAnswers> | Iterable<RecordedAnswers>,
): () => AsyncGenerator<RecordedAnswers> {
  const iterator: unknown =
    Symbol.asyncIterator in answers ? answers[Symbol.asyncIterator]() : answers[Symbol.iterator]();
  const once = iterator === answers;
  let kept: readonly RecordedAnswers[] | null = null;
  let tooMany = false;
  return async function* () {
    if (kept !== null) {
      yield* kept;
      return;
    }
    const keeping: RecordedAnswers[] = [];
    let length = 0;
    for await (const probe of answers) {
      if (!once) length += characters(probe);
      if (length > keptCharacters) tooMany = true;
      if (tooMany) keeping.length = 0;
      else keeping.push(probe);
      yield probe;
    }
    if (!tooMany) kept = keeping;
  };
}

/**
 * Cuts probes into batches.
 * @param options.indexOf - number of each model; answers of others are left out
 * @param options.leaveOut - numbers of probes that are not wanted
 * @param options.maskOf - by number of a probe: which of its responses are wanted
 * @param options.masksOf - by number of a probe: which of its responses each selection keeps
 */
export async function* inBatches(
  answers: AsyncIterable<RecordedAnswers>,
  options: {
    readonly indexOf: ReadonlyMap<string, number>;
    readonly leaveOut?: ReadonlySet<number>;
    readonly maskOf?: (probe: number) => ResponseMask;
    readonly masksOf?: (probe: number) => readonly ResponseMask[];
  },
): AsyncGenerator<readonly BatchedProbe[]> {
  let number = 0;
  let batch: BatchedProbe[] = [];
  let length = 0;
  for await (const probe of answers) {
    const here = number++;
    if (options.leaveOut?.has(here)) continue;
    const present = [...probe.answers].flatMap(([name, ofModel]) => {
      const model = options.indexOf.get(name);
      return model === undefined ? [] : ofModel.map((answer) => ({ model, answer }));
    });
    const mask = options.maskOf?.(here) ?? null;
    const responses = present
      .sort((one, other) => one.model - other.model)
      .filter((_, place) => mask === null || mask[place] === 1);
    batch.push({ number: here, responses, masks: options.masksOf?.(here) ?? [] });
    length += characters(probe);
    if (length < batchCharacters) continue;
    yield batch;
    batch = [];
    length = 0;
  }
  if (batch.length > 0) yield batch;
}

/** Hands batches to the meters as they become free. Rejects as soon as one of them fails. */
export async function shareOut(
  batches: AsyncGenerator<readonly BatchedProbe[]>,
  meters: readonly ProbeMeter[],
  work: (meter: ProbeMeter, batch: readonly BatchedProbe[]) => unknown,
): Promise<void> {
  let failed = false;
  const take = async (meter: ProbeMeter) => {
    try {
      // Calls of `next` that come while another is under way wait for their turn.
      for (let next = await batches.next(); !next.done && !failed; next = await batches.next())
        await work(meter, next.value);
    } catch (error) {
      failed = true;
      throw error;
    }
  };
  await Promise.all(meters.flatMap((meter) => Array.from({ length: batchesAhead }, () => take(meter))));
}
