import { defineConfig } from "vitest/config";

export default defineConfig({
  // Loading a module anew takes its time on a busy machine; no test measures any.
  test: { include: ["tests/**/*.test.ts"], testTimeout: 60_000 },
});
