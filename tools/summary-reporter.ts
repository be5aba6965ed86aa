import { DefaultReporter, type SerializedError, type TestModule } from "vitest/node";

/** Vitest's own report, and then one plain line for scripts: `120 passed, 0 failed, 2 skipped`. */
export class SummaryReporter extends DefaultReporter {
  override onTestRunEnd(
    modules: readonly TestModule[],
    errors: readonly SerializedError[],
    reason: "passed" | "interrupted" | "failed",
  ): void {
    super.onTestRunEnd(modules, errors, reason);
    const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
    const count = (...wanted: string[]) => states.filter((state) => wanted.includes(state)).length;
    // A file that does not load, or an error nobody awaited, fails the run without failing a test.
    const brokenModules = modules.filter((module) => module.errors().length > 0).length;
    const failed = count("failed") + brokenModules + errors.length;
    const skipped = count("skipped", "pending");
    process.stdout.write(`\n${count("passed")} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}\n`);
  }
}
