// Takes the screenshots of docs/dashboard from a stack that `make run` has just started, after it has added votes,
// silences, a policy and two decisions. Needs Chromium. Reduce the files to 256 colors before you commit them.
//
//   CHROMIUM=/usr/bin/chromium ADA=$(python -m local.issuer token ada) GRACE=$(python -m local.issuer token grace) \
//     npm run screenshots
import { fileURLToPath } from "node:url";
import { chromium, expect } from "@playwright/test";

const STACK = process.env.CLOUDOPS_URL ?? "http://localhost:4000";
const FOLDER = fileURLToPath(new URL("../../docs/dashboard/", import.meta.url));
const DESKTOP = { viewport: { width: 1360, height: 760 }, colorScheme: "light" };
const DARK = { ...DESKTOP, colorScheme: "dark" };
const PHONE = { viewport: { width: 390, height: 844 }, colorScheme: "light" };
const DAY_SECONDS = 86_400;
const TIMEOUT_MS = 120_000;
/** How long charts and dialogs take to come to rest once the page has its data. */
const SETTLE_MS = 1_500;

async function call(token, method, path, body) {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const response = await fetch(`${STACK}${path}`, { method, headers, body: body && JSON.stringify(body) });
  const answer = await response.json();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${JSON.stringify(answer)}`);
  return answer;
}

/** The oldest incident of a service: the sync of the sources adds newer ones, whose targets do not exist. */
async function incidentOf(service) {
  const { incidents } = await call(GRACE, "GET", `/api/incidents?service=${service}&limit=50`);
  const incident = incidents.at(-1);
  if (!incident) throw new Error(`no incident of ${service}: is this the stack of make run?`);
  return incident;
}

async function suggestionOf(service, action) {
  const { suggestions } = await incidentOf(service);
  const found = suggestions.find((suggestion) => suggestion.action === action);
  if (!found) throw new Error(`no suggestion ${action} for ${service}`);
  return found.id;
}

/** Adds votes, an autonomy policy and silences. */
async function addData() {
  for (const [service, action] of [["search", "scale_service"], ["recommendations", "rollback"], ["batch-reporter", "noop"]]) {
    const suggestionId = await suggestionOf(service, action);
    for (const token of [ADA, GRACE]) {
      await call(token, "POST", "/api/feedback", { suggestionId, value: 1, comment: "back to normal in two minutes" });
    }
  }
  const unhelpful = await suggestionOf("checkout", "rollback");
  await call(ADA, "POST", "/api/feedback", { suggestionId: unhelpful, value: -1, comment: "the deployment was not the cause" });
  await call(ADA, "PUT", "/api/policies", {
    service: "search",
    action: "scale_service",
    environment: "prod",
    ceiling: "automatic",
    minConfidence: 0.8,
    minOutcomes: 10,
  });
  await call(ADA, "POST", "/api/silences", {
    kind: "silence",
    matchers: [{ field: "service", operator: "=", value: "static-site" }],
    durationSeconds: DAY_SECONDS,
    comment: "certificate is renewed tomorrow",
  });
  await call(GRACE, "POST", "/api/silences", {
    kind: "maintenance",
    matchers: [
      { field: "service", operator: "=", value: "batch-reporter" },
      { field: "environment", operator: "=~", value: "prod.*" },
    ],
    durationSeconds: DAY_SECONDS / 6,
    repeatsEverySeconds: 7 * DAY_SECONDS,
    comment: "monthly reports",
  });
  await call(ADA, "POST", "/api/confidence/recompute");
}

/** Approves one plan and rejects another, then syncs some sources. */
async function decide() {
  const approved = await suggestionOf("search", "rollback");
  const { plan } = await call(GRACE, "GET", `/api/suggestions/${approved}/plan`);
  await call(GRACE, "POST", `/api/suggestions/${approved}/approve`, { planHash: plan.hash });
  const rejected = await suggestionOf("image-resizer", "scale_service");
  await call(GRACE, "POST", `/api/suggestions/${rejected}/reject`, { reason: "the queue drains by itself" });
  for (const source of ["cloudwatch", "ecs", "datadog"]) await call(ADA, "POST", `/api/sources/${source}/sync`);
}

/** Makes the window as high as the page. A full-page screenshot does not: it lays out the page for its own height. */
async function fitHeight(page, { width, height }) {
  const content = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width, height: Math.max(height, content) });
  await page.waitForTimeout(SETTLE_MS);
}

/** A picture of the whole page, or of a dialog that `openDialog` opens over it. */
async function shoot(options, path, name, openDialog) {
  const context = await browser.newContext(options);
  await context.addInitScript(
    (session) => sessionStorage.setItem("cloudops.session", session),
    JSON.stringify({ token: GRACE, endsAt: Date.now() + 3_600_000 }),
  );
  context.setDefaultTimeout(TIMEOUT_MS);
  const page = await context.newPage();
  await page.goto(`${STACK}${path}`);
  await page.locator("h1").first().waitFor();
  await page.getByRole("button", { name: "Automation on" }).waitFor();
  await expect(page.getByText("Loading", { exact: true })).toHaveCount(0, { timeout: TIMEOUT_MS });
  await openDialog?.(page);
  await page.waitForTimeout(SETTLE_MS);
  if (!openDialog) await fitHeight(page, options.viewport);
  await page.screenshot({ path: `${FOLDER}${name}.png` });
  await context.close();
}

const { ADA, GRACE, CHROMIUM } = process.env;
if (!ADA || !GRACE) throw new Error("ADA and GRACE must be access tokens of an admin and an operator");
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
const incident = `/incidents/${(await incidentOf("orders-db")).id}`;
const planned = `/incidents/${(await incidentOf("search")).id}`;

await addData();
await shoot(DESKTOP, planned, "plan-desktop", async (page) => {
  await page.getByRole("button", { name: "Show plan" }).first().click();
  await page.getByRole("button", { name: "Reject plan" }).waitFor();
});
await decide();
for (const [name, options] of [["desktop", DESKTOP], ["dark", DARK], ["phone", PHONE]]) {
  await shoot(options, "/", `incidents-${name}`);
  await shoot(options, incident, `incident-${name}`);
  if (name !== "phone") await shoot(options, "/learning", `learning-${name}`);
}
for (const page of ["services", "executions", "silences", "sources", "audit", "quarantine"]) {
  await shoot(DESKTOP, `/${page}`, `${page}-desktop`);
}
await shoot(DESKTOP, "/services/search", "service-desktop");
await shoot(DESKTOP, "/silences", "silence-desktop", async (page) => {
  await page.getByRole("button", { name: "Create silence" }).click();
});
await browser.close();
