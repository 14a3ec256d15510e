// Walks through the first-run story as a person would, in headless chromium, and says in one sentence what is missing when
// something is. It starts nothing: give it the address of a running `cargo local` with fresh state.
//
//   npm ci && node check.mjs --url http://127.0.0.1:8000 --out shots
//
// The pictures are light, dark, phone, modal and thread; light.png is the README's.

import { mkdir } from "node:fs/promises";
import path from "node:path";
import { asked, look } from "./laptop.mjs";

const options = asked("check.mjs");

const DESKTOP = { width: 1360, height: 860 };
const PHONE = { width: 390, height: 844 };

const { browser, page } = await look({ viewport: DESKTOP, deviceScaleFactor: 2 });

// A page that complains in its console or asks another host for something is wrong even if it looks right.
const complaints = [];
page.on("pageerror", (error) => complaints.push(`the page threw: ${error.message}`));
page.on("console", (message) => message.type() === "error" && complaints.push(`the console says: ${message.text()}`));
page.on("request", (request) => {
  const url = new URL(request.url());
  if (/^https?:$/.test(url.protocol) && url.origin !== new URL(options.url).origin)
    complaints.push(`a request went to ${url.origin}`);
});

class Missing extends Error {}

/** Runs one step of the story; its title is what a failure is called. */
async function step(title, work) {
  try {
    await work();
    console.log(`ok    ${title}`);
  } catch (error) {
    console.error(`FAIL  ${title}\n      ${error.message.split("\n")[0]}`);
    await picture("failed");
    throw new Missing(title, { cause: error });
  }
}

async function picture(name) {
  await mkdir(options.out, { recursive: true });
  await page.screenshot({ path: path.join(options.out, `${name}.png`) });
}

function must(condition, sentence) {
  if (!condition) throw new Error(sentence);
}

const main = page.getByRole("main");
const thread = page.getByRole("complementary", { name: "Thread" });
const drawer = page.getByRole("complementary", { name: "Send a notification" });
const card = main
  .locator(".message", { has: page.locator(".attachment") })
  .filter({ hasText: /CPU/i })
  .first();
const button = (name) => card.getByRole("button", { name, exact: typeof name === "string" });
const barColor = () =>
  card
    .locator(".attachment-bar")
    .first()
    .evaluate((node) => getComputedStyle(node).backgroundColor);
const goTo = (name) =>
  page
    .getByRole("navigation", { name: "Channels" })
    .getByRole("link", { name: new RegExp(`^${name}\\b`) })
    .click();
const modal = page.getByRole("dialog");

async function sendSample(find, pick) {
  await page.getByRole("button", { name: "Send event" }).click();
  await drawer.getByRole("searchbox", { name: "Find a sample" }).fill(find);
  const file = page.locator("small", { hasText: new RegExp(`^${pick.replace(".", "\\.")}$`) });
  await drawer.locator(".sample-name", { has: file }).click();
  await drawer.locator("#send-sample").click();
  await drawer.locator(".outcome.good").waitFor();
  await page.keyboard.press("Escape");
  await drawer.waitFor({ state: "hidden" });
}

let firing;
try {
  await step("the page opens with its channels", async () => {
    await page.goto(options.url);
    await goTo("alerts");
    await main.getByRole("heading", { level: 1, name: "alerts" }).waitFor();
  });
  await step("the CloudWatch alarm is sent from the drawer and stands in #alerts", async () => {
    await sendSample("cloudwatch", "alarm.json");
    await card.waitFor();
    await button("Acknowledge").waitFor();
    firing = await barColor();
    must((await main.locator(".message .attachment").count()) >= 1, "the message has no coloured attachment");
  });
  await step("a pasted payload is tried, and nothing is sent", async () => {
    await page.getByRole("button", { name: "Send event" }).click();
    await drawer.getByRole("tab", { name: "Paste" }).click();
    await drawer.getByRole("combobox", { name: "Source" }).fill("my-script");
    await drawer.getByRole("textbox", { name: "Body" }).fill('{"title": "Disk is full on db-1", "status": "firing"}');
    const before = await page.locator("main article.message").count();
    await drawer.getByRole("button", { name: "Try" }).click();
    const told = drawer.locator(".told");
    await told.waitFor();
    const text = await told.innerText();
    for (const part of ["read generically", "Disk is full on db-1", "status    firing", "route ", "[Acknowledge]"]) {
      if (!text.includes(part)) throw new Error(`${part} is not told: ${text}`);
    }
    await picture("try");
    if ((await page.locator("main article.message").count()) !== before) throw new Error("it was sent");
    await drawer.getByRole("tab", { name: "Samples" }).click();
    await page.keyboard.press("Escape");
    await drawer.waitFor({ state: "hidden" });
  });
  await step("Acknowledge changes the same message and names who did it", async () => {
    const ts = await card.getAttribute("data-ts");
    await button("Acknowledge").click();
    await button("Acknowledge").waitFor({ state: "detached" });
    must((await card.getAttribute("data-ts")) === ts, "a new message was posted instead of changing the first");
    must((await barColor()) !== firing, "the colour bar is still that of a firing incident");
    must(/Ana/.test(await card.innerText()), "the message does not say that Ana acknowledged");
  });
  await step("a note is written in a form opened from the message", async () => {
    const direct = button(/^Note/);
    if (await direct.count()) {
      await direct.click();
    } else {
      await button("More actions").first().click();
      await page.getByRole("option", { name: /note/i }).click();
    }
    await modal.getByRole("heading", { name: /note/i }).waitFor();
    await modal.locator("textarea").first().fill("Autoscaling was at its limit; raised it to 12.");
    await picture("modal");
    await modal.locator("button[type=submit]").click();
    await modal.waitFor({ state: "detached" });
  });
  await step("the thread shows the note", async () => {
    await card.locator(".replies").click();
    await thread.getByText("Autoscaling was at its limit").waitFor();
    await thread.getByRole("combobox", { name: "Message" }).fill("Thanks! Looks better already :tada:");
    await page.keyboard.press("Enter");
    await thread.getByText("Looks better already").waitFor();
    await picture("thread");
  });
  await step("an emoji reaction stays on the message", async () => {
    await card.hover();
    await card.getByRole("button", { name: "React with eyes" }).first().click();
    await card.locator(".reaction.mine").waitFor();
  });
  await step("/ops status is completed and answered only to this person", async () => {
    const field = main.getByRole("combobox", { name: "Message" });
    await field.fill("");
    await field.pressSequentially("/op");
    await main.getByRole("option", { name: /\/ops/ }).first().waitFor();
    await page.keyboard.press("Tab");
    must((await field.inputValue()).startsWith("/ops "), "Tab did not complete /ops");
    await field.pressSequentially("status");
    await page.keyboard.press("Enter");
    await main.getByText("Only visible to you").first().waitFor();
    await page.mouse.move(2, 2);
    await picture("light");
  });
  await step("dark mode draws the same in dark", async () => {
    await page.emulateMedia({ colorScheme: "dark" });
    const shade = await page.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number));
    must(Math.max(...shade) < 80, `the background is ${shade}, which is not dark`);
    await picture("dark");
    await page.emulateMedia({ colorScheme: "light" });
  });
  await step("the ephemeral answer can be dismissed", async () => {
    await main.getByRole("button", { name: "Dismiss message" }).first().click();
    await main.getByText("Only visible to you").waitFor({ state: "detached" });
  });
  await step("another person sees the same message with their own eyes", async () => {
    await page.getByTitle("Switch to another person").click();
    await page.getByRole("option", { name: /Ben/ }).click();
    await page.getByTitle("Switch to another person").filter({ hasText: "Ben" }).waitFor();
    await card.waitFor();
    must((await card.locator(".reaction.mine").count()) === 0, "Ana's reaction is shown as Ben's own");
  });
  await step("the OK sample resolves the same message", async () => {
    const ts = await card.getAttribute("data-ts");
    const amber = await barColor();
    await sendSample("cloudwatch", "ok.json");
    await button("Resolve").waitFor({ state: "detached" });
    await card
      .getByText(/resolved/i)
      .first()
      .waitFor();
    must((await card.getAttribute("data-ts")) === ts, "the recovery was posted as a new message");
    must((await barColor()) !== amber, "the colour bar did not change");
  });
  await step("+5 min moves the clock", async () => {
    const clock = page.locator("#clock-text");
    const before = Date.parse(await clock.getAttribute("datetime"));
    await page.locator("#clock-plus").click();
    await page.waitForFunction(
      (then) => Date.parse(document.getElementById("clock-text").dateTime) - then >= 299_000,
      before,
    );
  });
  await step("the keyboard alone reaches a button and presses it", async () => {
    await sendSample("cloudwatch", "alarm.json");
    const fresh = main
      .locator(".message")
      .filter({ has: page.getByRole("button", { name: "Acknowledge", exact: true }) })
      .last();
    await fresh.waitFor();
    await page.locator("#messages").focus();
    await page.keyboard.press("ArrowUp");
    let reached = false;
    for (let presses = 0; presses < 60 && !reached; presses += 1) {
      await page.keyboard.press("Tab");
      reached = await page.evaluate(() => document.activeElement?.textContent?.trim() === "Acknowledge");
    }
    must(reached, "Tab does not reach Acknowledge from the last message");
    const ring = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
    must(ring !== "none", "the focused button shows no focus ring");
    await page.keyboard.press("Enter");
    await fresh.waitFor({ state: "detached" });
    must(
      await page.evaluate(() => document.activeElement !== document.body),
      "the focus was lost when the message changed",
    );
  });
  await step("Ctrl+K goes to another channel", async () => {
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "Jump to …" }).fill("deploys");
    await page.keyboard.press("Enter");
    await main.getByRole("heading", { level: 1, name: "deploys" }).waitFor();
    await page.goBack();
    await main.getByRole("heading", { level: 1, name: "alerts" }).waitFor();
  });
  await step("a phone shows the messages and the channels as a sheet", async () => {
    await page.setViewportSize(PHONE);
    await page.evaluate(() => location.replace(location.hash.split("/").slice(0, 3).join("/")));
    await thread.waitFor({ state: "hidden" });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth);
    must(wide <= PHONE.width, `the page is ${wide} px wide on a screen of ${PHONE.width}`);
    await card.scrollIntoViewIfNeeded();
    await picture("phone");
    await page.getByRole("button", { name: "Channels", exact: true }).click();
    await goTo("ops");
    await main.getByRole("heading", { level: 1, name: "ops" }).waitFor();
  });
  await step("nothing was complained about and no other host was asked", async () => {
    must(complaints.length === 0, complaints.join("; "));
  });
  console.log(`\nAll is there. Pictures: ${path.resolve(options.out)}`);
} catch (error) {
  if (!(error instanceof Missing)) throw error;
  if (complaints.length > 0) console.error(`      also: ${complaints.join("; ")}`);
  process.exitCode = 1;
} finally {
  await browser.close();
}
