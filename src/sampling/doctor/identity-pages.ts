import { recordingFetch, type WireRecord, wireOptions } from "../../providers/wire-fetch.ts";
import type { IdentityPage } from "../../schema/doctor.ts";
import type { Endpoint } from "../run-samples.ts";
import { factsOf } from "./page-facts.ts";

const mostBytes = 4 << 20;

interface PageOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Takes secrets out of what a server says. */
  readonly scrub: (text: string) => string;
}

/**
 * Reads the pages on which servers say what they are: the model list under the API's own address, with its key; and
 * beside it, where an address was configured, llama.cpp's `/props`, vLLM's `/version` and Ollama's `/api/version`, without.
 * GET only, no redirect is followed, and nothing is an error: a page that is not there says so by its status.
 *
 * @param options.count - called before each request; false ends it
 */
export async function identityPages(
  endpoint: Endpoint,
  options: PageOptions & { readonly count: () => boolean },
): Promise<IdentityPage[]> {
  const { target, apiKey, headers } = endpoint;
  const anthropic = target.api === "anthropic";
  const standard = anthropic ? "https://api.anthropic.com" : "https://api.openai.com/v1";
  const base = (target.baseURL ?? standard).replace(/\/+$/, "");
  const root = base.replace(/\/v1$/, "");
  // As the SDKs send it.
  const key: Record<string, string> = {
    ...(anthropic ? { "anthropic-version": "2026-10-21" } : {}),
    ...(apiKey === null
      ? {}
      : target.keyHeader === undefined
        ? { authorization: `Bearer ${apiKey}` }
        : { [target.keyHeader]: apiKey }),
  };
  const query = new URLSearchParams(target.query ?? {}).toString();
  const places = [
    {
      url: anthropic ? `${root}/v1/models` : `${base}/models${query === "" ? "" : `?${query}`}`,
      path: "/v1/models",
      headers: { ...key, ...headers },
    },
    ...(target.baseURL === null || anthropic
      ? []
      : ["/props", "/version", "/api/version", "/api/tags"].map((path) => ({
          url: `${root}${path}`,
          path,
          headers: {},
        }))),
  ];
  const pages: IdentityPage[] = [];
  for (const { url, path, headers: sent } of places) {
    // Only Ollama lists its models there.
    if (path === "/api/tags" && pages.at(-1)?.facts.server !== "Ollama") continue;
    if (!options.count()) break;
    const { status, body } = await getPage(url, sent, options);
    pages.push({ path, status, facts: status === 200 ? factsOf(path, body, target.model) : {} });
  }
  return pages;
}

async function getPage(
  url: string,
  headers: Readonly<Record<string, string>>,
  options: PageOptions,
): Promise<{ status: number | null; body: string }> {
  const record: WireRecord = { request: null, response: null, headers: null, bodyProblem: null };
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(options.timeoutMs)]);
  try {
    await recordingFetch(url, {
      method: "GET",
      headers,
      ...wireOptions({ record, signal, maxBodyBytes: mostBytes }),
    });
  } catch {
    // No page is no error: the answers themselves say whether the endpoint works.
  }
  const body = record.bodyProblem === null ? (record.response?.body ?? "") : "";
  return { status: record.response?.status ?? null, body: options.scrub(body) };
}
