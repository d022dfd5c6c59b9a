import { defineConfig } from "vitest/config";

export default defineConfig({
  // tsc and a whole shop both take their time on a busy machine; no test measures any.
  test: { include: ["tests/**/*.test.ts"], testTimeout: 180_000 },
});
