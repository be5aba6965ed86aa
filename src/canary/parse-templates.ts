import { UsageError } from "../errors.ts";
import { patternError } from "../extract/answer-pattern.ts";
import type { CanaryKind, CanaryVariant } from "../schema/canary.ts";
import { templateFileSchema } from "../schema/canary.ts";
import { parseYamlFile } from "./parse-yaml-file.ts";
import { readVariant } from "./read-variant.ts";

/** One template with where it was written. */
export interface CanaryTemplate {
  readonly id: string;
  readonly kind: CanaryKind;
  readonly trigger: readonly string[];
  readonly instruction: string;
  readonly prompt: string;
  readonly pattern: string | undefined;
  readonly maxTokens: number;
  readonly variants: readonly CanaryVariant[];
  /** `file:line`, for messages. */
  readonly place: string;
}

/**
 * Parses one file of canary templates (YAML or JSON).
 *
 * Every variant must be read back as itself, bare or, where the template has a pattern, in its example: an answer that is
 * taken for another variant would be a miss for ever.
 *
 * @param file - name for messages
 * @throws UsageError with file and line: syntax, schema, a bad pattern, ids or prompts used twice, variants that are read
 * as others
 */
export function parseTemplates(text: string, file: string): CanaryTemplate[] {
  const { data, placeOf } = parseYamlFile(text, file, {
    schema: templateFileSchema,
    schemaFile: "schemas/canary-templates.schema.json",
  });
  const { kind, maxTokens, templates } = data;
  const known = templates.map(
    (template, index): CanaryTemplate => ({
      id: template.id,
      kind,
      trigger: template.trigger,
      instruction: template.instruction,
      prompt: template.prompt,
      pattern: template.pattern,
      maxTokens: template.maxTokens ?? maxTokens,
      variants: template.variants.map((variant) =>
        typeof variant === "object" ? variant : { value: String(variant), aliases: [] },
      ),
      place: placeOf(["templates", index]),
    }),
  );
  for (const [index, template] of known.entries())
    checkTemplate(template, known, templates[index]?.example ?? "{variant}");
  return known;
}

function checkTemplate(template: CanaryTemplate, all: readonly CanaryTemplate[], example: string): void {
  const { id, place, pattern, prompt, trigger, variants } = template;
  const fail = (what: string) => new UsageError("canary.template", `${place}: ${id} ${what}`);
  if (all.some((other) => other !== template && other.id === id))
    throw fail("is the id of two templates; give each its own");
  const same = all.find((other) => other !== template && other.prompt === prompt);
  if (same !== undefined)
    throw fail(`has the prompt of ${same.id} too: expected one of its own, since answers are found by it`);
  if (trigger.some((phrase) => !/[\p{L}\p{N}]/u.test(phrase)))
    throw fail("has a trigger without a letter or digit: expected words or phrases");
  const reason = pattern === undefined ? null : patternError(pattern);
  if (reason !== null) throw fail(`has a pattern that is not valid RE2 syntax: ${reason}`);
  const slot = { variants: [...variants], pattern };
  for (const { value, aliases } of variants)
    for (const spelling of [value, ...aliases]) {
      if (/\p{Cc}/u.test(spelling)) throw fail("has a variant with control characters: expected plain text");
      // A pattern reads signs in their place in a text, which the example shows.
      const text = pattern === undefined ? spelling : example.replaceAll("{variant}", () => spelling);
      const read = readVariant(text, slot);
      const taken = variants.filter((other) => other.value === spelling || other.aliases.includes(spelling));
      if (read !== value || taken.length !== 1)
        throw fail(
          `has a variant "${spelling}" that is read as ${read === value ? "another one too" : (read ?? "none")}; expected every variant to be read as itself${pattern === undefined ? "" : `, here from ${JSON.stringify(text)}: give an example in which the pattern finds it`}`,
        );
    }
}
