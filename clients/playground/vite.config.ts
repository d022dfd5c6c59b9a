import { defineConfig } from "vite";

/** Relative addresses, so that the router may serve the page under any path; one folder, no network. */
export default defineConfig({
  base: "./",
  build: {
    target: "es2023",
    // Monaco is one large chunk by nature; it is read from the router's own disk.
    chunkSizeWarningLimit: 8000,
    reportCompressedSize: false,
    rolldownOptions: {
      onLog(level, log, report) {
        // "use client" means something to server-rendering bundlers only.
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") report(level, log);
      },
    },
  },
  worker: { format: "es" },
  server: { proxy: { "/graphql": process.env.SHOP_URL ?? "http://127.0.0.1:4000" } },
});
