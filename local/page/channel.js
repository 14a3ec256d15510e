// The middle of the page: the channel that is open, its header, its place while messages come in, what has been read, and its
// composer. Fetching is app.js's business; what a message looks like is message.js's.

import { composer } from "./composer.js";
import { icon } from "./dom.js";
import { openMenu } from "./menu.js";
import { drawMessages, isAtEnd, walkWithArrows } from "./messages.js";
import { channel, channelName, store } from "./store.js";
import { perform } from "./toast.js";

const $ = (id) => document.getElementById(id);
const list = $("messages");
let opened = null;

const writing = composer("main", () => {
  const here = channel(store.channel);
  const name = here?.is_im ? channelName(here) : `#${channelName(here)}`;
  return {
    channel: store.channel,
    placeholder: here?.archived ? `${name} is archived` : `Message ${name}`,
    closed: here?.archived,
  };
});
/** Puts the caret into the composer. */
export const write = () => writing.focus();

/** Puts the focus on the list of messages. */
export const read = () => list.focus();

/** Draws the header: name, topic, the document's title. */
export function drawHeader() {
  const here = channel(store.channel);
  $("place").replaceChildren(
    ...(store.home
      ? [store.state.bot?.name ?? "App"]
      : [here?.is_im ? null : icon("hash"), channelName(here)].filter(Boolean)),
  );
  $("place-menu").disabled = store.home || !here || here.is_im;
  $("topic").textContent = store.home ? "Home" : here?.archived ? "Archived" : (here?.topic ?? "");
  const unread = store.state.channels.reduce((sum, entry) => sum + (entry.mentions ?? 0), 0);
  document.title = `${unread ? `(${unread}) ` : ""}${store.home ? store.state.bot?.name : channelName(here)} · ${store.state.team.name}`;
}

function toEnd() {
  list.scrollTop = list.scrollHeight;
  $("newer").hidden = true;
}

/** Draws the messages of the open channel and keeps the reader's place. */
export function drawChannel() {
  const arrived = opened !== `${store.me}/${store.channel}`;
  const unread = channel(store.channel)?.unread ?? 0;
  if (arrived) {
    opened = `${store.me}/${store.channel}`;
    list.replaceChildren();
    store.newAfter = unread > 0 && store.messages.length > unread ? store.messages.at(-unread - 1).ts : null;
  }
  const atEnd = isAtEnd(list);
  drawMessages(list, store.channel, store.messages, { id: "main", newAfter: store.newAfter });
  $("empty").hidden = store.messages.length > 0;
  $("empty-place").textContent = channel(store.channel)?.is_im
    ? channelName(channel(store.channel))
    : `#${channelName(channel(store.channel))}`;
  const newest = store.messages.at(-1)?.ts;
  if (arrived || atEnd) toEnd();
  else if (newest !== list.dataset.newest) $("newer").hidden = false;
  list.dataset.newest = newest ?? "";
  markRead(unread);
  writing.follow();
}

// Told once per newest message, so that a count that stays cannot make page and workspace answer each other for ever.
let told = null;
function markRead(unread) {
  const newest = `${store.me}/${store.channel}/${channel(store.channel)?.latest_ts}`;
  if (unread === 0 || newest === told || document.visibilityState !== "visible") return;
  told = newest;
  perform({ type: "read", channel: store.channel });
}

// What an operator's Slack admin might do to a channel, to see what the app makes of it.
async function channelMenu(event) {
  const here = channel(store.channel);
  const items = [
    {
      label: here.archived ? "Unarchive this channel" : "Archive this channel",
      text: "archive",
      value: here.archived ? "unarchive" : "archive",
    },
  ];
  const chosen = await openMenu(event.currentTarget, items, { label: `#${here.name}` });
  if (chosen) perform({ type: chosen.value, channel: here.id });
}

/** Makes the frame of the channel work; called once. */
export function startChannel() {
  $("composer").append(writing.node);
  walkWithArrows(list);
  $("place-menu").append(icon("down"));
  $("place-menu").addEventListener("click", channelMenu);
  $("newer").addEventListener("click", toEnd);
  list.addEventListener("scroll", () => isAtEnd(list) && ($("newer").hidden = true), { passive: true });
}
