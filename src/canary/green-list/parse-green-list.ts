import { UsageError } from "../../errors.ts";
import { type GreenListFile, greenListFileSchema } from "../../schema/green-list.ts";
import { parseYamlFile } from "../parse-yaml-file.ts";
import { isOneWord } from "./find-choices.ts";

/**
 * Parses a list of word pairs with test prompts (YAML or JSON).
 *
 * @param file - name for messages
 * @throws UsageError with file and line: syntax, schema, a word that is no single lower-case word, an article, a word that
 * stands twice, a prompt that stands twice
 */
export function parseGreenList(text: string, file: string): GreenListFile {
  const { data, placeOf } = parseYamlFile<GreenListFile>(text, file, {
    schema: greenListFileSchema,
    schemaFile: "schemas/green-list.schema.json",
  });
  const fail = (path: readonly (string | number)[], what: string) =>
    new UsageError("canary.green-list", `${placeOf(path)}: ${what}`);
  const seen = new Set<string>();
  for (const [index, { words }] of data.pairs.entries())
    for (const word of words) {
      const path = ["pairs", index];
      if (!isOneWord(word))
        throw fail(path, `"${word}" is not one word in lower case: expected letters, ' and - alone`);
      // Articles count as one in a context, and change with the word after them.
      if (word === "a" || word === "an") throw fail(path, `"${word}" is an article; leave the pair out`);
      if (seen.has(word))
        throw fail(
          path,
          `"${word}" stands in the list twice: expected each word once, so that it has one pair`,
        );
      seen.add(word);
    }
  const twice = data.prompts.findIndex((prompt, index) => data.prompts.indexOf(prompt) !== index);
  if (twice >= 0) throw fail(["prompts", twice], "the prompt stands in the list twice; leave one out");
  return data;
}
