import { defineConfig } from "@playwright/test";

/** Runs against a deployed stack, which tests/e2e/test_dashboard.py starts and names in the environment. */
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
