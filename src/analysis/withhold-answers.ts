import { namesOf } from "../extract/claimed-names.ts";
import { asksIdentity, claimsIdentity } from "../extract/identity-claim.ts";
import type { Probe } from "../schema/probe.ts";
import type {
  KeyedNames,
  SampleTexts,
  WithheldAnswer,
  WithheldProbe,
  WithheldSample,
  WithheldToken,
} from "../schema/withheld-answer.ts";
import { emittedFeatures } from "../views/emitted-features.ts";
import { encodeFeatures, type FeatureCount } from "../views/feature-text.ts";
import { createScanner } from "../views/token-scan.ts";
import type { View } from "../views/view.ts";
import { views } from "../views/views.ts";
import { formOf } from "./answer-form.ts";
import { correctCategory, shortAnswer, statedCategory } from "./closed-answers.ts";
import type { NamedModel } from "./identity-claims.ts";
import { firstTokens } from "./next-tokens.ts";

/** A probe with what was asked, as one text. */
export interface AskedProbe {
  readonly probe: Probe;
  readonly prompt: string;
}

/** Turns texts into what the analysis reads of them. */
export interface Withholder {
  readonly probe: (asked: AskedProbe) => Omit<WithheldProbe, "hash" | "paraphrases">;
  readonly sample: (asked: AskedProbe, texts: SampleTexts) => Pick<WithheldSample, "answer" | "tokens">;
}

/**
 * What the analysis reads of prompts and answers, with features, categories and tokens under names of a key: everything
 * that `compare` computes from the texts it computes from this as well, to the last digits of its sums. The texts cannot
 * be read from it, but what is equal stays equal: how long an answer is, how often it repeats a feature, and which
 * answers share features, can be.
 *
 * @param reference - for whose names claims of identity are read; null for none
 * @param keyed - `features` must be one to one, and ids must not collide
 */
export function createWithholder(reference: NamedModel | null, keyed: KeyedNames): Withholder {
  const names = reference === null ? null : namesOf(reference);
  const scan = createScanner();
  const permutations = views.map((view) => [view, keyed.features(view.name)] as const);

  const category = (probe: Probe, found: string | null) =>
    found === null ? null : keyed.id("category", probe.id, found);
  const asksWho = ({ probe: { family }, prompt }: AskedProbe) => asksIdentity({ family, prompt });

  const answerOf = (asked: AskedProbe, text: string): WithheldAnswer => {
    const { probe } = asked;
    const scanned = scan(text);
    const ofViews = Object.fromEntries(
      permutations.map(([view, permute]) => [
        view.name,
        encodeFeatures(permutedCounts(view, scanned, permute)),
      ]),
    );
    const answer = { views: ofViews, form: formOf(text) };
    if (asksWho(asked)) return names === null ? answer : { ...answer, claims: claimsIdentity(text, names) };
    if (probe.answer.kind !== "free")
      return { ...answer, category: category(probe, statedCategory(text, probe)) };
    const short = shortAnswer(text, probe);
    return short === undefined
      ? answer
      : { ...answer, short: { ...short, category: category(probe, short.category) } };
  };
  return {
    probe: (asked) => ({
      asksIdentity: asksWho(asked),
      correct: category(asked.probe, correctCategory(asked.probe)),
    }),
    sample: (asked, { text, logprobBody }) => {
      const tokens = logprobBody === null ? null : firstTokens(logprobBody);
      return {
        ...(text === null ? {} : { answer: answerOf(asked, text) }),
        ...(tokens === null ? {} : { tokens: tokens.map((token) => withheldToken(token, keyed)) }),
      };
    },
  };
}

/** Features of a text in one view, permuted, with their counts, in ascending order. */
function permutedCounts(
  view: View,
  scanned: ReturnType<ReturnType<typeof createScanner>>,
  permute: (feature: number) => number,
): FeatureCount[] {
  const { features, length } = emittedFeatures(view, scanned);
  const sorted = features.subarray(0, length).map(permute).sort();
  const counts: [number, number][] = [];
  for (const feature of sorted) {
    const last = counts.at(-1);
    if (last?.[0] === feature) last[1]++;
    else counts.push([feature, 1]);
  }
  return counts;
}

function withheldToken(
  { token, listed, runs }: NonNullable<ReturnType<typeof firstTokens>>[number],
  keyed: KeyedNames,
): WithheldToken {
  // Tokens are compared across probes: whether one model's run is another's token.
  const id = (text: string) => keyed.id("token", "", text);
  return {
    token: id(token),
    listed: [...listed].map(([text, probability]) => [id(text), probability]),
    runs: runs.map(id),
  };
}
