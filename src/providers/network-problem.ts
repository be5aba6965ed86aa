import { oneLine } from "./classify-error.ts";
import { proxyVariableFor } from "./dispatcher.ts";

/** System codes of connections that failed, in words. */
const words: Record<string, string> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset",
  ENOTFOUND: "no such host",
  EAI_AGAIN: "the host's name cannot be looked up",
  UND_ERR_SOCKET: "the connection was closed before the answer was complete",
  UND_ERR_HEADERS_OVERFLOW: "the response headers are longer than is read",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "the answer is not as long as its content-length says",
  EHOSTUNREACH: "host unreachable",
  ENETUNREACH: "network unreachable",
};

/** The same of certificates that are not trusted. */
const certificateWords: Record<string, string> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: "the server's certificate is self-signed",
  SELF_SIGNED_CERT_IN_CHAIN: "the server's certificate comes from an authority that is not trusted",
  UNABLE_TO_GET_ISSUER_CERT: "the server's certificate comes from an unknown authority",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "the server's certificate comes from an unknown authority",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "the server's certificate comes from an unknown authority",
  CERT_HAS_EXPIRED: "the server's certificate has expired",
  CERT_NOT_YET_VALID: "the server's certificate is not valid yet",
  ERR_TLS_CERT_ALTNAME_INVALID: "the server's certificate is for another host",
};

/** Why no response came and what to do about it, in one line, with the system's code where it has one. */
export function networkProblem(failure: unknown, url: string): string {
  const { code, message } = rootCause(failure);
  const told = code === null ? "" : ` (${code})`;
  if (code !== null && certificateWords[code] !== undefined)
    return `${certificateWords[code]}${told}; check baseURL and this machine's date, or name the authority's certificate in NODE_EXTRA_CA_CERTS`;
  if (code !== null && /^(EPROTO|ERR_SSL_)/.test(code))
    return `no TLS connection came about${told}; check that the server speaks HTTPS, or put http:// in baseURL`;
  const why = `${(code === null ? undefined : words[code]) ?? oneLine(message)}${told}`;
  const proxy = proxyVariableFor(url);
  return proxy === null
    ? `${why}; check baseURL and that the server runs`
    : `${why}; ${proxy} is set: check baseURL and that proxy, or list the host in NO_PROXY`;
}

/** The innermost cause with a system code: fetch and the SDKs wrap it several times. */
export function rootCause(error: unknown): { code: string | null; message: string } {
  let found: { code: string | null; message: string } = { code: null, message: String(error) };
  for (
    let current: unknown = error, depth = 0;
    current instanceof Error && depth < 6;
    current = current.cause, depth++
  ) {
    const inner =
      current instanceof AggregateError && current.errors[0] instanceof Error ? current.errors[0] : current;
    const code = "code" in inner && typeof inner.code === "string" ? inner.code : null;
    if (code !== null || found.code === null) found = { code: code ?? found.code, message: inner.message };
  }
  return found;
}
