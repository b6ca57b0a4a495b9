import AxeBuilder from "@axe-core/playwright";
import { type Browser, type BrowserContextOptions, expect, type Page } from "@playwright/test";

export type Role = "viewer" | "operator";

/** A page with a session: the token of the role, as the stack under test issued it. */
export async function signedIn(browser: Browser, role: Role, options: BrowserContextOptions = {}): Promise<Page> {
  const token = process.env[`E2E_TOKEN_${role.toUpperCase()}`] ?? "";
  expect(token, `a token of a ${role} in the environment`).not.toBe("");
  const context = await browser.newContext(options);
  await context.addInitScript(
    (session) => window.sessionStorage.setItem("cloudops.session", session),
    JSON.stringify({ token, endsAt: Date.now() + 3_600_000 }),
  );
  const page = await context.newPage();
  page.on("console", (message) => {
    // A violation of the Content-Security-Policy is logged as an error.
    if (message.type() === "error" && message.text().includes("Content Security Policy")) throw new Error(message.text());
  });
  return page;
}

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`)).toEqual([]);
}
