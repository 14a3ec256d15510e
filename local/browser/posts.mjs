// Takes the pictures in the folder posts: of each source the post that its first sample becomes which fires, or else its first sample, as
// a phone shows it. It starts nothing: give it the address of a running `cargo local` with fresh state.
//
//   cargo local up --config local/browser/posts.yaml
//   npm ci && node posts.mjs --url http://127.0.0.1:3000 --out ../../docs [--only github,sentry]
//
// CHROMIUM names another browser.

import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { chromium } from "playwright-core";
import { small } from "./png.mjs";

const { values: options } = parseArgs({
  options: { url: { type: "string" }, out: { type: "string", default: "shots" }, only: { type: "string" } },
});
if (!options.url) {
  console.error("usage: node posts.mjs --url http://127.0.0.1:3000 [--out shots] [--only NAME,NAME]");
  process.exit(2);
}

const ANA = "U01ANA";
const ALERTS = "C01ALERTS";
// Room around a picture, and the most bytes that one may have.
const AROUND = 8;
const LARGEST = 40_000;

async function call(method, address, body) {
  const answer = await fetch(`${options.url}${address}`, {
    method,
    body: body && JSON.stringify(body),
    headers: body && { "content-type": "application/json" },
  });
  const told = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${address}: ${answer.status} ${told}`);
  return told ? JSON.parse(told) : null;
}

/** The sample whose post says most: the first that fires, else the first that is posted at all. */
const telling = (samples) =>
  samples.find((sample) => sample.status === "firing") ?? samples.find((sample) => sample.status !== "");

const messages = async () => {
  const answer = await call("GET", `/_slack/channels/${ALERTS}/messages?user=${ANA}`);
  return answer.messages ?? answer;
};

const events = await call("GET", "/_local/events");
const wanted = options.only?.split(",");
const sources = [...new Set(events.map((event) => event.source))].filter((name) => (wanted ? wanted.includes(name) : name !== "generic"));

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"],
});
const context = await browser.newContext({
  viewport: { width: 420, height: 2000 },
  deviceScaleFactor: 1.5,
  colorScheme: "light",
  reducedMotion: "reduce",
  locale: "en-GB",
  timezoneId: "UTC",
  // For the one rule of style below.
  bypassCSP: true,
});
const page = await context.newPage();
page.setDefaultTimeout(10_000);

const folder = path.join(options.out, "posts");
let bytes = 0;
try {
  await mkdir(folder, { recursive: true });
  await page.goto(`${options.url}/#/${ANA}/${ALERTS}`);
  await page.addStyleTag({ content: "main *:not(.shown, .shown *) { visibility: hidden } main .shown { visibility: visible }" });
  for (const source of sources) {
    const { name } = telling(events.filter((event) => event.source === source));
    await call("POST", "/_local/send", { source, name });
    await call("POST", "/_local/clock", { advance: "5s" });
    const { ts } = (await messages()).at(-1);
    const post = page.locator(`main article.message[data-ts="${ts}"] .blocks, main article.message[data-ts="${ts}"] .attachment`).first();
    await post.waitFor({ state: "attached" });
    await page.evaluate(() => document.querySelectorAll(".shown").forEach((node) => node.classList.remove("shown")));
    await post.evaluate((node) => {
      node.classList.add("shown");
      node.scrollIntoView({ block: "start" });
    });
    const box = await post.boundingBox();
    const clip = { x: box.x - AROUND, y: box.y - AROUND, width: box.width + 2 * AROUND, height: box.height + 2 * AROUND };
    const png = small(await page.screenshot({ clip }));
    if (png.length > LARGEST) throw new Error(`${source}.png has ${png.length} bytes: too many for a document`);
    await writeFile(path.join(folder, `${source}.png`), png);
    bytes += png.length;
  }
  console.log(`ok    ${sources.length} sources, ${Math.round(bytes / 1024)} kB`);
} finally {
  await browser.close();
}
