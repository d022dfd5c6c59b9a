/**
 * Opens the playground in a real Chromium and uses it: `node in_browser.mjs http://127.0.0.1:4000/ [screenshot.png]`.
 * Exits 1, saying what, when the page asks anything outside its own origin, logs an error, or a tab's operation fails.
 * CHROMIUM names the browser's binary (default /usr/bin/chromium).
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { chromium } from "playwright-core";

// A browser on two busy cores is slow; a page that is broken shows it by never answering.
const PATIENCE_MS = 120_000;

const [address, screenshot] = process.argv.slice(2);
const origin = new URL(address).origin;
const profile = await mkdtemp(join(tmpdir(), "playground-"));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  headless: true,
  timeout: PATIENCE_MS,
  viewport: { width: 1400, height: 900 },
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});

browser.setDefaultTimeout(PATIENCE_MS);

const faults = [];
try {
  const page = await browser.newPage();
  browser.on("request", (request) => {
    const url = new URL(request.url());
    if (!["data:", "blob:"].includes(url.protocol) && url.origin !== origin) faults.push(`asked ${url.href}`);
  });
  page.on("pageerror", (error) => faults.push(`threw ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(`logged ${message.text()}`);
  });

  await page.goto(address);
  const tabs = page.locator(".graphiql-tab-button");
  await tabs.first().waitFor();
  const names = (await tabs.allTextContents()).map((name) => name.trim());

  // Who comes for the first time is shown how to sign in.
  await page.getByRole("button", { name: "Demo customer" }).waitFor();

  // The plan panel is opened first, so that the answer to come brings its plan.
  await page.getByRole("button", { name: "Show Query plan" }).click();
  await page.getByLabel("Ask the router for its plan").check();
  await page.locator(".graphiql-query-editor .view-line").first().waitFor();
  // The editor draws only the lines in sight, and those bit by bit: the whole answer is what the page was sent.
  const answered = page.waitForResponse((response) => response.request().postData()?.includes("query Home") ?? false);
  await page.locator(".graphiql-execute-button").click();
  const text = await (await answered).text();
  const answer = page.locator(".graphiql-response .view-lines");
  await answer.getByText(/"(data|errors)"/).first().waitFor();
  if (text.includes('"errors"')) faults.push(`the first tab answered errors: ${text.slice(0, 400)}`);

  if (!text.includes('"prod-')) faults.push(`the first tab answered no products: ${text.slice(0, 400)}`);
  const variables = await page.locator(".graphiql-editor-tool .view-lines").first().innerText();
  if (!variables.includes("first")) faults.push(`the first tab has no variables but ${JSON.stringify(variables)}`);

  const plan = await page.locator(".panel").innerText();
  if (screenshot) await page.screenshot({ path: screenshot });

  await page.locator(".graphiql-tab-button", { hasText: "ProductPage" }).click();
  // What is run is what the editor shows: a click before it shows the tab would run the first tab again.
  await page.locator(".graphiql-query-editor .view-lines").getByText("ProductPage").first().waitFor();
  await page.locator(".graphiql-execute-button").click();
  await answer.getByText("Premium Ultrabook Pro 15").first().waitFor();

  await page.getByRole("button", { name: "Show Who is asking" }).click();
  await page.getByRole("button", { name: "Demo customer" }).click();
  await page.getByText("Signed in as customer@ecommerce.local").waitFor();
  await page.locator(".graphiql-tab-button", { hasText: "SevenServices" }).click();
  await page.locator(".graphiql-query-editor .view-line").getByText("SevenServices").first().waitFor();
  await page.locator(".graphiql-execute-button").click();
  await answer.getByText("chargeStatus").first().waitFor();
  console.log(JSON.stringify({ tabs: names, plan, faults }));
} finally {
  await browser.close();
  // A process of the browser's that is slow to end may still write there.
  await rm(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}
process.exit(faults.length > 0 ? 1 : 0);
