import type { Caveat, ModelSummary } from "../schema/analysis.ts";

/** Parameters that do not change what a model would say, only how much of it is asked for or reported. */
const harmless = new Set(
  "max_tokens max_completion_tokens max_output_tokens max_tokens_to_sample n seed stream stream_options user metadata logprobs top_logprobs service_tier store".split(
    " ",
  ),
);

/**
 * Says where suspect or reference were asked with other parameters than each other or than the controls (temperature,
 * top_p, system prompt ...), as the run recorded them. Parameters that an endpoint sets by itself are not known.
 *
 * @param controls - the panel of this suspect and this reference
 */
export function parameterCaveats(
  suspect: ModelSummary,
  reference: ModelSummary,
  controls: readonly ModelSummary[],
): Caveat[] {
  const [ofSuspect, ofReference] = [parametersOf(suspect), parametersOf(reference)];
  const ofControls = controls.map(parametersOf);
  const names = [
    ...new Set([ofSuspect, ofReference, ...ofControls].flatMap((params) => [...params.keys()])),
  ].sort();
  const differing = names.flatMap((name) => {
    const [s, r] = [ofSuspect.get(name), ofReference.get(name)];
    const c = ofControls.map((params) => params.get(name));
    const alike = (value: string | undefined) => c.filter((other) => other === value).length;
    // Controls may differ among themselves; suspect and reference must not stand apart from most of them.
    if (s === r && 2 * alike(s) >= c.length) return [];
    const values = [...new Set(c)].map((value) => `${shown(value)} (${alike(value)})`).join(", ");
    return [`${name}: suspect ${shown(s)}, reference ${shown(r)}, controls ${values}`];
  });
  if (differing.length === 0) return [];
  return [
    {
      code: "parameters-differ",
      message: `The models were not asked with the same parameters (${differing.join("; ")}): a difference or a resemblance may come from the setting instead of the model.`,
      advice: "Ask all targets with the same sampling parameters and system prompt, or none at all.",
    },
  ];
}

function parametersOf({ params }: ModelSummary): Map<string, string> {
  const parsed: unknown = JSON.parse(params);
  const entries = parsed !== null && typeof parsed === "object" ? Object.entries(parsed) : [];
  return new Map(
    entries.filter(([name]) => !harmless.has(name)).map(([name, value]) => [name, JSON.stringify(value)]),
  );
}

/** A value as a caveat shows it: a system prompt may be long. */
const shown = (value: string | undefined) =>
  value === undefined ? "unset" : value.length > 40 ? `${value.slice(0, 40)}...` : value;
