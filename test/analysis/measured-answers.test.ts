import { existsSync } from "node:fs";
import { setImmediate as nextTask } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { kernelOf } from "../../src/analysis/kernel-chunks.ts";
import { measureAnswers, startMeasuring } from "../../src/analysis/measure-answers.ts";
import type { MeasuredAnswers, MeasureOptions } from "../../src/analysis/measured-answers.ts";
import type { AnswerSelection } from "../../src/analysis/selected-answers.ts";
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

/** What a selection leaves of a corpus, as texts. */
const selected = (probes: readonly ProbeAnswers[], selection: AnswerSelection): ProbeAnswers[] =>
  probes.map(({ probe, answers, retried, ...rest }) => {
    const shape = { probe, counts: new Uint16Array(), ...(retried === undefined ? {} : { retried }) };
    const left = [...answers].map(
      ([model, texts]) =>
        [model, selection(shape, model, texts.length).map((place) => texts[place] as string)] as const,
    );
    return { ...rest, probe, answers: new Map(left.filter(([, texts]) => texts.length > 0)) };
  });

const selections: Record<string, AnswerSelection> = {
  everything: (_shape, _model, count) => Array.from({ length: count }, (_, place) => place),
  "first answers": () => [0],
  "second answers of the suspect, no reference at some probes": ({ probe }, model, count) =>
    model === "m1" && /[02468]$/.test(probe) ? [] : model === "m0" ? [count - 1] : [0, 1].slice(0, count),
  "no panel model at most probes": ({ probe }, model, count) =>
    panel.includes(Number(model.slice(1))) && !probe.startsWith("p00") ? [] : [0, 1].slice(0, count),
};

it.each([
  ["whose features are all kept", { meters: 1, mostKept: 2 ** 25 }],
  ["of which some features are kept", { meters: 3, mostKept: 30_000 }],
  ["of which no feature is kept", { meters: 2, mostKept: 0 }],
])("measures selections of answers %s to the bit as if each were measured by itself", async (_, set) => {
  const meters: MeterFactory = (setup) =>
    Array.from({ length: set.meters }, () => createProbeMeter({ ...setup, ...set }));
  const measuring = startMeasuring(corpus(), { ...options, meters }, () => Object.values(selections));
  const all = await measuring.next();
  const whole = await measureAnswers(corpus(), options);
  expect(numbersOf(all)).toEqual(numbersOf(whole));
  for (const selection of Object.values(selections)) {
    const { grams: _grams, ...alone } = await measureAnswers(selected(corpus(), selection), options);
    const { grams, ...together } = await measuring.next();
    expect(grams).toEqual([]);
    expect(together).toEqual(alone);
  }
  await expect(measuring.next()).rejects.toThrow(RangeError);
  measuring.close();
});

it("asks for selections once the number of answers is known", async () => {
  let asked: Uint16Array | null = null;
  const measuring = startMeasuring(corpus(), options, ({ sampleCounts }) => {
    asked = sampleCounts;
    return [];
  });
  await measuring.next();
  measuring.close();
  expect(asked).toEqual((await measureAnswers(corpus(), options)).sampleCounts);
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

it.each([
  [2, 2 ** 25],
  [3, 0],
])(
  "reads many answers %i times where %i features may be kept, and keeps no text",
  async (times, mostKept) => {
    const { source, alive } = counted(40, 2 ** 21);
    const meters: MeterFactory = (setup) => [createProbeMeter({ ...setup, mostKept })];
    await measureAnswers(source, { ...options, meters });
    expect(alive.map(({ length }) => length)).toEqual(Array.from({ length: times }, () => 40));
    expect(Math.max(...alive.slice(1).flat())).toBeLessThanOrEqual(5);
  },
  30_000,
);

it("reads few answers once and keeps them", async () => {
  const { source, alive } = counted(40, 16);
  await measureAnswers(source, options);
  expect(alive.map(({ length }) => length)).toEqual([40]);
  expect(alive[0]?.at(-1)).toBe(39);
});
