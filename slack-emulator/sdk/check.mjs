// Drives the emulator with Slack's official Node SDK, as an app would: what the SDK's documentation promises must hold here.
//
//   (cd slack-emulator/sdk && npm ci)
//   cargo build -p slack-emulator --example serve
//   node slack-emulator/sdk/check.mjs target/debug/examples/serve

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { createRequire } from "node:module";

import { ErrorCode, LogLevel, WebClient, WebClientEvent } from "@slack/web-api";
import { IncomingWebhook } from "@slack/webhook";

import { serve } from "./workspace.mjs";

const { version } = createRequire(import.meta.url)("@slack/web-api/package.json");

const section = (text) => ({ type: "section", text: { type: "mrkdwn", text } });
const modal = (title, more = {}) => ({
  type: "modal",
  title: { type: "plain_text", text: title },
  blocks: [section(title)],
  ...more,
});
const sum = (pages, items) => pages.flatMap((page) => items(page));

/** A client whose complaints nobody needs to read. */
const client = (slack, token, more = {}) =>
  new WebClient(token, {
    slackApiUrl: `${slack.url}/api/`,
    logger: { debug() {}, info() {}, warn() {}, error() {}, setLevel() {}, setName() {}, getLevel: () => LogLevel.ERROR },
    ...more,
  });

/** The refusal's whole answer, which must have this name. */
async function refused(error, call) {
  const refusal = await call.then(
    (answer) => assert.fail(`${error} was expected, not ${JSON.stringify(answer)}`),
    (refusal) => refusal,
  );
  assert.equal(refusal.code, ErrorCode.PlatformError, String(refusal));
  assert.equal(refusal.data.error, error);
  assert.equal(refusal.data.ok, false);
  return refusal.data;
}

/** All pages that the SDK fetches by itself. */
async function pages(web, method, args) {
  const found = [];
  for await (const page of web.paginate(method, args)) found.push(page);
  return found;
}

async function checkTokensAndScopes(slack, web) {
  const me = await web.auth.test();
  assert.deepEqual([me.user_id, me.team_id, me.bot_id], ["U0BOT", "T01ACME", "B0BOT"]);
  assert.ok(me.response_metadata.scopes.includes("chat:write"), "the SDK hands on what the token may do");
  assert.ok((await web.api.test()).ok);
  await refused("invalid_auth", client(slack, "xoxb-wrong").auth.test());
  await refused("not_authed", client(slack).auth.test());
  await refused("unknown_method", web.apiCall("no.such.method"));
  const posted = await web.chat.postMessage({ channel: "#general", text: "scopes" });
  assert.deepEqual(posted.response_metadata.acceptedScopes, ["chat:write"]);
  const missing = await refused("missing_scope", web.reactions.get({ channel: posted.channel, timestamp: posted.ts }));
  assert.equal(missing.needed, "reactions:read");
  assert.ok(missing.provided.split(",").includes("chat:write") && !missing.provided.includes("reactions:read"));
  assert.deepEqual(missing.response_metadata.acceptedScopes, ["reactions:read"]);
}

async function checkMessages(slack, web) {
  const metadata = { event_type: "check", event_payload: { n: 1 } };
  const posted = await web.chat.postMessage({ channel: "#ops", text: "hello", blocks: [section("*hello*")], metadata });
  const { channel, ts } = posted;
  assert.deepEqual([channel, posted.message.ts, posted.message.bot_id], ["C02OPS", ts, "B0BOT"]);
  assert.ok(posted.message.blocks[0].block_id, "Slack names the blocks that the app did not name");
  const reply = await web.chat.postMessage({ channel, text: "reply", thread_ts: ts });
  assert.equal(reply.message.thread_ts, ts);
  const changed = await web.chat.update({ channel, ts, text: "hello again", blocks: [section("again")] });
  assert.deepEqual([changed.ts, changed.text], [ts, "hello again"]);
  let history = await web.conversations.history({ channel, oldest: ts, inclusive: true });
  assert.deepEqual(history.messages[0].metadata, { event_type: "check" });
  history = await web.conversations.history({ channel, include_all_metadata: true });
  assert.deepEqual(history.messages[0].metadata, metadata);
  assert.equal(history.has_more, false);
  const thread = await web.conversations.replies({ channel, ts });
  assert.deepEqual(thread.messages.map((message) => message.text), ["hello again", "reply"]);
  assert.match((await web.chat.getPermalink({ channel, message_ts: ts })).permalink, /\/archives\/C02OPS\/p\d+/);
  assert.ok((await web.chat.postEphemeral({ channel, user: "U01ANA", text: "psst" })).message_ts);

  const long = await web.chat.postMessage({ channel: "#general", text: "x".repeat(40_001) });
  assert.deepEqual(long.response_metadata.warnings, ["message_truncated"]);
  const bad = [section("fine"), section("x".repeat(3001))];
  const faults = await refused("invalid_blocks", web.chat.update({ channel, ts, text: "x", blocks: bad }));
  assert.match(faults.response_metadata.messages.join("\n"), /^\[ERROR\] .+ \[json-pointer:\/blocks\/1\/text\/text\]$/);
  await refused("msg_too_long", web.chat.update({ channel, ts, text: "x".repeat(4001) }));
  await refused("no_text", web.chat.postMessage({ channel, text: "" }));
  await refused("channel_not_found", web.chat.postMessage({ channel: "#nowhere", text: "x" }));
  await refused("cannot_reply_to_message", web.chat.postMessage({ channel, text: "x", thread_ts: "1.2" }));
  await refused("message_not_found", web.chat.update({ channel, ts: "1.2", text: "x" }));
  await slack.act({ type: "message", channel: "ops", text: "mine" });
  const theirs = (await slack.messages("ops")).at(-1).ts;
  await refused("cant_update_message", web.chat.update({ channel, ts: theirs, text: "x" }));
  assert.equal((await web.chat.delete({ channel, ts: reply.ts })).ts, reply.ts);

  const eyes = { channel, timestamp: ts, name: "eyes" };
  assert.ok((await web.reactions.add(eyes)).ok);
  await refused("already_reacted", web.reactions.add(eyes));
  await refused("invalid_name", web.reactions.add({ ...eyes, name: "no such" }));
  const { messages } = await web.conversations.history({ channel, oldest: ts, latest: ts, inclusive: true });
  assert.deepEqual(messages[0].reactions, [{ name: "eyes", users: ["U0BOT"], count: 1 }]);
  assert.ok((await web.reactions.remove(eyes)).ok);
  await refused("no_reaction", web.reactions.remove(eyes));

  // Blocks judged without a token, the shape of blocks.validate.
  const judged = await refused("invalid_blocks", client(slack).apiCall("blocks.validate", { blocks: [{ type: "nonsense" }] }));
  assert.equal(judged.errors[0].pointer, "/0/type");
}

async function checkPeopleAndChannels(slack, web) {
  assert.equal((await web.users.info({ user: "U01ANA" })).user.profile.email, "ana@example.com");
  await refused("user_not_found", web.users.info({ user: "U0NOBODY" }));
  assert.equal((await web.users.lookupByEmail({ email: "ben@example.com" })).user.id, "U02BEN");
  await refused("users_not_found", web.users.lookupByEmail({ email: "nobody@example.com" }));
  await web.usergroups.users.update({ usergroup: "S01ONCALL", users: ["U02BEN", "U03CHI"] });
  assert.deepEqual((await web.usergroups.users.list({ usergroup: "S01ONCALL" })).users, ["U02BEN", "U03CHI"]);
  const groups = (await web.usergroups.list({ include_users: true })).usergroups;
  assert.deepEqual(groups[0].users, ["U02BEN", "U03CHI"]);
  const info = (await web.conversations.info({ channel: "C02OPS", include_num_members: true })).channel;
  assert.deepEqual([info.name, info.is_member, info.num_members], ["ops", true, 4]);
  assert.equal((await web.conversations.join({ channel: "C02OPS" })).warning, "already_in_channel");
  const opened = (await web.conversations.open({ users: "U01ANA", return_im: true })).channel;
  assert.deepEqual([opened.is_im, opened.user], [true, "U01ANA"]);
  assert.equal((await web.chat.postMessage({ channel: "U01ANA", text: "hello Ana" })).channel, opened.id);
  await slack.act({ type: "archive", channel: "deploys" });
  await refused("is_archived", web.chat.postMessage({ channel: "#deploys", text: "x" }));
}

/** The SDK follows `response_metadata.next_cursor` by itself; nothing is left out, nothing comes twice. */
async function checkPages(web) {
  const channels = await pages(web, "conversations.list", { limit: 2 });
  const names = sum(channels, (page) => page.channels.map((channel) => channel.name));
  assert.deepEqual(names, ["alerts", "ops", "deploys", "payments-oncall", "general"]);
  const people = await pages(web, "users.list", { limit: 3 });
  assert.deepEqual(people.map((page) => page.members.length), [3, 1]);
  const members = sum(await pages(web, "conversations.members", { channel: "C02OPS", limit: 1 }), (page) => page.members);
  assert.deepEqual(members.sort(), ["U01ANA", "U02BEN", "U03CHI", "U0BOT"]);
  for (const text of ["0", "1", "2"]) await web.chat.postMessage({ channel: "#payments-oncall", text });
  const history = await pages(web, "conversations.history", { channel: "C04PAYMENTS", limit: 2 });
  const texts = history.map((page) => page.messages.map((message) => message.text));
  assert.deepEqual(texts, [["2", "1"], ["0"]]);
  assert.deepEqual(history.map((page) => page.has_more), [true, false]);
  await refused("invalid_cursor", web.conversations.history({ channel: "C04PAYMENTS", cursor: "nonsense" }));
}

/** Three steps: where to put the bytes, the bytes (here as a form's part), done. */
async function checkFiles(slack, web) {
  const done = await web.filesUploadV2({
    channel_id: "C02OPS",
    content: "a,b\n1,2\n",
    filename: "table.csv",
    title: "Table",
    initial_comment: "See",
  });
  assert.equal(done.files[0].files[0].title, "Table");
  const message = (await slack.messages("ops")).at(-1);
  assert.deepEqual([message.text, message.files[0].title], ["See", "Table"]);
  const bytes = await (await fetch(new URL(message.files[0].url, slack.url))).text();
  assert.equal(bytes, "a,b\n1,2\n");
  const file_uploads = [
    { file: Buffer.from("one"), filename: "1.txt" },
    { file: Buffer.from("two"), filename: "2.txt", title: "Two" },
  ];
  await web.filesUploadV2({ channel_id: "C02OPS", thread_ts: message.ts, file_uploads });
  const thread = await web.conversations.replies({ channel: "C02OPS", ts: message.ts });
  assert.deepEqual(thread.messages[1].files.map((file) => [file.title, file.size]), [["1.txt", 3], ["Two", 3]]);
  await refused("file_not_found", web.files.completeUploadExternal({ files: [{ id: "F0NONE", title: "x" }] }));
}

/** A command brings a trigger, which opens one view, and a response URL, which takes five messages. */
async function checkViewsAndResponseUrls(slack, web, heard) {
  assert.ok((await slack.act({ type: "command", channel: "ops", command: "/deploy", text: "api" })).ok);
  const command = heard();
  const trigger_id = command.trigger_id;
  await refused("invalid_trigger_id", web.views.open({ trigger_id: "1.2.x", view: modal("One") }));
  const faults = await refused("invalid_arguments", web.views.open({ trigger_id, view: modal("x".repeat(25)) }));
  assert.match(faults.response_metadata.messages[0], /^\[ERROR\] /);
  const { view } = await web.views.open({ trigger_id, view: modal("One", { private_metadata: "m" }) });
  assert.deepEqual([view.root_view_id, view.private_metadata, view.team_id], [view.id, "m", "T01ACME"]);
  await refused("exchanged_trigger_id", web.views.open({ trigger_id, view: modal("One") }));
  const newer = (await web.views.update({ view_id: view.id, hash: view.hash, view: modal("Two") })).view;
  assert.ok(newer.id === view.id && newer.hash !== view.hash);
  await refused("hash_conflict", web.views.update({ view_id: view.id, hash: view.hash, view: modal("Three") }));
  await refused("not_found", web.views.update({ view_id: "V0NONE", view: modal("Three") }));
  await slack.act({ type: "command", channel: "ops", command: "/deploy", text: "" });
  const pushed = (await web.views.push({ trigger_id: heard().trigger_id, view: modal("Above") })).view;
  assert.deepEqual([pushed.previous_view_id, pushed.root_view_id], [view.id, view.id]);
  const home = await web.views.publish({ user_id: "U01ANA", view: { type: "home", blocks: [section("home")] } });
  assert.equal(home.view.type, "home");

  const webhook = new IncomingWebhook(command.response_url);
  assert.equal((await webhook.send({ text: "working", response_type: "in_channel" })).text, "ok");
  assert.equal((await slack.messages("ops")).at(-1).text, "working");
  for (let n = 0; n < 4; n += 1) await webhook.send({ text: String(n), blocks: [section("done")] });
  await assert.rejects(webhook.send("once more"), { statusCode: 404 }, "five uses");
  await assert.rejects(new IncomingWebhook(`${slack.url}/response/R0`).send("x"), { statusCode: 404 });
  const elements = [{ type: "button", action_id: "ack", text: { type: "plain_text", text: "Acknowledge" } }];
  const card = await web.chat.postMessage({ channel: "#alerts", text: "card", blocks: [{ type: "actions", elements }] });
  assert.ok((await slack.act({ type: "click", channel: "alerts", ts: card.ts, action_id: "ack" })).ok);
  await new IncomingWebhook(heard().response_url).send({ text: "acknowledged", replace_original: true });
  assert.equal((await slack.messages("alerts")).at(-1).text, "acknowledged");
}

async function checkLimitsAndFaults(slack, web) {
  const bare = client(slack, web.token, { retryConfig: { retries: 0 } });
  const hasty = client(slack, web.token, { rejectRateLimitedCalls: true });
  await slack.fail("chat.postMessage", "rate_limited", { retry_after: 3 });
  const limited = { code: ErrorCode.RateLimitedError, retryAfter: 3 };
  await assert.rejects(hasty.chat.postMessage({ channel: "#general", text: "x" }), limited);
  const waits = [];
  web.once(WebClientEvent.RATE_LIMITED, (seconds) => waits.push(seconds));
  await slack.fail("auth.test", "rate_limited", { retry_after: 1 });
  const before = Date.now();
  assert.ok((await web.auth.test()).ok);
  assert.ok(Date.now() - before >= 1000 && waits[0] === 1, "the SDK waits as Retry-After says");
  // The fifth message in a second, in a channel that was quiet.
  for (let n = 0; n < 3; n += 1) await hasty.chat.postMessage({ channel: "#alerts", text: String(n) });
  const burst = Promise.all([3, 4].map((n) => hasty.chat.postMessage({ channel: "#alerts", text: String(n) })));
  await assert.rejects(burst, { code: ErrorCode.RateLimitedError, retryAfter: 1 });
  await slack.fail("auth.test", "fatal_error_after_storing");
  await refused("fatal_error", bare.auth.test());
  await slack.fail("auth.test", "internal_error");
  await refused("internal_error", bare.auth.test());
  for (const [kind, status] of [["status", 503], ["html", 502]]) {
    await slack.fail("auth.test", kind, { status });
    await assert.rejects(bare.auth.test(), { code: ErrorCode.HTTPError, statusCode: status });
  }
  await slack.fail("auth.test", "drop_after");
  await assert.rejects(bare.auth.test(), { code: ErrorCode.RequestError });
}

const commands = [];
const app = createServer((request, response) => {
  let body = "";
  request.on("data", (part) => {
    body += part;
  });
  request.on("end", () => {
    const form = Object.fromEntries(new URLSearchParams(body));
    if (form.payload) commands.push(JSON.parse(form.payload));
    else if (form.command) commands.push(form);
    response.end();
  });
});
app.listen(0, "127.0.0.1");
await new Promise((listening) => app.once("listening", listening));
try {
  const given = [`http://127.0.0.1:${app.address().port}`, "/deploy", "--without=reactions:read"];
  await serve(process.argv[2], given, async (slack) => {
    const web = client(slack, "xoxb-emulator");
    await checkTokensAndScopes(slack, web);
    await checkMessages(slack, web);
    await checkPeopleAndChannels(slack, web);
    await checkPages(web);
    await checkFiles(slack, web);
    await checkViewsAndResponseUrls(slack, web, () => commands.pop());
    await checkLimitsAndFaults(slack, web);
    const { calls, methods } = await slack.calls();
    console.log(`@slack/web-api ${version} (Node): ${calls} calls of ${methods} methods, all as documented`);
  });
} finally {
  app.close();
  app.closeAllConnections();
}
