import { knownLabs, type LabNames } from "./lab-names.ts";
import { normaliseText } from "./plain-text.ts";
import { isUnspaced } from "./words.ts";

/** Names by which a model or its lab may be claimed, and what finds them in an answer. */
export interface ClaimedNames {
  readonly names: readonly string[];
  readonly pattern: RegExp;
}

/** Words of a model id that name nobody. */
const generic = new Set(
  "ai api base bot chat control free instruct lab labs large mini model pro preview reference small suspect target test turbo".split(
    " ",
  ),
);

/**
 * Names of a model and of its maker. The lab decides where it is a known one, else the model's id does; a lab that
 * nobody lists goes by its own label and by the first word of the model's id.
 *
 * @param labels - lab, model id and target name, as far as known
 * @returns null where nothing of it is a name
 */
export function namesOf(labels: {
  readonly lab: string | null;
  readonly model: string;
  readonly name: string;
}): ClaimedNames | null {
  const known = labOf(labels);
  const names =
    known === null
      ? [labels.lab ?? "", ...[labels.model, labels.name].map((id) => id.split(/[^\p{L}]/u)[0] ?? "")]
      : [...known.makers, ...known.models];
  const usable = [...new Set(names.map((name) => normaliseText(name).trim()))].filter(
    (name) => (known !== null || [...name].length >= 3) && !generic.has(name.toLowerCase()),
  );
  return usable.length === 0 ? null : { names: usable, pattern: patternOf(usable) };
}

/** The known lab whose model it is, or null. */
export function labOf(labels: {
  readonly lab: string | null;
  readonly model: string;
  readonly name: string;
}): LabNames | null {
  const lab = labels.lab?.trim().toLowerCase() ?? "";
  const byLab = knownLabs.find((entry) => entry.labels.includes(lab));
  if (byLab !== undefined) return byLab;
  for (const id of [labels.model, labels.name].map((text) => text.toLowerCase()))
    for (const entry of knownLabs)
      if (entry.models.some((model) => holdsWord(id, model.toLowerCase()))) return entry;
  return null;
}

function holdsWord(id: string, word: string): boolean {
  const at = id.indexOf(word);
  return at >= 0 && !/\p{L}/u.test(id[at - 1] ?? "") && !/\p{L}/u.test(id[at + word.length] ?? "");
}

/** Latin names as whole words (a version may follow); others may carry an ending. */
function patternOf(names: readonly string[]): RegExp {
  const parts = names
    .toSorted((a, b) => b.length - a.length)
    .map((name) => {
      const escaped = name.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&").replace(/ /g, "[ -]?");
      if (/\p{Script=Latin}$/u.test(name))
        return `(?<![\\p{Script=Latin}\\p{N}])${escaped}(?!\\p{Script=Latin})`;
      return isUnspaced(name) || /\p{Script=Hangul}/u.test(name) ? escaped : `(?<!\\p{L})${escaped}`;
    });
  return new RegExp(parts.join("|"), "giu");
}
