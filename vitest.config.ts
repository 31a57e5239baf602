// One vitest run covers every package, the benchmarks' helpers and the pages of the course.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["packages/*/test/**/*.test.ts", "docs/test/**/*.test.ts", "tools/test/**/*.test.ts"],
    testTimeout: 60_000,
  },
});
