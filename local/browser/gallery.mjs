// Takes the pictures of docs/reports: two weeks of incidents and responses go by, a report comes, and each of its sections is
// photographed as a phone shows it. It starts nothing: give it the address of a running `cargo local` with fresh state.
//
//   cargo local up --config local/browser/gallery.yaml
//   npm ci && node gallery.mjs --url http://127.0.0.1:3000 --out ../../docs/reports
//
// What AWS would say are the laptop's samples, and the pictures say so.

import { mkdir } from "node:fs/promises";
import path from "node:path";
import { asked, caller, openForPictures, picture } from "./laptop.mjs";

const options = asked("gallery.mjs");
const call = caller(options.url);

const ANA = "U01ANA";
const BEN = "U02BEN";
const CHI = "U03CHI";
const ALERTS = "C01ALERTS";
const PAYMENTS = "C04PAYMENTS";
const OPS = "C02OPS";
const DEPLOYS = "C03DEPLOYS";
// Room around a picture, and the most bytes that one may have.
const FRAME = { around: 14, largest: 100_000 };
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

// Time passes. Nothing of ours runs on the way, but for the last minute: three weeks would be 30,000 ticks.
const clock = async () => Date.parse((await call("GET", "/_local/clock")).now);
const advance = (by) => call("POST", "/_local/clock", { advance: by });
async function until(time) {
  const left = time - MINUTE - (await clock());
  if (left > 0) await call("POST", "/_local/clock", { miss: `${Math.floor(left / 1000)}s` });
  const rest = time - (await clock());
  if (rest > 0) await advance(`${Math.ceil(rest / 1000)}s`);
}

// What goes wrong, in minutes of a day: [day, minute, acknowledged after, resolved after, by whom].
const at = (hour, minute = 0) => hour * 60 + minute;
const CPU = { key: "cpu", title: "CPU of worker-3 above 90 %", severity: "warning", service: "export" };
const SLOW = { key: "slow", title: "Checkout answers slowly", severity: "error", service: "checkout" };
const FAULTS = { key: "faults", title: "More than 1 % of requests fail", severity: "error", service: "checkout" };
const CARDS = { key: "cards", title: "Card payments are refused", severity: "critical", service: "payments" };
const EXPORT = { key: "export", title: "The nightly export is late", severity: "warning", service: "export" };
const DISK = { key: "disk", title: "Disk of db-1 is 92 % full", severity: "error", service: "orders" };
const CERT = { key: "cert", title: "The certificate of api.example.com ends in 9 days", severity: "warning", service: "edge" };
const QUEUE = { key: "queue", title: "Orders wait 31 minutes in the queue", severity: "critical", service: "orders" };

const FIRST = [
  [CPU, [[0, at(2, 10)], [1, at(2, 10)], [3, at(2, 10)], [5, at(2, 10)]], null, 12],
  [SLOW, [[0, at(11, 30)], [2, at(15, 10)]], 14, 65, CHI],
  [CARDS, [[4, at(9, 20)]], 5, 52, BEN],
  [EXPORT, [[1, at(5, 30)]], 180, 240, ANA],
];
const SECOND = [
  [CPU, [0, 1, 2, 3, 4, 5, 6].map((day) => [day, at(2, 10)]), null, 12],
  [CPU, [[2, at(3, 5)], [4, at(3, 5)], [5, at(3, 5)]], null, 9],
  [SLOW, [[0, at(11, 30)], [1, at(13, 5)], [1, at(15, 40)], [3, at(16, 1)], [5, at(11, 31)]], 6, 41, CHI],
  [FAULTS, [[1, at(13, 3)], [3, at(16, 3)], [5, at(11, 35)]], 9, 38, CHI],
  [CARDS, [[3, at(16, 5)], [5, at(11, 40)]], 2, 33, BEN],
  [EXPORT, [[2, at(5, 30)], [4, at(5, 30)]], 95, 150, ANA],
  [DISK, [[1, at(13, 20)]], 7, 55, ANA],
  [CERT, [[4, at(10)]], null, null],
  [QUEUE, [[6, at(22, 15)]], 4, null, BEN],
];

/** A week as a list of things that happen, in their order. */
function happenings(week, begin) {
  const all = week.flatMap(([thing, times, acknowledged, resolved, who]) =>
    times.flatMap(([day, minute]) => {
      const time = begin + day * DAY + minute * MINUTE;
      return [
        { time, thing, status: "firing" },
        acknowledged && { time: time + acknowledged * MINUTE, thing, who },
        resolved && { time: time + resolved * MINUTE, thing, status: "resolved" },
      ];
    }),
  );
  return all.filter(Boolean).sort((one, other) => one.time - other.time);
}

const channelOf = (thing) => (thing.service === "payments" ? PAYMENTS : ALERTS);
const newest = new Map();

async function messages(channel) {
  const answer = await call("GET", `/_slack/channels/${channel}/messages?user=${ANA}`);
  return answer.messages ?? answer;
}

async function happen({ time, thing, status, who }) {
  await until(time);
  if (who) {
    const react = { type: "react", channel: channelOf(thing), ts: newest.get(thing.key), name: "eyes" };
    const acted = await call("POST", "/_slack/act", { user: who, do: react });
    if (acted.ok === false) throw new Error(`the reaction: ${JSON.stringify(acted)}`);
  } else {
    const { key, title, severity, service } = thing;
    await call("POST", "/hooks/my-script", { key, title, severity, status, labels: { service } });
  }
  await advance("30s");
  if (status === "firing") newest.set(thing.key, (await messages(channelOf(thing))).at(-1).ts);
}

/** The Monday after the next one: before it two whole weeks are to be told. */
function monday(now) {
  const midnight = Math.ceil(now / DAY) * DAY;
  return midnight + ((8 - new Date(midnight).getUTCDay()) % 7) * DAY;
}

const begin = monday(await clock());
await until(begin);
for (const happening of happenings(FIRST, begin)) await happen(happening);
for (const happening of happenings(SECOND, begin + 7 * DAY)) await happen(happening);
const last = begin + 14 * DAY;
// The night's report is late, since nothing of ours runs from before six until half past eight; the week's is in time.
await until(last + at(5, 50) * MINUTE);
await call("POST", "/_local/clock", { miss: "160m" });
await advance("2m");
await until(last + at(8, 58) * MINUTE);
await advance("5m");

await mkdir(options.out, { recursive: true });
const { browser, page } = await openForPictures(`${options.url}/#/${ANA}/${OPS}`, {
  viewport: { width: 480, height: 2800 },
  deviceScaleFactor: 2,
});

/** Keeps a picture of the elements. */
async function keep(name, ...shown) {
  const bytes = await picture(page, path.join(options.out, `${name}.png`), shown, FRAME);
  console.log(`ok    ${name}, ${Math.round(bytes / 1024)} kB`);
}

/** Goes to the channel and waits for all its pictures. */
async function open(channel) {
  await page.evaluate((hash) => (location.hash = hash), `#/${ANA}/${channel}`);
  await page.locator("main article.message").last().waitFor({ state: "attached" });
  await page.evaluate(async () => {
    for (const image of document.images) image.loading = "eager";
    await Promise.all([...document.images].map((image) => image.decode()));
  });
}

/** The newest message with this title. */
const report = (title) =>
  page
    .locator("main article.message")
    .filter({ has: page.getByText(title, { exact: true }) })
    .last();

try {
  await open(OPS);
  const week = report("The week");
  const block = (words) => week.locator(".blocks > *", { hasText: words }).first();
  // A picture has no words of its own, but a name.
  const drawn = (title) =>
    week
      .locator(".blocks > *")
      .filter({ has: page.locator(`[alt^="${title}"], [aria-label^="${title}"]`) })
      .or(week.locator(`.blocks > [aria-label^="${title}"]`))
      .first();

  await keep("text", block("handover"));
  await keep("open-incidents", block("Open incidents"));
  await keep("response-times", block("Response times"));
  await keep("noise", block("What fired most"), block("Nobody acted on"), drawn("Incidents by hour"));
  await keep("alarms", block("CloudWatch:"));
  await keep("cloudwatch-drawn", drawn("API response time"));
  await keep("cloudwatch", drawn("Requests"));
  await keep("logs", block("Most frequent errors"), block(/service\s+errors/), block(/… \d+ more/));
  await keep("cost", block("so far"));
  await keep("late-and-failed", report("The night"));
  await open(DEPLOYS);
  await keep("report", report("Good morning"));
  await page.emulateMedia({ colorScheme: "dark" });
  await keep("report-dark", report("Good morning"));
} finally {
  await browser.close();
}
