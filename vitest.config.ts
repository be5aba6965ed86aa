import { defineConfig } from "vitest/config";
import { SummaryReporter } from "./tools/summary-reporter.ts";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
    reporters: [new SummaryReporter()],
  },
});
