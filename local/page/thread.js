// The panel on the right: one thread, its replies and a composer for another one. It is open while the address names a thread.

import { composer } from "./composer.js";
import { iconButton } from "./dom.js";
import { drawMessages, isAtEnd, walkWithArrows } from "./messages.js";
import { channel, channelName, href, store } from "./store.js";

const $ = (id) => document.getElementById(id);
const list = $("thread-messages");

const writing = composer("thread", () => ({
  channel: store.channel,
  thread_ts: store.thread,
  placeholder: "Reply …",
  closed: channel(store.channel)?.archived,
}));

/** Draws the thread that the address names, or hides the panel. */
export function drawThread() {
  const panel = $("thread");
  const arrived = panel.dataset.ts !== (store.thread ?? "");
  panel.hidden = !store.thread;
  panel.dataset.ts = store.thread ?? "";
  if (!store.thread) return;
  $("thread-place").textContent = `#${channelName(channel(store.channel))}`;
  if (arrived) list.replaceChildren();
  const atEnd = isAtEnd(list);
  drawMessages(list, store.channel, store.replies, { id: "thread", inThread: true });
  if (arrived || atEnd) list.scrollTop = list.scrollHeight;
  writing.follow();
  if (arrived) writing.focus();
}

/** Closes the panel if the focus is in it; answers nothing. */
export function leaveThread() {
  if (store.thread && $("thread").contains(document.activeElement)) location.hash = href();
}

/** Makes the frame of the panel work; called once. */
export function startThread() {
  $("thread-composer").append(writing.node);
  walkWithArrows(list);
  $("thread-head").append(iconButton("close", "Close thread", () => (location.hash = href())));
}
