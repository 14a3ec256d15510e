// Draws one message: author, blocks, attachments, files, reactions, replies, and the actions that appear on hover or focus. What a
// click does is in `surfaceOf`. Where it stands among others is messages.js's business; nothing is fetched here.

import { avatar } from "./avatar.js";
import { drawAttachment, drawBlocks, fileAddress, picture } from "./blocks.js";
import { ago, clockTime, fullTime, tsToMs } from "./dates.js";
import { el, icon, iconButton } from "./dom.js";
import { emojiNode, palette, QUICK } from "./emoji.js";
import { richText } from "./markup.js";
import { openMenu } from "./menu.js";
import { href, names, store, user } from "./store.js";
import { perform } from "./toast.js";
import { slack } from "./api.js";

/** The surface of a message: its controls click as the current person. */
function surfaceOf(channel, message, id) {
  const kept = new Map();
  const act = ({ element, block, value }) =>
    perform({
      type: "click",
      channel,
      ts: message.ts,
      block_id: block.block_id,
      action_id: element.action_id,
      ...value,
    });
  return {
    id,
    names,
    act,
    remember: (block, action, value) => kept.set(`${block}/${action}`, value),
    recall: (block, action) => kept.get(`${block}/${action}`) ?? message.state?.[block]?.[action],
    people: () => store.state.users.filter((entry) => !entry.is_bot),
    channels: () => store.state.channels.filter((entry) => !entry.is_im),
    suggest: (element, block) =>
      slack.act(store.me, {
        type: "suggest",
        channel,
        ts: message.ts,
        block_id: block.block_id,
        action_id: element.action_id,
        value: "",
      }),
  };
}

/** Who wrote it, as the list calls them. */
const author = (message) => message.username || names.user(message.user) || message.user || "Somebody";

async function react(channel, message, anchor) {
  const items = palette().map((entry) => ({
    label: entry.picture,
    text: entry.names.join(" "),
    value: entry.names[0],
  }));
  const chosen = await openMenu(anchor, items, {
    label: "Reactions",
    filter: "Find an emoji",
    grid: true,
    align: "end",
  });
  if (chosen) await toggle(channel, message, chosen.value);
}

function toggle(channel, message, name) {
  const mine = message.reactions?.find((reaction) => reaction.name === name)?.users.includes(store.me);
  return perform({ type: mine ? "unreact" : "react", channel, ts: message.ts, name });
}

function reactions(channel, message) {
  if (!message.reactions?.length) return null;
  return el(
    "div",
    { class: "reactions" },
    message.reactions.map((reaction) => {
      const mine = reaction.users.includes(store.me);
      const who = reaction.users.map((id) => names.user(id) ?? id).join(", ");
      return el(
        "button",
        {
          type: "button",
          class: mine ? "reaction mine" : "reaction",
          "aria-pressed": String(mine),
          title: `${who} reacted with :${reaction.name}:`,
          "aria-label": `${reaction.name}, ${reaction.users.length}: ${who}`,
          "data-focus": `reaction/${reaction.name}`,
          onclick: () => toggle(channel, message, reaction.name),
        },
        emojiNode(reaction.name),
        el("span", { class: "count" }, reaction.users.length),
      );
    }),
    iconButton("smile", "Add reaction", (event) => react(channel, message, event.currentTarget), {
      class: "reaction add",
    }),
  );
}

function tools(channel, message, inThread) {
  if (message.ephemeral) return null;
  return el(
    "div",
    { class: "tools", role: "toolbar", "aria-label": "Message actions" },
    QUICK.map((name) =>
      el(
        "button",
        {
          type: "button",
          class: "icon-button quick",
          title: `:${name}:`,
          "aria-label": `React with ${name.replaceAll("_", " ")}`,
          onclick: () => toggle(channel, message, name),
        },
        emojiNode(name),
      ),
    ),
    iconButton("smile", "Add reaction", (event) => react(channel, message, event.currentTarget)),
    inThread
      ? null
      : iconButton(
          "reply",
          "Reply in thread",
          () => (location.hash = href({ thread: message.thread_ts ?? message.ts })),
        ),
    !message.is_bot && message.user !== store.me
      ? null
      : iconButton("trash", "Delete message", () => perform({ type: "delete", channel, ts: message.ts })),
  );
}

function file(entry) {
  const source = fileAddress(entry.id);
  if (/^image\//.test(entry.mimetype ?? ""))
    return el(
      "figure",
      { class: "image-block" },
      el("figcaption", null, entry.title),
      picture(source, entry.alt_txt ?? entry.title),
    );
  return el(
    "a",
    { class: "file", href: source, download: entry.title ?? true },
    icon("external"),
    el("span", null, entry.title ?? entry.id),
  );
}

function replies(message) {
  if (!message.reply_count) return null;
  const latest = message.latest_reply ? ago(tsToMs(message.latest_reply), names.where()) : "";
  return el(
    "a",
    { class: "replies", href: href({ thread: message.ts }), "data-focus": "replies" },
    el(
      "span",
      { class: "faces" },
      (message.reply_users ?? [])
        .slice(0, 4)
        .map((id) => avatar(id, names.user(id), user(id)?.is_bot || id === store.state.bot?.user_id, "tiny")),
    ),
    el("strong", null, message.reply_count === 1 ? "1 reply" : `${message.reply_count} replies`),
    el("span", { class: "muted" }, latest ? `Last reply ${latest}` : ""),
  );
}

// Beside blocks the text is only for notifications and is not shown; without blocks it is the message's text, and stands above the
// attachments even if those hold blocks. https://docs.slack.dev/reference/methods/chat.postMessage
// https://github.com/slackapi/node-slack-sdk/issues/1528
const showsText = (message) => Boolean(message.text) && !message.blocks?.length;

function body(channel, message, id) {
  const surface = surfaceOf(channel, message, id);
  return [
    message.blocks?.length ? el("div", { class: "blocks" }, drawBlocks(message.blocks, surface)) : null,
    showsText(message)
      ? [richText(message.text, names), message.edited ? el("span", { class: "edited" }, "(edited)") : null]
      : null,
    (message.attachments ?? []).map((attachment) => drawAttachment(attachment, surface)),
    (message.files ?? []).map(file),
  ];
}

// One message that cannot be drawn must not take the channel with it; it says so in its place.
function safeBody(channel, message, id) {
  try {
    return body(channel, message, id);
  } catch (error) {
    console.error("message", message.ts, error);
    return [
      el("p", { class: "unknown" }, `This message could not be drawn: ${error.message}`),
      el("p", null, message.text ?? ""),
    ];
  }
}

/** Draws a message; `first` shows its author. */
export function drawMessage(channel, message, { first, inThread, id }) {
  const ms = tsToMs(message.ts);
  const name = author(message);
  const time = el("time", { class: "stamp", title: fullTime(ms, names.where()) }, clockTime(ms, names.where()));
  return el(
    "article",
    {
      class: `message${first ? " first" : ""}${message.ephemeral ? " ephemeral" : ""}`,
      tabindex: "-1",
      "aria-label": `${name}, ${clockTime(ms, names.where())}`,
      "data-ts": message.ts,
    },
    el("div", { class: "gutter" }, first ? avatar(message.user, name, message.is_bot) : time),
    el(
      "div",
      { class: "content" },
      message.ephemeral ? el("div", { class: "only-you" }, icon("eye"), "Only visible to you") : null,
      message.subtype === "thread_broadcast" && !inThread
        ? el(
            "a",
            { class: "only-you", href: href({ thread: message.thread_ts }) },
            icon("reply"),
            "replied to a thread",
          )
        : null,
      first
        ? el(
            "div",
            { class: "byline" },
            el("strong", { class: "author" }, name),
            message.is_bot ? el("span", { class: "app-badge" }, "App") : null,
            time,
          )
        : null,
      safeBody(channel, message, id),
      reactions(channel, message),
      inThread ? null : replies(message),
      message.ephemeral
        ? el(
            "button",
            {
              type: "button",
              class: "text-button",
              onclick: () => perform({ type: "dismiss", channel, ts: message.ts }),
            },
            "Dismiss message",
          )
        : null,
    ),
    tools(channel, message, inThread),
  );
}
