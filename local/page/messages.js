// Draws a list of messages: days, the line where new ones begin, who goes on speaking. The channel and the thread panel use the same
// list. Refetched messages that did not change keep their nodes.

import { ago, dayKey, dayName, tsToMs } from "./dates.js";
import { el, reconcile } from "./dom.js";
import { drawMessage } from "./message.js";
import { names, store } from "./store.js";

/** Whether a list is scrolled to its end, or nearly. */
export const isAtEnd = (list) => list.scrollHeight - list.scrollTop - list.clientHeight < 80;

const FIVE_MINUTES = 300_000;

/** Fills `list` with the messages. Options: inThread, newAfter (a ts), id (of the surface). */
export function drawMessages(list, channel, messages, options) {
  const rows = [];
  let before = null;
  let announced = false;
  for (const message of messages) {
    const ms = tsToMs(message.ts);
    const day = dayKey(ms, names.where());
    const name = dayName(ms, names.where());
    if (!options.inThread && (!before || dayKey(tsToMs(before.ts), names.where()) !== day)) {
      rows.push([`day-${day}`, name, () => el("div", { class: "day", role: "separator" }, el("span", null, name))]);
      before = null;
    }
    if (options.newAfter && !announced && Number(message.ts) > Number(options.newAfter)) {
      announced = true;
      rows.push(["new", "new", () => el("div", { class: "new-line", role: "separator" }, el("span", null, "New"))]);
      before = null;
    }
    const first =
      !before ||
      before.user !== message.user ||
      before.username !== message.username ||
      before.ephemeral !== message.ephemeral ||
      ms - tsToMs(before.ts) > FIVE_MINUTES ||
      before.attachments?.length > 0 ||
      message.subtype === "thread_broadcast";
    // "2 minutes ago" must move on although the message did not change.
    const old = message.reply_count ? ago(tsToMs(message.latest_reply ?? message.ts), names.where()) : "";
    const signature = JSON.stringify([message, first, store.me, name, old]);
    rows.push([message.ts, signature, () => drawMessage(channel, message, { first, ...options })]);
    if (options.inThread && message === messages[0] && message.reply_count) {
      rows.push([
        "count",
        String(message.reply_count),
        () =>
          el(
            "div",
            { class: "thread-count" },
            el("span", null, message.reply_count === 1 ? "1 reply" : `${message.reply_count} replies`),
          ),
      ]);
      before = null;
    } else before = message;
  }
  reconcile(list, rows);
}

/** Arrow keys walk through the messages of a list once one of them has the focus. */
export function walkWithArrows(list) {
  list.addEventListener("keydown", (event) => {
    if (!event.target.matches(".message, .message-list")) return;
    const rows = [...list.querySelectorAll(".message")];
    const at = rows.indexOf(event.target);
    const next = { ArrowUp: at < 0 ? rows.length - 1 : at - 1, ArrowDown: at + 1, Home: 0, End: rows.length - 1 }[
      event.key
    ];
    if (next === undefined || !rows[next]) return;
    event.preventDefault();
    rows[next].focus();
  });
}
