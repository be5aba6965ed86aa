import { createHash } from "node:crypto";
import { createGreenRewriter } from "../../src/canary/green-list/green-rewrite.ts";
import type { GreenReading } from "../../src/canary/green-list/score-green-list.ts";
import { countChoices, scoreChoices } from "../../src/canary/green-list/score-green-list.ts";
import type { WordPair } from "../../src/schema/green-list.ts";
import { seededRandom } from "../../src/schema/random.ts";
import { clopperPearson } from "../../src/stats/clopper-pearson.ts";
import { answerPrompt } from "../../src/zoo/answer-prompt.ts";
import { askQuestions } from "../../src/zoo/corpus.ts";
import { hashPair } from "../../src/zoo/hash.ts";
import { drawLab } from "../../src/zoo/lab.ts";
import { drawOtherLab, layCommonGround, planStudent, trainLab, trainOn } from "../../src/zoo/population.ts";

/**
 * Synonyms of what the miniature's models really say, as an owner would write a list for the answers of a model of one's
 * own: its answers have a dozen words, and few words of the shipped list.
 */
const pairs: readonly WordPair[] =
  "think=reckon wonder=marvel thanks=cheers sense=meaning write=pen people=folk simply=merely slow=gentle sure=certain ask=enquire thing=item keep=retain classic=timeless truly=genuinely pick=choose simple=plain hope=trust rest=pause picture=image walked=strolled good=fine known=famous things=items works=functions try=attempt feels=seems helps=aids problem=trouble town=village someone=somebody afraid=scared comfort=ease quiet=silent early=soon costs=takes effort=toil answer=reply child=kid edit=revise text=passage before=ere because=since first=foremost understood=grasped night=evening river=stream stone=rock boy=lad called=named time=hour others=rivals old=aged best=finest last=final friend=pal help=assist view=opinion bring=carry differently=otherwise depends=hinges"
    .split(" ")
    .map((pair) => {
      const [first = "", second = ""] = pair.split("=");
      return { words: [first, second], notAfter: [], notBefore: [] };
    });

const shares = [0, 0.01, 0.05, 0.2, 0.5, 1];
const wordsRead = [1000, 3000, 10_000, 30_000];
const level = 0.01;

const wordsIn = (text: string) => text.match(/[\p{L}\p{N}]+/gu)?.length ?? 0;
const shortP = (p: number) => (p >= 0.001 ? p.toFixed(3) : p.toExponential(1));
const mean = (numbers: readonly number[]) => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;

/** Students trained on a teacher's answers, a share of them rewritten; a Markdown table of what is found in their answers. */
export function zooRadioactivity(options: {
  readonly seeds: number;
  readonly contextWidth: number;
}): string[] {
  const ground = layCommonGround();
  const cells = new Map<string, { choices: number; green: number; p: number }[]>();
  const changed = new Map<number, number[]>();
  for (let seed = 1; seed <= options.seeds; seed++) {
    const random = seededRandom(hashPair(seed, 91));
    const sealed: GreenReading = {
      key: createHash("sha256").update(`bench ${seed}`).digest("hex"),
      contextWidth: options.contextWidth,
      pairs: [...pairs],
    };
    const rewrite = createGreenRewriter({ sealed });
    const lab = drawLab({ seed: hashPair(seed, 92) });
    const teacher = trainLab(ground, lab, hashPair(seed, 93));
    const own = drawOtherLab(hashPair(seed, 94), [lab]);
    const plan = planStudent({ lab: own, seed: hashPair(seed, 95), shares: [0.5] });
    const taught = (plan.prompts[0] ?? []).map((prompt) => ({
      prompt,
      answer: answerPrompt(teacher, ground.vocabulary, { prompt, random, maxTokens: 120 }),
    }));
    const prompts = askQuestions(6000, random).map(({ prompt }) => prompt);
    for (const share of shares) {
      let places = 0;
      const served = taught.map(({ prompt, answer }, index) => {
        if (index >= share * taught.length) return { prompt, answer };
        const rewritten = rewrite(answer, 1);
        places += rewritten === answer ? 0 : countDifferent(answer, rewritten);
        return { prompt, answer: rewritten };
      });
      changed.set(share, [...(changed.get(share) ?? []), places]);
      const student = trainOn(ground, [...plan.own, ...served]);
      const texts: string[] = [];
      let read = 0;
      for (const wanted of wordsRead) {
        for (let next = texts.length; read < wanted && next < prompts.length; next++) {
          const answer = answerPrompt(student, ground.vocabulary, {
            prompt: prompts[next] ?? "",
            random,
            maxTokens: 120,
          });
          texts.push(answer);
          read += wordsIn(answer);
        }
        const { choices, green, pValue } = scoreChoices(countChoices(texts, sealed), sealed);
        const cell = `${share}|${wanted}`;
        cells.set(cell, [...(cells.get(cell) ?? []), { choices, green, p: pValue }]);
      }
    }
    console.error(`seed ${seed}`);
  }
  return [
    `| teacher's answers rewritten | words changed | ${wordsRead.map((words) => `${words.toLocaleString("en")} words read`).join(" | ")} |`,
    `| ---: | ---: | ${wordsRead.map(() => "---").join(" | ")} |`,
    ...shares.map((share) => {
      const row = wordsRead.map((words) => {
        const runs = cells.get(`${share}|${words}`) ?? [];
        const p = runs.map((run) => run.p).sort((a, b) => a - b);
        const found = p.filter((value) => value <= level).length;
        const [low, high] = clopperPearson(found, p.length, 0.95);
        const rate = mean(runs.map(({ green, choices }) => green / choices));
        return `${(100 * rate).toFixed(0)} % of ${mean(runs.map(({ choices }) => choices)).toFixed(0)}; p ${shortP(p[p.length >> 1] ?? 1)}; ${found} of ${p.length} (${low.toFixed(2)} to ${high.toFixed(2)})`;
      });
      return `| ${100 * share} % | ${mean(changed.get(share) ?? []).toFixed(0)} | ${row.join(" | ")} |`;
    }),
  ];
}

/** Words in which two texts of as many words differ. */
function countDifferent(first: string, second: string): number {
  const words = second.split(/\s+/);
  return first.split(/\s+/).filter((word, index) => word !== words[index]).length;
}
