import type { Caveat, ModelSummary } from "../schema/analysis.ts";
import { servedModel } from "../schema/served-model.ts";

/**
 * Says where an endpoint named another model in its answers than the one that was asked for, and where a cache answered. The
 * asked name itself is no information, and a dated form of it is how aliases resolve; see `servedModel`.
 *
 * @param models - suspect, reference and the controls of the comparison
 */
export function servedModelCaveats(models: readonly ModelSummary[]): Caveat[] {
  const hard: string[] = [];
  const soft: string[] = [];
  for (const { name, model, servedModels } of models)
    for (const served of servedModels) {
      const kind = servedModel(model, served);
      const words = `${name} was asked for ${shown(model)} and answered as ${shown(served)}`;
      if (kind === "other-family") hard.push(words);
      if (kind === "other-version" || kind === "other-name") soft.push(words);
    }
  const several = models.filter(({ servedModels }) => servedModels.length > 1);
  const caveats: Caveat[] = [];
  if (hard.length > 0)
    caveats.push({
      code: "served-other-family",
      message: `Endpoints named a model of another family than the one asked for: ${listed(hard)}.`,
      advice: "Find out what really answers there before anything is concluded about the model by its name.",
    });
  if (soft.length > 0)
    caveats.push({
      code: "served-other-model",
      message: `Endpoints named another model than the one asked for: ${listed(soft)}.`,
      advice: "Check that this is the version that is meant.",
    });
  if (several.length > 0)
    caveats.push({
      code: "served-several-models",
      message: `Endpoints answered under several model names: ${listed(several.map(({ name, servedModels }) => `${name} as ${servedModels.map(shown).join(", ")}`))}.`,
      advice: "Ask for a dated version, so that one run measures one model.",
    });
  const cached = models.filter(({ repeatedResponses = 0 }) => repeatedResponses > 0);
  if (cached.length > 0)
    caveats.push({
      code: "repeated-responses",
      message: `Answers came with the response id and the text of an earlier one: ${listed(cached.map(({ name, repeatedResponses, samples }) => `${repeatedResponses} of ${samples} of ${name}`))}. A cache gave them, and they are no new samples.`,
      advice:
        "Switch the cache off and ask again in another run; counts and intervals take each answer for a new one.",
    });
  return caveats;
}

const listed = (items: readonly string[]) =>
  `${items.slice(0, 4).join("; ")}${items.length > 4 ? `; and ${items.length - 4} more` : ""}`;

/** Names come from the endpoint and may be of any length. */
const shown = (name: string) => (name.length > 60 ? `${name.slice(0, 60)}...` : name);
