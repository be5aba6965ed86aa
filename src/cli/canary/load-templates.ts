import { readdir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type CanaryTemplate, parseTemplates } from "../../canary/parse-templates.ts";
import { UsageError } from "../../errors.ts";
import { readFileText } from "./secret-file.ts";

/** The list of word pairs that ships beside the templates. */
export const shippedGreenList = "green-list.yaml";

/** Templates that ship with the package. */
export const shippedTemplates = fileURLToPath(new URL("../../../canaries", import.meta.url));

/** Which templates are drawn from. */
export interface TemplateChoice {
  /** Files instead of the shipped ones. */
  readonly files?: readonly string[] | undefined;
  readonly kinds?: readonly string[] | undefined;
  readonly ids?: readonly string[] | undefined;
  /** Ids that another secret uses. */
  readonly without: ReadonlySet<string>;
}

/**
 * The templates of the files in order, as far as they are chosen.
 * @throws UsageError for a bad file, an id in two files, or an unknown id
 */
export async function loadTemplates(cwd: string, choice: TemplateChoice): Promise<CanaryTemplate[]> {
  const paths =
    choice.files?.map((file) => resolve(cwd, file)) ??
    (await readdir(shippedTemplates))
      .filter((name) => name.endsWith(".yaml") && name !== shippedGreenList)
      .sort()
      .map((name) => join(shippedTemplates, name));
  const templates: CanaryTemplate[] = [];
  for (const path of paths)
    for (const template of parseTemplates(await readFileText(path), basename(path))) {
      const other = templates.find(({ id, prompt }) => id === template.id || prompt === template.prompt);
      if (other !== undefined)
        throw new UsageError(
          "canary.template",
          `${template.place}: the ${other.id === template.id ? "id" : "prompt"} of ${template.id} is used at ${other.place} too; give each template its own`,
        );
      templates.push(template);
    }
  const unknown = choice.ids?.find((wanted) => !templates.some(({ id }) => id === wanted));
  if (unknown !== undefined)
    throw new UsageError(
      "canary.template",
      `no template ${unknown}: expected one of ${templates.map(({ id }) => id).join(", ")}`,
    );
  return templates.filter(
    ({ id, kind }) =>
      (choice.kinds?.includes(kind) ?? true) && (choice.ids?.includes(id) ?? true) && !choice.without.has(id),
  );
}
