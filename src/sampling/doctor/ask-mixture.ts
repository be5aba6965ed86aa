import type { BackendSample } from "../../schema/backend-mixture.ts";
import type { Examination } from "../../schema/doctor.ts";
import type { Params } from "../../schema/probe.ts";
import type { Random } from "../../schema/random.ts";
import { shuffled } from "../plan.ts";
import { createDoctorClient, type DoctorClientOptions, type DoctorEndpoint } from "./doctor-client.ts";
import { mixturePrompts } from "./doctor-prompts.ts";

/** Tokens of an answer to a mixture probe, where a model does not think first. */
const mixtureLimit = 16;
export const mixtureProbes = mixturePrompts("openai").length;

/**
 * Asks several short probes `repeats` times each, one request at a time and the probes of each round in random order, so
 * that neither a probe's turn nor its time goes with a backend's. Answers that failed are left out.
 *
 * @param examination - of the same target: how answers are bounded, and whether temperature is taken
 */
export async function askMixture(
  endpoint: DoctorEndpoint,
  examination: Examination,
  options: Omit<DoctorClientOptions, "mostRequests"> & { readonly repeats: number; readonly random: Random },
): Promise<{ readonly samples: BackendSample[]; readonly requests: number }> {
  const { repeats, random, clock, signal } = options;
  const prompts = mixturePrompts(endpoint.target.api);
  const client = createDoctorClient(endpoint, {
    ...options,
    mostRequests: Math.ceil(repeats * prompts.length * 1.2),
  });
  const { limitName, replies, limit } = examination;
  const thinks = replies.some(({ reasoned }) => reasoned);
  const heated = replies.some(
    ({ question, params, error }) => question === "varied" && "temperature" in params && error === null,
  );
  const params: Params = {
    ...(limitName === null ? {} : { [limitName]: thinks ? limit : mixtureLimit }),
    ...(heated ? { temperature: 1 } : {}),
  };
  const samples: BackendSample[] = [];
  try {
    for (let round = 0; round < repeats; round++)
      for (const { id, asked } of shuffled(prompts, random)) {
        const startedAtMs = clock.now();
        const reply = await client.ask("mixture", { ...asked, params });
        const { error, text, servedModel, systemFingerprint, provider, latencyMs, usage } = reply;
        if (error !== null || text === "") continue;
        samples.push({
          probe: id,
          text,
          servedModel,
          systemFingerprint,
          provider,
          latencyMs,
          outputTokens: usage?.outputTokens ?? null,
          startedAtMs,
        });
      }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  return { samples, requests: client.requests() };
}
