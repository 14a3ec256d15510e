// What the scripts beside it that look at the page have in common: the address that they are given, the laptop behind it, a browser,
// and pictures of parts of the page. What they look for may not enter.
//
// CHROMIUM names another browser.

import { writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { small } from "./png.mjs";

/** The options of a script: where the laptop is, where the pictures go, and what it takes besides. */
export function asked(script, further = {}) {
  const { values } = parseArgs({
    options: { url: { type: "string" }, out: { type: "string", default: "shots" }, ...further },
  });
  if (!values.url) {
    const others = Object.keys(further).map((name) => ` [--${name} ...]`);
    console.error(`usage: node ${script} --url http://127.0.0.1:3000 [--out shots]${others.join("")}`);
    process.exit(2);
  }
  return values;
}

/** Asks the laptop; throws unless it agrees. */
export const caller = (url) => async (method, address, body) => {
  const answer = await fetch(`${url}${address}`, {
    method,
    body: body && JSON.stringify(body),
    headers: body && { "content-type": "application/json" },
  });
  const told = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${address}: ${answer.status} ${told}`);
  return told ? JSON.parse(told) : null;
};

/** A page of a fresh browser that asks nobody but the laptop. */
export async function look(settings) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--headless=new",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  const context = await browser.newContext({ colorScheme: "light", reducedMotion: "reduce", locale: "en-GB", ...settings });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  return { browser, page };
}

/** Goes to the address, where nothing is to be seen but what a picture is taken of. */
export async function openForPictures(url, settings) {
  // Without the page's own policy, for the one rule of style below.
  const { browser, page } = await look({ timezoneId: "UTC", bypassCSP: true, ...settings });
  try {
    await page.goto(url);
    await page.addStyleTag({ content: "main *:not(.shown, .shown *) { visibility: hidden } main .shown { visibility: visible }" });
  } catch (error) {
    await browser.close();
    throw error;
  }
  return { browser, page };
}

/** Photographs the elements and nothing beside them, with room around them; how many bytes that took. */
export async function picture(page, file, shown, { around, largest }) {
  await page.evaluate(() => document.querySelectorAll(".shown").forEach((node) => node.classList.remove("shown")));
  for (const node of shown) await node.evaluate((it) => it.classList.add("shown"));
  await shown[0].evaluate((it) => it.scrollIntoView({ block: "start" }));
  const name = path.basename(file);
  const boxes = await Promise.all(shown.map((node) => node.boundingBox()));
  if (boxes.some((box) => !box)) throw new Error(`${name} is not on the page`);
  const [x, y] = [Math.min(...boxes.map((box) => box.x)), Math.min(...boxes.map((box) => box.y))];
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  const clip = { x: x - around, y: y - around, width: right - x + 2 * around, height: bottom - y + 2 * around };
  const png = small(await page.screenshot({ clip }));
  if (png.length > largest) throw new Error(`${name} has ${png.length} bytes: too many for a document`);
  await writeFile(file, png);
  return png.length;
}
