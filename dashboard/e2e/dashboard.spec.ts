import { expect, test } from "@playwright/test";
import { expectAccessible, signedIn } from "./signed-in";

const PAGES = ["/", "/executions", "/silences", "/services", "/learning", "/sources", "/audit", "/quarantine"];
const PHONE = { viewport: { width: 390, height: 844 } };

test("a person without a session signs in at the issuer and returns to the same page", async ({ page }) => {
  test.skip(!process.env.E2E_PERSON, "the stack names no person for its issuer");
  await page.goto("/?severity=critical");
  await page.getByRole("button", { name: new RegExp(process.env.E2E_PERSON ?? "", "i") }).click();
  await expect(page).toHaveURL(/\/\?severity=critical$/);
  await expect(page.getByRole("heading", { name: /Incidents/ })).toBeVisible();
});

test("alerts become incidents, which are filtered, voted on, planned and approved", async ({ browser }) => {
  const page = await signedIn(browser, "operator");
  await page.goto("/");
  await page.getByRole("button", { name: "Ingest demo alerts" }).click();
  await expect(page.getByText(/demo alerts were added/)).toBeVisible();
  await expect(page.getByRole("link", { name: /demo-search/ }).first()).toBeVisible();

  await page.goto("/?service=demo-search");
  await expect(page.getByRole("row", { name: /demo-search/ }).first()).toBeVisible();
  await expect(page.getByRole("row", { name: /demo-checkout/ })).toHaveCount(0);

  const service = process.env.E2E_SERVICE ?? "search";
  await page.goto(`/?service=${service}`);
  await page.getByRole("row", { name: new RegExp(service) }).getByRole("link").first().click();
  await expect(page.getByRole("heading", { name: "Suggested actions" })).toBeVisible();
  const card = page.getByRole("listitem").filter({ hasText: `Roll back ${service}` });
  await card.getByRole("button", { name: "Helpful", exact: true }).click();
  await page.getByRole("textbox", { name: /Comment/ }).fill("<img src=x onerror=alert(1)> worked");
  await page.getByRole("button", { name: "Submit vote" }).click();
  await expect(card.getByText("Your vote: helpful: <img src=x onerror=alert(1)> worked")).toBeVisible();

  await card.getByRole("button", { name: "Show plan" }).click();
  await expect(page.getByText("ecs:UpdateService")).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Approve plan" }).click();
  await expect(page.getByText("Plan approved")).toBeVisible();
  await expect(page.getByRole("heading", { name: /Executions/ })).toBeVisible();
});

test("a viewer's buttons are disabled, and say which role they require", async ({ browser }) => {
  const page = await signedIn(browser, "viewer");
  await page.goto("/");
  const demo = page.getByRole("button", { name: "Ingest demo alerts" });
  await expect(demo).toBeDisabled();
  await expect(demo).toHaveAccessibleDescription("Requires the role operator. Your role is viewer.");
});

test("a lost connection is shown until it is back", async ({ browser }) => {
  const page = await signedIn(browser, "viewer");
  await page.goto("/");
  await expect(page.getByRole("heading", { name: /Incidents/ })).toBeVisible();
  await page.context().setOffline(true);
  await expect(page.getByText("Connection lost")).toBeVisible({ timeout: 60_000 });
  await page.context().setOffline(false);
  await expect(page.getByText("Connection lost")).toHaveCount(0, { timeout: 60_000 });
});

for (const [name, options] of [
  ["light", { colorScheme: "light" }],
  ["dark", { colorScheme: "dark" }],
  ["on a phone", { ...PHONE, colorScheme: "light" }],
] as const) {
  test(`every page meets WCAG 2.2 AA, ${name}`, async ({ browser }) => {
    const page = await signedIn(browser, "operator", options);
    for (const path of PAGES) {
      await page.goto(path);
      await expect(page.locator("h1").first()).toBeVisible();
      await expectAccessible(page);
    }
    await page.goto("/");
    await page.locator("tbody").getByRole("link").first().click();
    await expect(page.getByRole("heading", { name: "Suggested actions" })).toBeVisible();
    await expectAccessible(page);
  });
}
