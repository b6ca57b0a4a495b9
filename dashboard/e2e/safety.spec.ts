import { expect, type Page, test } from "@playwright/test";
import { signedIn } from "./signed-in";

const PAGES = ["/", "/executions", "/silences", "/services", "/learning", "/sources", "/audit", "/quarantine"];
/** A window of 1280 by 1024 pixels at 400%: WCAG 2.2, 1.4.10. */
const ZOOMED = { viewport: { width: 320, height: 256 } };

/** A name that no earlier run used, so that the tests can run again on the same stack. */
function unique(stem: string): string {
  return `${stem}-${Date.now().toString(36)}`;
}

/** Sends an alert from the open page: only the browser can resolve every stack's host. */
async function send(page: Page, alert: Record<string, string>): Promise<void> {
  const status = await page.evaluate(
    async ({ token, sent }) => {
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
      const body = JSON.stringify({ alerts: [sent] });
      return (await fetch("/api/incidents/ingest", { method: "POST", headers, body })).status;
    },
    {
      token: process.env.E2E_TOKEN_OPERATOR ?? "",
      sent: { severity: "high", env: "test", startsAt: new Date().toISOString(), ...alert },
    },
  );
  expect(status).toBe(201);
}

test("a new alert is shown by a poll, without a reload", async ({ browser }) => {
  const service = unique("basket");
  const page = await signedIn(browser, "viewer");
  await page.goto("/");
  await expect(page.getByRole("heading", { name: /Incidents/ })).toBeVisible();
  await page.evaluate(() => document.body.setAttribute("data-loaded", "once"));
  await send(page, { title: `${service}: container killed, out of memory`, service });
  await expect(page.getByRole("link", { name: new RegExp(service) })).toBeVisible();
  await expect(page.locator("body[data-loaded=once]")).toHaveCount(1);
});

test("markup and scripts in an alert are shown as text", async ({ browser }) => {
  const service = unique("hostile");
  const page = await signedIn(browser, "operator");
  const opened: string[] = [];
  page.on("dialog", (dialog) => {
    opened.push(dialog.message());
    void dialog.dismiss();
  });
  await page.goto("/");
  await send(page, {
    title: `<img src=x onerror="document.title='owned'"> ${service}`,
    service,
    url: "javascript:alert(1)",
    message: "<script>alert(1)</script>",
  });
  await page.goto(`/?service=${service}`);
  await page.getByRole("link", { name: new RegExp(service) }).click();

  await expect(page.getByRole("heading", { level: 1 })).toContainText("<img src=x");
  await page.getByText("Why in this incident").first().click();
  await expect(page.getByText("<script>alert(1)</script>")).toBeVisible();
  await expect(page.locator("img[src='x'], a[href^='javascript' i]")).toHaveCount(0);
  await expect(page).not.toHaveTitle("owned");
  expect(opened).toEqual([]);
});

test("a silence is created and ended", async ({ browser }) => {
  const comment = unique("moving");
  const page = await signedIn(browser, "operator");
  await page.goto("/silences");
  await page.getByRole("button", { name: "Create silence" }).click();
  const form = page.getByRole("dialog");
  await form.getByRole("textbox", { name: "Value" }).fill("nothing-of-ours");
  await form.getByRole("textbox", { name: "Comment" }).fill(comment);
  await form.getByRole("button", { name: "Create silence" }).click();
  await expect(page.getByRole("rowheader", { name: new RegExp(comment) })).toBeVisible();

  await page.getByRole("button", { name: `End silence: ${comment}` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "End silence" }).click();
  await expect(page.getByRole("rowheader", { name: new RegExp(comment) })).toHaveCount(0);
});

test("at 400% zoom every page scrolls in one direction only", async ({ browser }) => {
  const page = await signedIn(browser, "viewer", ZOOMED);
  for (const path of PAGES) {
    await page.goto(path);
    await expect(page.locator("h1").first()).toBeVisible();
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(over, path).toBeLessThanOrEqual(0);
  }
});
