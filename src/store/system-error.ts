import { StoreError } from "../errors.ts";

const explanations: Record<string, { code: string; what: string; next: string }> = {
  ENOSPC: {
    code: "store.disk-full",
    what: "the disk is full",
    next: "free some space and issue the same command again; what was recorded is kept",
  },
  EDQUOT: {
    code: "store.disk-full",
    what: "the disk quota is used up",
    next: "free some space and issue the same command again; what was recorded is kept",
  },
  EFBIG: {
    code: "store.disk-full",
    what: "the file may not grow any larger",
    next: "raise the file size limit and issue the same command again",
  },
  EACCES: {
    code: "store.permission",
    what: "permission denied",
    next: "choose a folder you may write to with --run, or change its permissions",
  },
  EPERM: {
    code: "store.permission",
    what: "operation not permitted",
    next: "choose a folder you may write to with --run, or change its permissions",
  },
  EROFS: {
    code: "store.permission",
    what: "the file system is read-only",
    next: "choose a writable folder with --run",
  },
  ENOTDIR: {
    code: "store.path",
    what: "a part of the path is a file, not a folder",
    next: "choose another folder with --run",
  },
  EISDIR: { code: "store.path", what: "expected a file, got a folder", next: "move that folder away" },
  ENOENT: { code: "store.missing", what: "no such file or folder", next: "check the path" },
  ENAMETOOLONG: {
    code: "store.path",
    what: "the path is too long",
    next: "choose a shorter folder with --run",
  },
  EMFILE: {
    code: "store.open-files",
    what: "too many open files",
    next: "raise the limit (ulimit -n) and issue the same command again",
  },
};

/** Node's code of a failed system call, or null when the error is none. */
export function systemErrorCode(error: unknown): string | null {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
}

/** One clear line for a failed system call on `path`; a StoreError passes through, any other error is kept as cause. */
export function toStoreError(error: unknown, action: string, path: string): StoreError {
  if (error instanceof StoreError) return error;
  const code = systemErrorCode(error);
  const known = code === null ? undefined : explanations[code];
  if (known !== undefined)
    return new StoreError(known.code, `cannot ${action} ${path}: ${known.what} (${code}); ${known.next}`, {
      cause: error,
    });
  const reason = error instanceof Error ? error.message : String(error);
  return new StoreError("store.io", `cannot ${action} ${path}: ${reason}`, { cause: error });
}
