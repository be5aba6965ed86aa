import { readFile } from "node:fs/promises";
import { UsageError } from "../errors.ts";
import { type Labels, labelsSchema } from "../schema/labels.ts";
import { didYouMean, parseYamlSource } from "./yaml-source.ts";

/**
 * A labels file in JSON or YAML: who made which model, which models may be controls, known pairs. Keys that Congener
 * does not use (notes, sources) are left aside.
 * @throws UsageError with file, line and column; also when `panel` names a model that `families` lacks
 */
export async function loadLabels(file: string): Promise<Labels> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError("config.labels", `cannot read the labels file ${file}: ${why}`, { cause });
  }
  const source = parseYamlSource(text, file);
  const parsed = labelsSchema.safeParse(source.value);
  if (!parsed.success) throw source.failAll(parsed.error.issues, () => Object.keys(labelsSchema.shape));
  const models = Object.keys(parsed.data.families);
  for (const [index, name] of (parsed.data.panel ?? []).entries())
    if (!models.includes(name))
      throw source.fail(
        ["panel", index],
        `${JSON.stringify(name)} is in the panel but has no lab in families${didYouMean(name, models)}: expected one`,
      );
  return parsed.data;
}
