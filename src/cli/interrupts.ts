import { exitCodes } from "./exit-codes.ts";

/** Ctrl-C and SIGTERM, left to the operating system until a command takes them over. */
export interface Interrupts {
  /** See `CliContext.takeInterrupts`; repeated calls return the same signal. */
  take(): AbortSignal;
  /** Whether the first interrupt came after `take`. */
  received(): boolean;
}

/** Shows the cursor and wraps lines again, which progress bars turn off. */
const terminalRestored = "\u001B[?25h\u001B[?7h\n";

/** Before `take` nothing is installed, so that a long computation dies at the first Ctrl-C as any program does. */
export function createInterrupts(host: NodeJS.Process): Interrupts {
  let controller: AbortController | undefined;
  return {
    take() {
      if (controller !== undefined) return controller.signal;
      const taken = new AbortController();
      controller = taken;
      const interrupt = () => {
        if (taken.signal.aborted) {
          if (host.stderr.isTTY) host.stderr.write(terminalRestored);
          host.exit(exitCodes.interrupted);
        }
        taken.abort();
      };
      host.on("SIGINT", interrupt);
      host.on("SIGTERM", interrupt);
      return taken.signal;
    },
    received: () => controller?.signal.aborted ?? false,
  };
}
