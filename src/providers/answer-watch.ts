import { createRepeatDetector } from "../schema/repeated-response.ts";
import { servedModel } from "../schema/served-model.ts";
import type { Target } from "../schema/target.ts";
import type { Answer, Provider } from "./provider.ts";

/** Something about a target's answers that a reader of its results must know. One line, no secrets of ours. */
export interface AnswerWarning {
  readonly code:
    | "served-model"
    | "several-models"
    | "other-provider"
    | "several-providers"
    | "repeated-response-id";
  readonly message: string;
}

/**
 * Watches the answers of one target for signs that another model, another host or a cache answers. Each warning is given
 * once for each name that it is about. Keeps 8 bytes or so of each answer.
 */
export function createAnswerWatch(target: Target): (answer: Answer) => AnswerWarning[] {
  const models = new Set<string>();
  const providers = new Set<string>();
  const isRepeated = createRepeatDetector();
  const pinned = pinnedProvider(target);
  let repeated = false;
  return ({ servedModel: served, provider, responseId, text, outcome }) => {
    const warnings: AnswerWarning[] = [];
    const warn = (code: AnswerWarning["code"], message: string) => void warnings.push({ code, message });
    if (served !== null && !models.has(served)) {
      const kind = servedModel(target.model, served);
      const before = [...models][0];
      models.add(served);
      if (kind === "other-family")
        warn("served-model", `asked for ${target.model}, answered by ${served}: a model of another family`);
      else if (kind === "other-version" || kind === "other-name")
        warn("served-model", `asked for ${target.model}, answered by ${served}: another name`);
      if (before !== undefined)
        warn("several-models", `answers come from more than one model: ${before}, now ${served}`);
    }
    if (provider !== null && provider !== "" && !providers.has(provider)) {
      const before = [...providers][0];
      providers.add(provider);
      if (pinned !== null && !isProvider(pinned, provider))
        warn("other-provider", `pinned to ${pinned}, answered by ${provider}`);
      else if (before !== undefined)
        warn("several-providers", `answers come from more than one host: ${before}, now ${provider}`);
    }
    if (!repeated && outcome !== "filtered" && isRepeated(responseId, text)) {
      repeated = true;
      warn(
        "repeated-response-id",
        `two samples came with one response id (${shownId(responseId)}) and one text: a cache answers, and repeated samples are no new ones`,
      );
    }
    return warnings;
  };
}

/** Never a part of one: half a secret would not be found in it. */
const shownId = (id: string | null | undefined) => (!id || id.length > 100 ? "a long one" : id);

/** The same provider, whose answers are watched on their way; see `createAnswerWatch`. */
export function watchedProvider(
  provider: Provider,
  target: Target,
  onWarning: (warning: AnswerWarning) => void,
): Provider {
  const watch = createAnswerWatch(target);
  return {
    async sample(request, signal) {
      const reply = await provider.sample(request, signal);
      if ("answer" in reply) for (const warning of watch(reply.answer)) onWarning(warning);
      return reply;
    },
  };
}

/** The one provider that a gateway is told to use, in OpenRouter's fields; null where none or several are. */
function pinnedProvider({ extraBody: { provider } }: Target): string | null {
  if (provider === null || typeof provider !== "object" || Array.isArray(provider)) return null;
  const list = provider.only ?? provider.order;
  return Array.isArray(list) && list.length === 1 && typeof list[0] === "string" ? list[0] : null;
}

/** Whether a gateway's name for a host (`Amazon Bedrock`) is that of a slug (`amazon-bedrock`, `deepinfra/fp8`). */
function isProvider(slug: string, name: string): boolean {
  const plain = (text: string) => (text.split("/")[0] ?? "").toLowerCase().replace(/[^a-z0-9]/g, "");
  const [wanted, got] = [plain(slug), plain(name)];
  return wanted.startsWith(got) || got.startsWith(wanted);
}
