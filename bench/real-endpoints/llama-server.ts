import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

/** A llama.cpp server with one of the small models, answering chat and raw completions. */
export interface LlamaServer {
  readonly baseURL: string;
  stop(): void;
}

/** Starts `llama-server` on a free port and waits until it answers. @param file - the GGUF file's name without its ending */
export async function startLlamaServer(server: string, weights: string, file: string): Promise<LlamaServer> {
  const port = await freePort();
  const child: ChildProcess = spawn(
    server,
    [
      ...["-m", join(weights, `${file}.gguf`), "--alias", file],
      ...["--host", "127.0.0.1", "--port", String(port)],
      // Repacking hangs on the padded tensors of the quantised files.
      ...["-t", "1", "-c", "512", "-np", "4", "--no-warmup", "--no-repack", "--jinja"],
      ...["--chat-template-file", join(weights, "passthru.jinja")],
    ],
    { stdio: "ignore" },
  );
  for (let tries = 0; tries < 120; tries++) {
    const ready = await fetch(`http://127.0.0.1:${port}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (ready) return { baseURL: `http://127.0.0.1:${port}/v1`, stop: () => child.kill() };
    await wait(500);
  }
  child.kill();
  throw new Error(`the server of ${file} does not start`);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await new Promise((ready) => probe.once("listening", ready));
  const address = probe.address();
  await new Promise((closed) => probe.close(closed));
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}
