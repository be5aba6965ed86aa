import type { Caveat } from "../schema/analysis.ts";
import type { ConfigInput } from "./config-schema.ts";
import { didYouMean, type YamlSource } from "./yaml-source.ts";

/** Below this many controls no comparison is possible. */
const fewestControls = 3;
/** Below this many controls the likelihood ratio is wide, and a caveat says so. */
const enoughControls = 10;

/**
 * Checks that every role names a target, that nobody plays two sides, and that the controls can be controls.
 * @throws UsageError with the place of the first mistake
 */
export function checkRoles(input: ConfigInput, source: YamlSource): Caveat[] {
  const names = Object.keys(input.targets);
  const known = (name: string, path: readonly PropertyKey[], at: "key" | "value" = "value") => {
    if (names.includes(name)) return;
    throw source.fail(
      path,
      `no target is named ${JSON.stringify(name)}${didYouMean(name, names)}: expected one of ${names.join(", ")}`,
      at,
    );
  };
  known(input.reference, ["reference"]);
  for (const role of ["suspects", "controls"] as const)
    for (const [index, name] of input[role].entries()) {
      known(name, [role, index]);
      if (input[role].indexOf(name) !== index)
        throw source.fail([role, index], `${name} is named twice in ${role}`);
      if (name === input.reference)
        throw source.fail([role, index], `${name} is the reference: it cannot be among the ${role} too`);
      if (role === "controls" && input.suspects.includes(name))
        throw source.fail([role, index], `${name} is a suspect: it cannot be a control too`);
    }
  for (const [suspect, baseline] of Object.entries(input.baselines)) {
    if (!input.suspects.includes(suspect))
      throw source.fail(
        ["baselines", suspect],
        `${suspect} is no suspect: expected suspect: baseline`,
        "key",
      );
    known(baseline, ["baselines", suspect]);
    if (baseline === suspect || baseline === input.reference)
      throw source.fail(
        ["baselines", suspect],
        `the baseline of ${suspect} cannot be ${baseline} itself: expected another target`,
      );
  }
  return checkControls(input, source);
}

function checkControls(input: ConfigInput, source: YamlSource): Caveat[] {
  // Spelling differs from hand to hand; labs do not.
  const lab = (name: string) => input.targets[name]?.family?.trim().toLowerCase() ?? null;
  const referenceLab = lab(input.reference);
  for (const [index, name] of input.controls.entries())
    if (referenceLab !== null && lab(name) === referenceLab)
      throw source.fail(
        ["controls", index],
        `control ${name} is of the reference's own lab (${referenceLab}): expected models that cannot share its training data; remove it`,
      );
  const count = input.controls.length;
  if (count < fewestControls)
    throw source.fail(
      ["controls"],
      `too few controls: expected at least ${fewestControls}, better ${enoughControls} or more of different labs, got ${count}`,
    );
  const caveats: Caveat[] = [];
  if (count < enoughControls)
    caveats.push({
      code: "few-controls",
      message: `only ${count} controls: the choice of so few moves the likelihood ratio`,
      advice: `add controls of other labs, up to ${enoughControls} or more`,
    });
  const unknown = [input.reference, ...input.controls].filter((name) => lab(name) === null);
  if (unknown.length > 0)
    caveats.push({
      code: "unknown-lab",
      message: `the lab of ${unknown.join(", ")} is unknown, so it cannot be told whether reference and controls are of one lab`,
      advice: "name it with family: in the target",
    });
  return caveats;
}
