import type { Random } from "../schema/random.ts";
import { hashText } from "./hash.ts";

/**
 * A grammar is a set of named rules. In a rule: `{a|b}` is a choice, `{~a|b}` a choice that also depends on the
 * subject, `<name>` another rule, `$slot` a value given by the caller, and `#tag` at the start of an alternative ties
 * it to a latent trait of a lab (`#-tag` to its opposite).
 */
export type Rules = Readonly<Record<string, string>>;

interface Alternative {
  readonly parts: readonly Part[];
  readonly tags: readonly { readonly trait: string; readonly sign: number }[];
}
/** A place where a speaker has to choose; its id is the same for every lab. */
export interface Choice {
  readonly id: number;
  readonly bySubject: boolean;
  readonly alternatives: readonly Alternative[];
}
type Part = { readonly text: string } | { readonly rule: string } | { readonly slot: string } | Choice;

/** How a speaker chooses: cumulative or plain weights of the alternatives at a choice. */
export type Habit = (choice: Choice, subject: number) => ArrayLike<number>;

export interface Grammar {
  /**
   * Expand a rule into text. The same random numbers, habit and slots give the same text.
   * @throws RangeError when a rule or slot is unknown
   */
  expand(rule: string, options: ExpandOptions): string;
  /** The same for a piece of grammar that has no name. */
  expandSource(source: string, options: ExpandOptions): string;
  /** The same for a piece that goes into a slot of another: spaces and capitals are left as they are. */
  expandPart(source: string, options: ExpandOptions): string;
}

export interface ExpandOptions {
  readonly random: Random;
  readonly habit: Habit;
  readonly slots?: Readonly<Record<string, string>>;
  /** What the text is about; choices marked `~` depend on it. */
  readonly subject?: string;
}

export function createGrammar(rules: Rules): Grammar {
  const parsed = new Map<string, Choice>();
  for (const [name, source] of Object.entries(rules)) parsed.set(name, parseRule(name, source));

  function write(choice: Choice, options: ExpandOptions, subject: number, out: string[]): void {
    const { alternatives } = choice;
    const index = alternatives.length === 1 ? 0 : draw(options.habit(choice, subject), options.random());
    for (const part of (alternatives[index] as Alternative).parts) {
      if ("text" in part) out.push(part.text);
      else if ("slot" in part) out.push(slotValue(part.slot, options.slots));
      else if ("rule" in part) write(ruleOf(part.rule), options, subject, out);
      else write(part, options, subject, out);
    }
  }
  function ruleOf(name: string): Choice {
    const rule = parsed.get(name);
    if (rule === undefined) throw new RangeError(`grammar has no rule <${name}>`);
    return rule;
  }
  function plain(choice: Choice, options: ExpandOptions): string {
    const out: string[] = [];
    write(choice, options, hashText(options.subject ?? ""), out);
    return out.join("");
  }
  const sources = new Map<string, Choice>();
  function sourceOf(source: string): Choice {
    let choice = sources.get(source);
    if (choice === undefined) {
      // A nameless piece is one sequence: in braces, so that a `|` outside of them is text of the sequence's choice.
      choice = parseRule(source, `{${source}}`);
      sources.set(source, choice);
    }
    return choice;
  }
  return {
    expand: (rule, options) => tidy(plain(ruleOf(rule), options)),
    expandSource: (source, options) => tidy(plain(sourceOf(source), options)),
    expandPart: (source, options) => plain(sourceOf(source), options),
  };
}

/** Index drawn with probability proportional to weights; u is uniform in [0, 1). */
export function draw(weights: ArrayLike<number>, u: number): number {
  let total = 0;
  for (let index = 0; index < weights.length; index += 1) total += weights[index] as number;
  let rest = u * total;
  for (let index = 0; index < weights.length; index += 1) {
    rest -= weights[index] as number;
    if (rest < 0) return index;
  }
  return weights.length - 1;
}

function slotValue(name: string, slots: Readonly<Record<string, string>> | undefined): string {
  const lower = name.charAt(0).toLowerCase() + name.slice(1);
  const value = slots?.[lower];
  if (value === undefined) throw new RangeError(`grammar has no value for $${name}`);
  return lower === name ? value : value.charAt(0).toUpperCase() + value.slice(1);
}

/** Remove the spaces that empty alternatives leave behind, and put capitals after full stops. */
function tidy(text: string): string {
  // Code keeps its indentation and its lower case.
  if (text.includes("```")) return text.replace(/(?<=\S) {2,}/g, " ").trim();
  return text
    .trim()
    .replace(/ {2,}/g, " ")
    .replace(/ +([.,;:!?\n])/g, "$1")
    .replace(/\n +(?=\S)/g, "\n")
    .replace(/\b([Aa]) (?=[aeio])/g, "$1n ")
    .replace(
      /(^|[.!?] |\n(?:\d+\. |- |\* )?)([a-z])/g,
      (_, lead: string, letter: string) => lead + letter.toUpperCase(),
    )
    .trim();
}

function parseRule(name: string, source: string): Choice {
  let at = 0;
  let count = 0;
  function choice(bySubject: boolean, close: string): Choice {
    const id = hashText(`${name}/${count}`);
    count += 1;
    const alternatives: Alternative[] = [];
    do {
      alternatives.push(alternative(close));
    } while (source[at++] === "|");
    return { id, bySubject, alternatives };
  }
  function alternative(close: string): Alternative {
    const tags: { trait: string; sign: number }[] = [];
    for (
      let tag = /^#(-?)(\w+) ?/.exec(source.slice(at));
      tag;
      tag = /^#(-?)(\w+) ?/.exec(source.slice(at))
    ) {
      tags.push({ trait: tag[2] as string, sign: tag[1] === "-" ? -1 : 1 });
      at += tag[0].length;
    }
    const parts: Part[] = [];
    while (at < source.length && source[at] !== "|" && source[at] !== close) parts.push(part());
    return { parts, tags };
  }
  function part(): Part {
    if (source[at] === "{") {
      const bySubject = source[at + 1] === "~";
      at += bySubject ? 2 : 1;
      return choice(bySubject, "}");
    }
    const reference = /^<([\w-]+)>/.exec(source.slice(at, at + 80));
    const slot = /^\$([A-Za-z]+)/.exec(source.slice(at, at + 40));
    const text = /^[^{}|<$]+/.exec(source.slice(at)) ?? [source[at] as string];
    at += (reference ?? slot ?? text)[0].length;
    if (reference) return { rule: reference[1] as string };
    return slot ? { slot: slot[1] as string } : { text: text[0] };
  }
  const bySubject = source.startsWith("~");
  if (bySubject) at = 1;
  return choice(bySubject, "");
}
