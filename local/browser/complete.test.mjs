// What the composer offers. Run: node --test (in this folder).

import assert from "node:assert/strict";
import test from "node:test";
import { hintWords, suggestions } from "../page/complete.js";
import { ticks } from "../page/chart.js";

const state = {
  commands: [
    { name: "/ops", description: "Work on incidents", usage_hint: "status | ack <id> | silence <what> for <time>" },
    { name: "/other", description: "x", usage_hint: "" },
  ],
  users: [
    { id: "U1", name: "ana", real_name: "Ana Duarte" },
    { id: "U2", name: "ben", real_name: "Ben" },
  ],
  usergroups: [{ id: "S1", handle: "payments-oncall", name: "On call" }],
  channels: [
    { id: "C1", name: "ops" },
    { id: "C2", name: "alerts" },
    { id: "D1", name: "d", is_im: true },
  ],
};
const offered = (before) => suggestions(before, state)?.items.map((item) => item.insert) ?? null;

test("a slash at the beginning offers commands, and a command its words", () => {
  assert.deepEqual(offered("/"), ["/ops ", "/other "]);
  assert.deepEqual(offered("/op"), ["/ops "]);
  assert.deepEqual(offered("/ops "), ["status ", "ack ", "silence "]);
  assert.deepEqual(offered("/ops st"), ["status "]);
  assert.equal(offered("/ops status"), null);
  assert.equal(offered("say /op"), null);
  assert.equal(offered("/nosuch "), null);
});

test("signs offer people, groups, channels and emoji where a word begins", () => {
  assert.deepEqual(offered("hi @a"), ["@ana "]);
  assert.deepEqual(offered("@duarte"), null);
  assert.deepEqual(offered("@pay"), ["@payments-oncall "]);
  assert.deepEqual(offered("@he"), ["@here "]);
  assert.deepEqual(offered("see #"), ["#ops ", "#alerts "]);
  assert.equal(offered("mail a@b"), null);
  assert.equal(offered("10:30"), null);
  assert.equal(offered(":tad")[0], ":tada: ");
});

test("the replaced part begins at the sign", () => {
  assert.equal(suggestions("hi @a", state).from, 3);
  assert.equal(suggestions("/ops st", state).from, 5);
});

test("usage hints of any form give their words", () => {
  assert.deepEqual(hintWords("[status | ack <id> | silence]"), ["status", "ack", "silence"]);
  assert.deepEqual(hintWords("<anything>"), []);
  assert.deepEqual(hintWords(undefined), []);
});

test("chart scales are round and hold all values", () => {
  assert.deepEqual(ticks(0, 410), [0, 200, 400, 600]);
  assert.deepEqual(ticks(0, 0), [0, 0.25, 0.5, 0.75, 1]);
  assert.deepEqual(ticks(-5, 5), [-5, -2.5, 0, 2.5, 5]);
  assert.deepEqual(ticks(1000, 1010, false), [1000, 1002.5, 1005, 1007.5, 1010]);
  const steps = ticks(0, 0.93);
  assert.ok(steps.at(-1) >= 0.93 && steps.length <= 7, String(steps));
});
