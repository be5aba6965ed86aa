import type { Analysis, Caveat } from "../schema/analysis.ts";
import type { Manifest } from "../schema/manifest.ts";

/**
 * The analysis of a redacted run with a caveat that says what of it can be checked by whom, and what it leaves out; of any
 * other run as it is.
 * @param greenLists - secrets that could not be tested without the texts
 */
export function withWithheldCaveat(
  { redaction }: Pick<Manifest, "redaction">,
  analysis: Analysis,
  greenLists: number,
): Analysis {
  if (redaction === undefined) return analysis;
  return { ...analysis, caveats: [...analysis.caveats, caveatOf(greenLists)] };
}

function caveatOf(greenLists: number): Caveat {
  const green =
    greenLists === 0
      ? ""
      : `; ${greenLists === 1 ? "the green list, which is" : `${greenLists} green lists, which are`} found in free text alone and count${greenLists === 1 ? "s" : ""} as not found`;
  return {
    code: "withheld-texts",
    message: `Prompts and answers are withheld. Everybody can recompute every number of this analysis from the features and categories that stand for them; that these are the features of the answers whose hashes are in the transcripts can be checked only by who holds the texts and the redaction key. Left out: exhibits, the words of answers and prompts, whether the answers of one endpoint differ as those of several backends would${green}.`,
    advice:
      "Where it matters, have somebody whom both sides trust check the features against the texts, with the redaction key (docs/redaction.md).",
  };
}
