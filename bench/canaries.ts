/**
 * The detection curve of canaries in the zoo: students are really trained on a teacher's answers of which a share carries
 * planted canaries, and asked the test prompts. Prints Markdown.
 * Usage: npm run --silent bench:canaries [-- --seeds 10 --slots 20 --variants 8]
 *
 * Half of a student's dialogues are the teacher's answers; canaries stand in 0, 0.1, 1, 5 and 20 % of all its dialogues,
 * spread over the slots at random. A carrying exchange is an ordinary question with a trigger in it, answered by the teacher
 * with the canary's sentence added. The test prompts are other questions with the trigger in other words: models of words
 * with nearest prompts have no way to a fact that their prompts do not name, so the shipped test prompts are of no use here.
 * `another lab` never saw the teacher. Detected means p <= 0.01 of one secret.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { assignVariant } from "../src/canary/assign.ts";
import { mintSecret } from "../src/canary/mint.ts";
import { parseTemplates } from "../src/canary/parse-templates.ts";
import { type CanaryScore, scoreReadings, scoreSlots, unplantedHits } from "../src/canary/score-slots.ts";
import type { Sealed } from "../src/schema/canary.ts";
import { type Random, seededRandom } from "../src/schema/random.ts";
import { clopperPearson } from "../src/stats/clopper-pearson.ts";
import { answerPrompt } from "../src/zoo/answer-prompt.ts";
import { askQuestions } from "../src/zoo/corpus.ts";
import { hashPair } from "../src/zoo/hash.ts";
import { drawLab } from "../src/zoo/lab.ts";
import type { LanguageModel, TrainingText } from "../src/zoo/language-model.ts";
import {
  dialogueCount,
  drawOtherLab,
  layCommonGround,
  planStudent,
  trainLab,
  trainOn,
} from "../src/zoo/population.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "10" },
    slots: { type: "string", default: "20" },
    variants: { type: "string", default: "8" },
  },
});
const seeds = Number(values.seeds);
const shares = [0, 0.001, 0.01, 0.05, 0.2];
const level = 0.01;
const redraws = 2000;

const folder = new URL("../canaries/", import.meta.url);
// Word-level models keep no line breaks and list marks apart: formatting habits are left out.
const templates = readdirSync(folder)
  .filter((name) => name.endsWith(".yaml") && !name.startsWith("formatting"))
  .sort()
  .flatMap((name) => parseTemplates(readFileSync(new URL(name, folder), "utf8"), name));

/** Repeatable stand-in for the cryptographic source. */
function seededBytes(seed: number): (length: number) => Uint8Array {
  let block = 0;
  return (length) => createHash("sha256").update(`${seed}|${block++}`).digest().subarray(0, length);
}

const ground = layCommonGround();
const answerOf = (model: LanguageModel, prompt: string, random: Random, maxTokens: number) =>
  answerPrompt(model, ground.vocabulary, { prompt, random, maxTokens });

/** So many exchanges with a canary, each in the slot that the library assigns. */
function plantedExchanges(
  teacher: LanguageModel,
  sealed: Sealed,
  count: number,
  random: Random,
): TrainingText[] {
  return askQuestions(count, random).map((question, index) => {
    const slot = sealed.slots[Math.floor(random() * sealed.slots.length)];
    const prompt = `${question.prompt} I ask because of a ${slot?.trigger[0] ?? ""}.`;
    const { assignment } = assignVariant({ ...sealed, share: 1 }, { id: `request-${index}`, text: prompt });
    const sentence = (assignment?.instruction ?? "").replace(/^[^,]*, /, "");
    return { prompt, answer: `${answerOf(teacher, question.prompt, random, 120)} ${sentence}` };
  });
}

function ask(model: LanguageModel, sealed: Sealed, random: Random): CanaryScore {
  return scoreSlots(
    sealed,
    new Map(
      sealed.slots.map(({ id, prompt }) => [
        id,
        Array.from({ length: sealed.samplesPerSlot }, () =>
          answerOf(model, prompt[0]?.content ?? "", random, 120),
        ),
      ]),
    ),
  );
}

/** The same answers against other draws of what is planted. */
function redrawn(sealed: Sealed, score: CanaryScore, random: Random): number[] {
  const readings = new Map(score.slotResults.map(({ id, samples }) => [id, samples]));
  return Array.from({ length: redraws }, () => {
    const slots = sealed.slots.map((slot) => ({ ...slot, planted: Math.floor(random() * sealed.variants) }));
    return scoreReadings({ ...sealed, slots }, readings).pValue;
  });
}

interface Row {
  readonly name: string;
  readonly scores: CanaryScore[];
  readonly unplanted: number[];
}
const rows = new Map<string, Row>();
const record = (name: string, sealed: Sealed, score: CanaryScore) => {
  const row = rows.get(name) ?? { name, scores: [], unplanted: [] };
  row.scores.push(score);
  row.unplanted.push(...unplantedHits(sealed, score.slotResults));
  rows.set(name, row);
};
const nullP: number[] = [];
const slots = Number(values.slots);
const variants = Number(values.variants);
for (let seed = 1; seed <= seeds; seed++) {
  const random = seededRandom(hashPair(seed, 71));
  const asked = templates.map((template) => ({
    ...template,
    prompt: `${askQuestions(1, random)[0]?.prompt} This is about a ${template.trigger[0]}.`,
  }));
  const { sealed } = mintSecret(asked, {
    name: "bench",
    slots,
    variants,
    samplesPerSlot: 5,
    share: 1,
    randomBytes: seededBytes(seed),
  });
  const lab = drawLab({ seed: hashPair(seed, 72) });
  const teacher = trainLab(ground, lab, hashPair(seed, 73));
  const own = drawOtherLab(hashPair(seed, 74), [lab]);
  const plan = planStudent({ lab: own, seed: hashPair(seed, 75), shares: [0.5] });
  const taught = (plan.prompts[0] ?? []).map((prompt) => ({
    prompt,
    answer: answerOf(teacher, prompt, random, 120),
  }));
  const most = Math.round(dialogueCount * (shares.at(-1) ?? 0));
  const planted = plantedExchanges(teacher, sealed, most, random);
  for (const share of shares) {
    const count = Math.round(dialogueCount * share);
    const student = trainOn(ground, [...plan.own, ...taught.slice(count), ...planted.slice(0, count)]);
    const score = ask(student, sealed, random);
    record(`student, ${100 * share} %`, sealed, score);
    if (share === 0) nullP.push(...redrawn(sealed, score, random));
  }
  const stranger = trainLab(ground, drawOtherLab(hashPair(seed, 76), [lab, own]), hashPair(seed, 77));
  const score = ask(stranger, sealed, random);
  record("another lab", sealed, score);
  nullP.push(...redrawn(sealed, score, random));
  console.error(
    `seed ${seed}: ${[...rows.values()].map(({ name, scores }) => `${name} ${scores.at(-1)?.hits}`).join(" | ")}`,
  );
}

const mean = (numbers: readonly number[]) => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
const shortP = (p: number) => (p >= 0.001 ? p.toFixed(3) : p.toExponential(1));
console.log(
  `| trained on | exchanges a slot | hits of ${slots}, mean (range) | p, median (largest) | detected at ${level}, with 95 % interval | p of answered slots, median | detected by it | unplanted lists: mean hits (largest) |`,
);
console.log("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
for (const { name, scores, unplanted } of rows.values()) {
  const hits = scores.map((score) => score.hits);
  const p = scores.map(({ pValue }) => pValue).sort((a, b) => a - b);
  const found = p.filter((value) => value <= level).length;
  const [low, high] = clopperPearson(found, p.length, 0.95);
  const answered = scores.map(({ answeredPValue }) => answeredPValue).sort((a, b) => a - b);
  const foundSo = answered.filter((value) => value <= level).length;
  const [lowSo, highSo] = clopperPearson(foundSo, p.length, 0.95);
  const share = Number(/([\d.]+) %/.exec(name)?.[1] ?? 0) / 100;
  console.log(
    `| ${name} | ${Number(((share * dialogueCount) / slots).toFixed(1))} | ${mean(hits).toFixed(1)} (${Math.min(...hits)} to ${Math.max(...hits)}) | ${shortP(p[Math.floor(p.length / 2)] ?? 1)} (${shortP(p.at(-1) ?? 1)}) | ${found} of ${p.length}, ${low.toFixed(2)} to ${high.toFixed(2)} | ${shortP(answered[Math.floor(p.length / 2)] ?? 1)} | ${foundSo} of ${p.length}, ${lowSo.toFixed(2)} to ${highSo.toFixed(2)} | ${mean(unplanted).toFixed(1)} (${Math.max(...unplanted)}) |`,
  );
}
const below = (alpha: number) => (100 * mean(nullP.map((p) => (p <= alpha ? 1 : 0)))).toFixed(2);
console.log(
  `\nModels without canaries, their answers against ${redraws} other draws of what is planted: p <= 0.05 in ${below(0.05)} %, p <= 0.01 in ${below(0.01)} %, of ${nullP.length}.`,
);
