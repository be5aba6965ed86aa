import type { ProviderError } from "../errors.ts";

const unreachableCode =
  /^(ECONNREFUSED|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|EPROTO|ERR_SSL_.*|ERR_TLS_.*|CERT_.*|SELF_SIGNED_.*|DEPTH_ZERO_.*|UNABLE_TO_.*)$/;

/** Whether nobody answers at an address at all (refused, no such host, bad certificate), which seldom passes. */
export function isUnreachable(error: ProviderError): boolean {
  for (
    let cause: unknown = error.cause, depth = 0;
    cause instanceof Error && depth < 8;
    cause = cause.cause, depth++
  ) {
    const errors = cause instanceof AggregateError ? [cause, ...cause.errors] : [cause];
    if (errors.some((item) => "code" in item && unreachableCode.test(String(item.code)))) return true;
  }
  return false;
}
