import { existsSync } from "node:fs";
import { setImmediate as nextTask } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { kernelOf } from "../../src/analysis/kernel-chunks.ts";
import {
  type MeasuredAnswers,
  type MeasureOptions,
  measureAnswers,
} from "../../src/analysis/measured-answers.ts";
import { createProbeMeter, type MeterFactory } from "../../src/analysis/view-meter.ts";
import type { ProbeAnswers } from "../../src/schema/corpus.ts";
import { seededRandom } from "../../src/schema/random.ts";

const modelCount = 9;
const panel = [3, 4, 5, 6, 7, 8];
const options: MeasureOptions = {
  models: Array.from({ length: modelCount }, (_, m) => ({ name: `m${m}`, lab: `lab ${m}` })),
  panel,
  pairs: [[0, 1]],
  habitJackknife: true,
};

/**
 * Probes of several batches, in 12 families. Models outside the panel say many things that the panel hardly says, and
 * there are more features than the smallest sketch has counters: what is a habit must not depend on what collides.
 */
function corpus(): ProbeAnswers[] {
  const random = seededRandom(5);
  const word = (kinds: number) => `w${Math.floor(kinds * random() ** 3).toString(36)}`;
  return Array.from({ length: 48 }, (_, p): ProbeAnswers => {
    const answer = (m: number) =>
      Array.from({ length: 60 }, () => {
        const own = random() < 0.3 ? `own${panel.includes(m) ? m : "stranger"}` : "";
        return `${own}${word(900)} ${word(3000)}.`;
      }).join(" ");
    const answers = Array.from({ length: modelCount }, (_, m): [string, string[]] => [
      `m${m}`,
      // Blanks make several batches of little text; some models are silent here and there.
      (p + m) % 11 === 0 ? [] : Array.from({ length: 2 }, () => answer(m) + " ".repeat(5000)),
    ]);
    return {
      probe: `p${String(p).padStart(3, "0")}`,
      family: `family ${p % 12}`,
      prompt: "",
      answers: new Map(answers.filter(([, texts]) => texts.length > 0)),
    };
  });
}

const several: MeterFactory = (setup) => Array.from({ length: 3 }, () => createProbeMeter(setup));

/** All numbers of a measurement, by probe id where they are of one probe. */
const numbersOf = ({ probes, stack, habits, grams }: MeasuredAnswers) => ({
  kernels: Object.fromEntries(probes.map(({ id }, p) => [id, Array.from(kernelOf(stack.kernels, p))])),
  grams: Object.fromEntries(probes.map(({ id }, p) => [id, Array.from(grams[0]?.[p] ?? [])])),
  habits: habits.map(({ total }) => Array.from(total)),
});

it("measures the same to the bit with one meter and with several", async () => {
  const one = await measureAnswers(corpus(), options);
  const shared = await measureAnswers(corpus(), { ...options, meters: several });
  expect(one.habits.some(({ total }) => total.some((sum) => sum !== 0))).toBe(true);
  expect(numbersOf(shared)).toEqual(numbersOf(one));
  expect(shared.habits.map(({ withoutBlock }) => withoutBlock)).toEqual(
    one.habits.map(({ withoutBlock }) => withoutBlock),
  );
});

it("measures the same in whatever order the probes come", async () => {
  const random = seededRandom(8);
  const shuffled = corpus()
    .map((probe) => ({ probe, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ probe }) => probe);
  const [one, other] = [await measureAnswers(corpus(), options), await measureAnswers(shuffled, options)];
  expect(numbersOf(other).kernels).toEqual(numbersOf(one).kernels);
  // The blocks are numbered, and so added up, in the order in which they come.
  const flat = (measured: MeasuredAnswers) => measured.habits.flatMap(({ total }) => Array.from(total));
  flat(other).forEach((sum, i) => {
    expect(sum).toBeCloseTo(flat(one)[i] as number, 9);
  });
});

const built = new URL("../../dist/workers/threaded-meters.js", import.meta.url);

it.skipIf(!existsSync(built))("measures the same in worker threads (needs a build)", async () => {
  const { threadedMeters } = (await import(built.href)) as { threadedMeters: MeterFactory };
  const one = await measureAnswers(corpus(), options);
  const threaded = await measureAnswers(corpus(), { ...options, meters: threadedMeters });
  expect(numbersOf(threaded)).toEqual(numbersOf(one));
});

/** Answers of blanks, a new object each time; reports how many objects are alive whenever one is asked for. */
function counted(probes: number, characters: number) {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const written: WeakRef<ProbeAnswers>[] = [];
  const alive: number[][] = [];
  const source = {
    async *[Symbol.asyncIterator](): AsyncGenerator<ProbeAnswers> {
      const ofPass: number[] = [];
      alive.push(ofPass);
      for (let p = 0; p < probes; p++) {
        // A weak reference holds its object until the task that made it is over.
        await nextTask();
        collect();
        ofPass.push(written.filter((reference) => reference.deref() !== undefined).length);
        const probe: ProbeAnswers = {
          probe: `p${p + 10}`,
          family: "blank",
          prompt: "",
          answers: new Map([["m0", [`${p}${" ".repeat(characters)}`]]]),
        };
        written.push(new WeakRef(probe));
        yield probe;
      }
    },
  };
  return { source, alive };
}

it("reads many answers three times and keeps none of them", async () => {
  const { source, alive } = counted(40, 2 ** 21);
  await measureAnswers(source, options);
  expect(alive.map(({ length }) => length)).toEqual([40, 40, 40]);
  expect(Math.max(...(alive[1] as number[]), ...(alive[2] as number[]))).toBeLessThanOrEqual(5);
}, 30_000);

it("reads few answers once and keeps them", async () => {
  const { source, alive } = counted(40, 16);
  await measureAnswers(source, options);
  expect(alive.map(({ length }) => length)).toEqual([40]);
  expect(alive[0]?.at(-1)).toBe(39);
});
