import type { Random } from "../schema/random.ts";

/** A question as somebody might put it, with what its answer has to know. */
export interface Question {
  readonly topic: string;
  readonly prompt: string;
  /** What it is about: preferences marked as depending on the subject depend on this. */
  readonly subject: string;
  /** Rule that writes the answer. */
  readonly rule: string;
  /** True where only the bare answer is asked for. */
  readonly short: boolean;
  readonly slots: Readonly<Record<string, string>>;
  /** For questions of fact: the right answer first, then wrong ones, with how popular each is. */
  readonly candidates?: readonly { readonly answer: string; readonly popularity: number }[];
}

/** A broad kind of conversation: how it is asked about, and the rules by which labs answer. */
export interface Topic {
  readonly name: string;
  /** Share among training dialogues, relative to the other topics. */
  readonly weight: number;
  readonly rules: Readonly<Record<string, string>>;
  /** Draw a question. */
  ask(context: AskContext): Omit<Question, "topic">;
}

export interface AskContext {
  readonly random: Random;
  /** Expand a piece of grammar (not a rule's name) with all alternatives equally likely. */
  write(source: string, slots?: Readonly<Record<string, string>>): string;
  pick<Item>(list: readonly Item[]): Item;
}
