import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const stack = process.env.CLOUDOPS_URL ?? "http://localhost:4000";

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  plugins: [react()],
  build: {
    outDir: "../build/dashboard",
    emptyOutDir: true,
    // The Content-Security-Policy allows no data: scripts, and inlined fonts and images would make the style sheet larger.
    assetsInlineLimit: 0,
    manifest: true,
    target: "es2023",
  },
  server: { proxy: { "/api": stack, "/health": stack } },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
