import { StoreError } from "../errors.ts";
import { probeHash, targetHash } from "../schema/identity.ts";
import type { Manifest } from "../schema/manifest.ts";
import type { Probe } from "../schema/probe.ts";
import { isPlainName } from "../schema/transcript.ts";
import type { KeyedNames, Redaction, WithheldProbe } from "../schema/withheld-answer.ts";

/** What a probe's answer is withheld with; see `Withholder`. */
type WithholdProbe = (probe: Probe) => Omit<WithheldProbe, "hash" | "paraphrases">;

/**
 * The manifest without anything that was asked: of each probe its id, family, language, kind of answer and content hash stay,
 * of each target its parameters as far as they are numbers or plain names.
 * @throws StoreError where a probe's id or family repeats its prompt
 */
export function redactManifest(
  manifest: Manifest,
  redaction: Omit<Redaction, "targets">,
  { withhold, keyed }: { readonly withhold: WithholdProbe; readonly keyed: KeyedNames },
): Manifest {
  const { labels } = manifest;
  const targets = manifest.targets.map((target) => ({
    ...target,
    params: plainParams(target.params, keyed),
    extraBody: plainParams(target.extraBody, keyed),
  }));
  const changed = targets.filter((target) => targetHash(target) !== target.hash).map(({ name }) => name);
  return {
    ...manifest,
    suites: manifest.suites.map((suite) => ({
      ...suite,
      description: "",
      probes: suite.probes.map((probe) => redactProbe(probe, withhold)),
    })),
    targets,
    // Evidence on pairs is free text, and no comparison reads it.
    labels:
      labels === null
        ? null
        : {
            families: labels.families,
            ...(labels.panel === undefined ? {} : { panel: labels.panel }),
          },
    redaction: { ...redaction, targets: changed },
  };
}

function redactProbe(probe: Probe, withhold: WithholdProbe): Probe {
  const { id, family, language, answer, samples, paraphrases } = probe;
  refuseTelling(probe);
  return {
    id,
    family,
    language,
    paraphrases: [],
    answer: { kind: answer.kind, examples: [] },
    params: {},
    ...(samples === undefined ? {} : { samples }),
    why: "",
    withheld: { hash: probeHash(probe), ...withhold(probe), paraphrases: paraphrases.length },
  };
}

/** Ids and families stand in every line and report, so that they must not say what was asked. */
const tellingPiece = 20;

function refuseTelling(probe: Probe): void {
  const asked = [
    ...(probe.messages ?? []).map(({ content }) => content),
    probe.prefix ?? "",
    ...probe.paraphrases.flatMap((wording) =>
      typeof wording === "string" ? [wording] : wording.map(({ content }) => content),
    ),
  ];
  for (const name of [probe.id, probe.family]) {
    const pieces = Array.from({ length: Math.max(0, name.length - tellingPiece + 1) }, (_, at) =>
      name.slice(at, at + tellingPiece),
    );
    if (pieces.some((piece) => asked.some((text) => text.includes(piece))))
      throw new StoreError(
        "redact.probe-name",
        `the run cannot be redacted: id or family of the probe ${probe.id} repeats its prompt; publish it without --redact, or ask under another id`,
      );
  }
}

/** Parameters whose text is meant for the model. */
const texts = /system|prompt|instruct|message|content|stop|prefix|suffix|user|metadata|input|tool|schema/i;

/** Parameters with a keyed id for every text that is no plain name, or whose name says that it is for the model. */
function plainParams(params: Manifest["targets"][number]["params"], keyed: KeyedNames): typeof params {
  const seal = (value: unknown) => keyed.id("parameter", "", JSON.stringify(value));
  const plain = (value: (typeof params)[string]): (typeof params)[string] => {
    if (typeof value === "string") return isPlainName(value) ? value : seal(value);
    if (Array.isArray(value)) return value.map(plain);
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [
        isPlainName(name) ? name : seal(name),
        texts.test(name) && holdsText(inner) ? seal(inner) : plain(inner),
      ]),
    );
  };
  return plain(params) as typeof params;
}

const holdsText = (value: unknown): boolean => value !== null && ["string", "object"].includes(typeof value);
