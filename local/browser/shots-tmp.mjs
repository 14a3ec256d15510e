import { chromium } from "playwright-core";
const [url, channel, out] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--headless=new", "--no-sandbox", "--disable-gpu"] });
for (const [name, scheme, size] of [["light", "light", { width: 1100, height: 900 }], ["dark", "dark", { width: 1100, height: 900 }], ["phone", "light", { width: 390, height: 844 }], ["phone-dark", "dark", { width: 390, height: 844 }]]) {
  const context = await browser.newContext({ viewport: size, deviceScaleFactor: 2, colorScheme: scheme, reducedMotion: "reduce", locale: "en-GB" });
  const page = await context.newPage();
  page.on("pageerror", (e) => console.log("threw", e.message));
  page.on("console", (m) => m.type() === "error" && console.log("console", m.text()));
  await page.goto(`${url}/#${channel}`);
  await page.waitForTimeout(1500);
  const n = await page.locator("figure.chart").count();
  console.log(name, n, await page.locator("img.image").count());
  let i = 0;
  for (const message of await page.locator(".message", { has: page.locator("figure") }).all()) {
    await message.scrollIntoViewIfNeeded();
    await page.waitForTimeout(200);
    await message.screenshot({ path: `${out}/${name}-${i++}.png` });
  }
}
await browser.close();
