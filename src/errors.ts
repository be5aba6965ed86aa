/**
 * Every error that Congener expects. Each carries a stable `code`, and its message says in one line what
 * happened, what was expected, what was got and what to do next. `cli/` alone turns them into exit codes.
 */
export class CongenerError extends Error {
  override readonly name: string = "CongenerError";
  /** Stable, machine-readable: tools may match on it. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Wrong flags, configuration, labels or probe files: exit code 2. */
export class UsageError extends CongenerError {
  override readonly name = "UsageError";
}

/** A record on disk does not fit its schema, or belongs to another version: exit code 2. */
export class SchemaError extends CongenerError {
  override readonly name = "SchemaError";
}

/** The run folder cannot be read or written (damage, lock, permission, disk): exit code 2. */
export class StoreError extends CongenerError {
  override readonly name = "StoreError";
}

/** What went wrong with one request, in the words the scheduler decides by. */
export type ProviderErrorClass =
  | "rate-limited"
  | "overloaded"
  | "timeout"
  | "network"
  | "malformed"
  | "auth"
  | "quota"
  | "unknown-model"
  | "bad-request"
  | "filtered"
  | "context-length";

/** One request failed. Holds no header and no key. */
export class ProviderError extends CongenerError {
  override readonly name = "ProviderError";
  readonly errorClass: ProviderErrorClass;
  /** HTTP status, or null when no response came. */
  readonly status: number | null;
  /** How long the server asked us to wait, in milliseconds, or null. */
  readonly retryAfterMs: number | null;
  readonly requestId: string | null;

  constructor(
    errorClass: ProviderErrorClass,
    message: string,
    context: {
      status?: number | null;
      retryAfterMs?: number | null;
      requestId?: string | null;
      cause?: unknown;
    } = {},
  ) {
    super(`provider.${errorClass}`, message, context.cause === undefined ? {} : { cause: context.cause });
    this.errorClass = errorClass;
    this.status = context.status ?? null;
    this.retryAfterMs = context.retryAfterMs ?? null;
    this.requestId = context.requestId ?? null;
  }
}

/** A statistic cannot be computed from so little data. Analysis records it as a reason, exit code 3 if nothing is left. */
export class InsufficientDataError extends CongenerError {
  override readonly name = "InsufficientDataError";
}
