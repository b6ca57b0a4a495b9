import { defineConfig } from "@playwright/test";

/** Against a stack that runs: tests/e2e/test_dashboard.py starts one and says where it is. */
export default defineConfig({
  testDir: "e2e",
  outputDir: process.env.E2E_OUTPUT ?? "../.local/playwright",
  fullyParallel: false,
  workers: 1,
  retries: 0,
  timeout: 240_000,
  expect: { timeout: 60_000 },
  reporter: [["line"]],
  use: {
    baseURL: process.env.E2E_URL ?? "http://localhost:4000",
    ignoreHTTPSErrors: true,
    launchOptions: {
      executablePath: process.env.E2E_CHROMIUM,
      args: ["--no-sandbox", ...(process.env.E2E_RESOLVE ? [`--host-resolver-rules=${process.env.E2E_RESOLVE}`] : [])],
    },
  },
});
