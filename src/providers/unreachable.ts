import type { ProviderError } from "../errors.ts";

/** Codes of connections that broke although somebody is there, or that nobody picked up this time. */
const passingCode = /^(ECONNRESET|EPIPE|ECONNABORTED|ETIMEDOUT|EAI_AGAIN|UND_ERR_.*)$/;

/**
 * Whether a network error says that nobody answers at an address at all (refused, no such host, bad certificate, a port
 * that fetch does not open), which seldom passes.
 */
export function isUnreachable(error: ProviderError): boolean {
  for (
    let cause: unknown = error.cause, depth = 0;
    cause instanceof Error && depth < 8;
    cause = cause.cause, depth++
  ) {
    const errors = cause instanceof AggregateError ? [cause, ...cause.errors] : [cause];
    if (errors.some((item) => "code" in item && passingCode.test(String(item.code)))) return false;
  }
  return true;
}
