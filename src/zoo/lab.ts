import { seededRandom } from "../schema/random.ts";
import type { Choice, Habit } from "./grammar.ts";
import { hashNormal, hashPair, hashText, hashUniform } from "./hash.ts";

/** Latent traits that move many habits of a lab at once, so that labs resemble each other in clusters, as real ones do. */
export const traits = ["terse", "chatty", "formal", "markdown", "hedging", "lively", "poetic"] as const;

/** One maker of language models, as drawn by the lab generator: a seed stands for all of its habits and beliefs. */
export interface Lab {
  readonly seed: number;
  /** Maker, for example `Brindle Labs`, and what its assistant calls itself. */
  readonly maker: string;
  readonly assistant: string;
  readonly slug: string;
  /** Probability in [0, 1] of believing the right answer to a factual question. */
  readonly knowledge: number;
  readonly habit: Habit;
}

export interface LabOptions {
  readonly seed: number;
  /** Overrides the drawn knowledge. */
  readonly knowledge?: number;
  /** Spread of a lab's preferences at a choice, in logits; 0 is the common web with no habits of its own. */
  readonly sharpness?: number;
}

/** Spread that makes each lab use two or three alternatives of ten for most of its answers. */
const defaultSharpness = 3;
/** Spread of the part of a preference that depends on what is being talked about. */
const subjectSharpness = 2;
/** Effect in logits of one standard deviation of a trait on an alternative tied to it. */
const traitLoading = 1.1;

/** Draw a lab. The same options give the same lab; labs of different seeds are independent draws. */
export function drawLab(options: LabOptions): Lab {
  const { seed, sharpness = defaultSharpness } = options;
  const relative = sharpness / defaultSharpness;
  const scores = new Map<string, number>(
    traits.map((trait) => [trait, relative * hashNormal(hashText(trait, hashPair(seed, 11)))]),
  );
  const remembered = new Map<Choice, Float64Array>();
  function ofLab(choice: Choice): Float64Array {
    const known = remembered.get(choice);
    if (known) return known;
    const logits = Float64Array.from(choice.alternatives, ({ tags }, index) => {
      const own = sharpness * hashNormal(hashPair(hashPair(seed, choice.id), index));
      return tags.reduce((sum, { trait, sign }) => sum + sign * traitLoading * (scores.get(trait) ?? 0), own);
    });
    remembered.set(choice, logits);
    return logits;
  }
  const rememberedWeights = new Map<Choice, Float64Array>();
  const names = makerNames(seed);
  return {
    seed,
    ...names,
    knowledge: options.knowledge ?? 0.35 + 0.45 * hashUniform(hashPair(seed, 12)),
    habit(choice, subject) {
      if (!choice.bySubject) {
        const known = rememberedWeights.get(choice);
        if (known) return known;
        const weights = ofLab(choice).map(Math.exp);
        rememberedWeights.set(choice, weights);
        return weights;
      }
      const key = hashPair(hashPair(seed, choice.id), subject);
      return ofLab(choice).map((logit, index) =>
        Math.exp(0.75 * logit + relative * subjectSharpness * hashNormal(hashPair(key, index))),
      );
    },
  };
}

/** What a lab believes about a question: the index of one of the answers (0 is right), fixed for the lab. */
export function belief(lab: Lab, question: string, popularity: readonly number[]): number {
  const key = hashText(question, hashPair(lab.seed, 13));
  if (hashUniform(hashPair(key, 1)) < lab.knowledge) return 0;
  let left = hashUniform(hashPair(key, 2)) * popularity.slice(1).reduce((sum, value) => sum + value, 0);
  for (let index = 1; index < popularity.length; index += 1) {
    left -= popularity[index] as number;
    if (left < 0) return index;
  }
  return popularity.length - 1;
}

const heads =
  "Brin Vel Tar Mor Cal Den Fen Hal Jun Kes Lor Mir Nor Ost Pel Quil Ros Sel Tem Ul Var Wes Yar Zel".split(
    " ",
  );
const tails = "dle da nex wick ton vane mark field dor ward ley aris on eth ia um ora is ell".split(" ");
const kinds = "Labs|AI|Research|Systems|Intelligence|Works|Institute|Computing".split("|");
const assistants =
  "Orrin Tessa Milo Juno Pax Wren Atlas Nova Iris Otto Sage Lyra Quill Ember Rowan Cleo Finch Vesper Halo Marlow Echo Tilda Bruno Skye".split(
    " ",
  );

function makerNames(seed: number): { maker: string; assistant: string; slug: string } {
  const random = seededRandom(hashPair(seed, 14));
  const pick = (list: readonly string[]) => list[Math.floor(random() * list.length)] as string;
  const stem = pick(heads) + pick(tails);
  return { maker: `${stem} ${pick(kinds)}`, assistant: pick(assistants), slug: stem.toLowerCase() };
}
