import type { Evidence } from "../schema/analysis.ts";
import type { RecordedAnswers } from "../schema/corpus.ts";
import { type ClosedProbe, createClosedAnswerCollector } from "./closed-answers.ts";
import {
  createIdentityClaimCollector,
  type IdentityClaims,
  identityClaims,
  type NamedModel,
} from "./identity-claims.ts";
import { logprobAgreement } from "./logprob-agreement.ts";
import type { MeasuredAnswers } from "./measured-answers.ts";
import { createNextTokenCollector, type NextTokens } from "./next-tokens.ts";
import { rareSharedAnswers } from "./rare-shared-answers.ts";

/** What is read of the answers besides their texts' similarity: categories, claims and next-token probabilities. */
export interface ObservedAnswers {
  readonly closed: readonly ClosedProbe[];
  readonly claims: IdentityClaims;
  readonly tokens: NextTokens;
}

/**
 * Reads all that while the answers stream by; no text is kept.
 *
 * @param models - in the order of their indices in the comparison
 * @param panel - indices of the controls
 */
export function createAnswerObserver(
  models: readonly NamedModel[],
  reference: number,
  panel: readonly number[],
) {
  const names = models.map(({ name }) => name);
  const closed = createClosedAnswerCollector(names, panel);
  const claims = createIdentityClaimCollector(models, reference);
  const tokens = createNextTokenCollector(names, reference);
  return {
    add: (probe: RecordedAnswers) => {
      closed.add(probe);
      claims.add(probe);
      tokens.add(probe);
    },
    finish: (): ObservedAnswers => ({
      closed: closed.finish(),
      claims: claims.finish(),
      tokens: tokens.finish(),
    }),
  };
}

/** The evidence lines on what was observed, of one suspect and the reference. */
export function observedLines(
  measured: MeasuredAnswers,
  suspect: number,
  reference: number,
  { closed, claims, tokens }: ObservedAnswers,
): Evidence[] {
  return [
    rareSharedAnswers(measured, suspect, reference, closed),
    identityClaims(measured, suspect, reference, claims),
    logprobAgreement(measured, suspect, reference, tokens),
  ];
}
