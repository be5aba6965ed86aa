import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Certificate {
  readonly key: string;
  readonly cert: string;
  /** File of the certificate, until `remove` is called. */
  readonly file: string;
  remove(): void;
}

/** A self-signed certificate for `model.test` and 127.0.0.1 by the openssl command; null where there is none. */
export function selfSigned(): Certificate | null {
  const dir = mkdtempSync(join(tmpdir(), "congener-tls-"));
  const [keyFile, file] = [join(dir, "key.pem"), join(dir, "cert.pem")];
  try {
    execFileSync(
      "openssl",
      [
        ...[
          "req",
          "-x509",
          "-newkey",
          "ec",
          "-pkeyopt",
          "ec_paramgen_curve:prime256v1",
          "-nodes",
          "-days",
          "2",
        ],
        ...["-subj", "/CN=model.test", "-addext", "subjectAltName=DNS:model.test,IP:127.0.0.1"],
        ...["-keyout", keyFile, "-out", file],
      ],
      { stdio: "ignore" },
    );
  } catch {
    rmSync(dir, { recursive: true, force: true });
    return null;
  }
  return {
    key: readFileSync(keyFile, "utf8"),
    cert: readFileSync(file, "utf8"),
    file,
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}
