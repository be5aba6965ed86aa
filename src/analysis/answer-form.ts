import type { Caveat } from "../schema/analysis.ts";
import type { RecordedAnswers } from "../schema/corpus.ts";
import type { RecordedAnswer, WithheldAnswer } from "../schema/withheld-answer.ts";
import { quantile } from "../stats/quantile.ts";

/** What a model's answers look like whatever they say: shares in [0, 1] of its answers, and their middle length. */
export interface AnswerForm {
  readonly answers: number;
  /** Begin with a capital letter, of those whose first letter has case. */
  readonly capital: number;
  /** Hold a list mark, heading, emphasis or code mark. */
  readonly markup: number;
  /** End in a letter or digit instead of a closing mark. */
  readonly unfinished: number;
  /** Are as long as the model's longest, of those of at least 40 characters: what a fixed cut leaves behind. */
  readonly longest: number;
  /** Median length in characters. */
  readonly length: number;
}

const markup = /(?:^|\n)[ \t]*(?:[-*+•]|\d+[.)]|#{1,6})[ \t]|\*\*|`/;
/** Answers of fewer characters end where they end. */
const longEnough = 40;

/** What one answer looks like. */
export function formOf(answer: RecordedAnswer): WithheldAnswer["form"] {
  if (typeof answer !== "string") return answer.form;
  const trimmed = answer.trimEnd();
  const [letter] = /\p{L}/u.exec(trimmed) ?? [""];
  const cased = letter.toLowerCase() !== letter.toUpperCase();
  return {
    cased,
    capital: cased && letter !== letter.toLowerCase(),
    marked: markup.test(trimmed),
    open: /[\p{L}\p{N},]$/u.test(trimmed),
    length: answer.length,
  };
}

/** Collects the form of every model's answers; see `AnswerForm`. */
export function createFormCollector() {
  const byModel = new Map<
    string,
    { capitals: number; cased: number; marked: number; open: number; lengths: number[] }
  >();
  const add = ({ answers }: Pick<RecordedAnswers, "answers">) => {
    for (const [model, ofModel] of answers) {
      const tally = byModel.get(model) ?? { capitals: 0, cased: 0, marked: 0, open: 0, lengths: [] };
      byModel.set(model, tally);
      for (const answer of ofModel) {
        const form = formOf(answer);
        if (form.cased) tally.cased++;
        if (form.capital) tally.capitals++;
        if (form.marked) tally.marked++;
        if (form.open) tally.open++;
        tally.lengths.push(form.length);
      }
    }
  };
  const of = (model: string): AnswerForm | null => {
    const tally = byModel.get(model);
    if (tally === undefined || tally.lengths.length === 0) return null;
    const { lengths, cased } = tally;
    const long = lengths.filter((length) => length >= longEnough);
    const most = long.reduce((longest, length) => Math.max(longest, length), 0);
    return {
      answers: lengths.length,
      capital: cased === 0 ? 0 : tally.capitals / cased,
      markup: tally.marked / lengths.length,
      unfinished: tally.open / lengths.length,
      longest: long.length === 0 ? 0 : long.filter((length) => length >= 0.97 * most).length / long.length,
      length: quantile(lengths, 0.5),
    };
  };
  return { add, of };
}

const traits: readonly {
  readonly trait: keyof Omit<AnswerForm, "answers">;
  readonly say: (value: number) => string;
  /** Scale on which a trait's distances are taken, and the least distance that counts. */
  readonly scale: (value: number) => number;
  readonly least: number;
}[] = [
  { trait: "capital", say: (value) => `${percent(value)} begin with a capital`, scale: same, least: 0.15 },
  { trait: "markup", say: (value) => `${percent(value)} use markup`, scale: same, least: 0.15 },
  {
    trait: "unfinished",
    say: (value) => `${percent(value)} end without a closing mark`,
    scale: same,
    least: 0.15,
  },
  {
    trait: "longest",
    say: (value) => `${percent(value)} are of the greatest length`,
    scale: same,
    least: 0.15,
  },
  {
    trait: "length",
    say: (value) => `half have at most ${Math.round(value)} characters`,
    scale: logOf,
    least: Math.log(1.5),
  },
];
/** Fewer controls have no range that could be left. */
const fewestControls = 3;

/**
 * Says where the answers of suspect or reference have another form than those of all controls: letter case, markup,
 * cuts, length. A trait counts when it lies outside the controls' range by more than half that range's width (and by
 * a least amount). Such a difference hides a resemblance that is there; a form that suspect and reference share feigns one.
 *
 * @param forms - of suspect, reference and controls, in the order of `names`; null for a model without answers
 */
export function formCaveats(
  suspect: { readonly name: string; readonly form: AnswerForm | null },
  reference: { readonly name: string; readonly form: AnswerForm | null },
  controls: readonly (AnswerForm | null)[],
): Caveat[] {
  const known = controls.filter((form) => form !== null);
  if (known.length < fewestControls) return [];
  const odd = traits.flatMap(({ trait, say, scale, least }) => {
    const values = known.map((form) => scale(form[trait]));
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const margin = Math.max(least, (high - low) / 2);
    return [suspect, reference].flatMap(({ name, form }) => {
      if (form === null) return [];
      const value = scale(form[trait]);
      return value < low - margin || value > high + margin
        ? [{ name, trait, high: value > high, words: say(form[trait]) }]
        : [];
    });
  });
  if (odd.length === 0) return [];
  const shared = odd.some(({ name, trait, high }) =>
    odd.some((other) => other.trait === trait && other.name !== name && other.high === high),
  );
  const words = [suspect, reference].flatMap(({ name }) => {
    const own = odd.filter((entry) => entry.name === name).map((entry) => entry.words);
    return own.length === 0 ? [] : [`of the answers of ${name} ${own.join(", ")}`];
  });
  return [
    {
      code: "unlike-format",
      message: `The form of the answers lies far outside that of all controls: ${words.join("; ")}. ${
        shared
          ? "Suspect and reference share it, so part of their resemblance may be of form alone."
          : "A change of form on the way (lower-casing, stripped markup, cut or rewritten answers) hides a resemblance: a low likelihood ratio means less than usual."
      }`,
      advice:
        "Look at raw answers and at how they were obtained; ask every model through the same kind of endpoint, or bring all answers to one form before comparing.",
    },
  ];
}

const percent = (share: number) => `${Math.round(100 * share)} %`;
function same(value: number): number {
  return value;
}
function logOf(length: number): number {
  return Math.log(Math.max(1, length));
}
