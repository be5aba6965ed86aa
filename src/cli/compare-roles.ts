import { UsageError } from "../errors.ts";
import type { Labels } from "../schema/labels.ts";
import type { Manifest, Roles } from "../schema/manifest.ts";

/** Roles given on the command line; undefined leaves the run's own. */
export interface RoleFlags {
  readonly reference?: string | undefined;
  readonly suspect?: readonly string[] | undefined;
  readonly control?: readonly string[] | undefined;
  readonly baseline?: string | undefined;
}

/**
 * Who is compared with whom. Flags go before the manifest; controls are by default the labels' panel, else every model
 * of another, known lab than the reference's and the suspects'. A model of unknown lab is a control only when named.
 *
 * @param options.suspectNeeded - false where a run without a suspect will do, as a pilot does
 * @throws UsageError for an unknown name, a missing reference or suspect, or one model in two roles
 */
export function compareRoles(
  manifest: Manifest,
  labels: Labels | null,
  flags: RoleFlags,
  { suspectNeeded = true }: { readonly suspectNeeded?: boolean } = {},
): Roles {
  const targets = manifest.targets.map(({ name }) => name);
  const labOf = (name: string) =>
    labels?.families[name] ?? manifest.targets.find((target) => target.name === name)?.lab ?? null;
  const known = (name: string, role: string): string => {
    if (targets.includes(name)) return name;
    throw new UsageError(
      "compare.unknown-target",
      `no target ${name} in the run (named as ${role}): expected one of ${listed(targets)}`,
    );
  };
  const reference = flags.reference ?? manifest.roles.reference;
  if (reference === null)
    throw new UsageError(
      "compare.no-reference",
      `the run names no reference: say which of its targets it is with --reference (${listed(targets)})`,
    );
  known(reference, "reference");
  const suspects = [...new Set(flags.suspect ?? manifest.roles.suspects)].map((name) =>
    known(name, "suspect"),
  );
  if (suspects.length === 0 && suspectNeeded)
    throw new UsageError(
      "compare.no-suspect",
      `the run names no suspect: say which of its targets are with --suspect (${listed(targets.filter((name) => name !== reference))})`,
    );
  if (suspects.includes(reference))
    throw new UsageError(
      "compare.two-roles",
      `${reference} is named as reference and as suspect: a model is not compared with itself`,
    );
  const named = flags.control ?? (manifest.roles.controls.length > 0 ? manifest.roles.controls : undefined);
  for (const name of named ?? []) {
    known(name, "control");
    if (name === reference || (flags.control && suspects.includes(name)))
      throw new UsageError(
        "compare.two-roles",
        `${name} is named as control and as ${name === reference ? "reference" : "suspect"}: a control must be neither`,
      );
  }
  const baselines =
    flags.baseline === undefined
      ? manifest.roles.baselines
      : Object.fromEntries(suspects.map((suspect) => [suspect, known(flags.baseline ?? "", "baseline")]));
  const others = new Set([reference, ...suspects, ...Object.values(baselines)]);
  const controls = (
    named ??
    labels?.panel?.filter((name) => targets.includes(name)) ??
    ofOtherLabs(targets, labOf, [reference, ...suspects])
  ).filter((name) => !others.has(name));
  return {
    reference,
    suspects,
    controls,
    baselines: Object.fromEntries(
      Object.entries(baselines).filter(([suspect]) => suspects.includes(suspect)),
    ),
  };
}

function ofOtherLabs(
  targets: readonly string[],
  labOf: (name: string) => string | null,
  compared: readonly string[],
): string[] {
  const labs = new Set(compared.map(labOf));
  return targets.filter((name) => labOf(name) !== null && !labs.has(labOf(name)));
}

const listed = (names: readonly string[]) =>
  names.length > 12 ? `${names.slice(0, 12).join(", ")}, ...` : names.join(", ");
