// Takes the pictures in the folder posts: of each source the post that its first sample becomes which fires, or else its first sample, as
// a phone shows it. It starts nothing: give it the address of a running `cargo local` with fresh state.
//
//   cargo local up --config local/browser/posts.yaml
//   npm ci && node posts.mjs --url http://127.0.0.1:3000 --out ../../docs [--only github,sentry]

import { mkdir } from "node:fs/promises";
import path from "node:path";
import { asked, caller, openForPictures, picture } from "./laptop.mjs";

const options = asked("posts.mjs", { only: { type: "string" } });
const call = caller(options.url);

const ANA = "U01ANA";
const ALERTS = "C01ALERTS";
// Room around a picture, and the most bytes that one may have.
const FRAME = { around: 8, largest: 40_000 };

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

const folder = path.join(options.out, "posts");
await mkdir(folder, { recursive: true });
const { browser, page } = await openForPictures(`${options.url}/#/${ANA}/${ALERTS}`, {
  viewport: { width: 420, height: 2000 },
  deviceScaleFactor: 1.5,
});
let bytes = 0;
try {
  for (const source of sources) {
    const { name } = telling(events.filter((event) => event.source === source));
    await call("POST", "/_local/send", { source, name });
    await call("POST", "/_local/clock", { advance: "5s" });
    const { ts } = (await messages()).at(-1);
    const post = page.locator(`main article.message[data-ts="${ts}"] .blocks, main article.message[data-ts="${ts}"] .attachment`).first();
    await post.waitFor({ state: "attached" });
    bytes += await picture(page, path.join(folder, `${source}.png`), [post], FRAME);
  }
  console.log(`ok    ${sources.length} sources, ${Math.round(bytes / 1024)} kB`);
} finally {
  await browser.close();
}
