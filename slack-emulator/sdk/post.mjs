// Posts messages through Slack's Node SDK while the first answers fail, and tells as JSON what the SDK said of each.
//
//   node slack-emulator/sdk/post.mjs URL COUNT FAULT
//
// URL is a served workspace without rate limits; the fault is one of `/_slack/faults`, as JSON without its method. The client
// is as the SDK makes it.

import { createRequire } from "node:module";

import { LogLevel, WebClient } from "@slack/web-api";

import { Workspace } from "./workspace.mjs";

const { version } = createRequire(import.meta.url)("@slack/web-api/package.json");
const CHANNELS = ["alerts", "ops", "deploys", "payments-oncall", "general"];
// As many as the SDK sends at a time, so that all first attempts are made before the first second one, a second later.
const TOGETHER = 100;

const [url, count, fault] = process.argv.slice(2);
const slack = new Workspace(url);
const silent = { debug() {}, info() {}, warn() {}, error() {}, setLevel() {}, setName() {}, getLevel: () => LogLevel.ERROR };
const web = new WebClient("xoxb-emulator", { slackApiUrl: `${url}/api/`, logger: silent });
const told = {};

async function post(n) {
  const message = { channel: `#${CHANNELS[n % CHANNELS.length]}`, text: `Job ${n} failed` };
  const word = await web.chat.postMessage(message).then(
    () => "done",
    (error) => error.data?.error ?? error.code,
  );
  told[word] = (told[word] ?? 0) + 1;
}

for (let begin = 0; begin < count; begin += TOGETHER) {
  const some = Array.from({ length: Math.min(TOGETHER, count - begin) }, (_, n) => begin + n);
  const { kind, ...more } = JSON.parse(fault);
  await slack.fail("chat.postMessage", kind, { ...more, times: some.length });
  await Promise.all(some.map(post));
}
console.log(JSON.stringify({ client: `@slack/web-api ${version}`, told }));
