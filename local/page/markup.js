// Draws the trees of mrkdwn.js and markdown.js as DOM. What an id is called comes in as `names`
// ({ user, channel, group, me, where }); nothing is fetched and nothing is parsed here.

import { el } from "./dom.js";
import { formatDate, fullTime } from "./dates.js";
import { emojiNode } from "./emoji.js";
import { inline, parse } from "./mrkdwn.js";

const TAGS = { b: "strong", i: "em", s: "s" };

/** A link that opens elsewhere and tells the other side nothing. `url` must have passed safeUrl. */
export function link(url, ...children) {
  return el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, children);
}

function dateNode(node, names) {
  const text = formatDate(node.seconds, node.format, names.where()) ?? node.fallback;
  const time = el("time", { title: fullTime(node.seconds * 1000, names.where()) }, text);
  return node.url ? link(node.url, time) : time;
}

function drawInline(node, names) {
  switch (node.t) {
    case "text":
      return node.v;
    case "br":
      return el("br");
    case "b":
    case "i":
    case "s":
      return el(TAGS[node.t], null, drawAll(node.c, names));
    case "code":
      return el("code", null, node.v);
    case "link":
      return link(node.url, drawAll(node.c, names));
    case "user":
      return el(
        "span",
        { class: node.id === names.me() ? "mention mention-me" : "mention" },
        `@${names.user(node.id) ?? node.label ?? node.id}`,
      );
    case "channel":
      return el(
        "a",
        { class: "mention", href: names.channelHref(node.id) },
        `#${names.channel(node.id) ?? node.label ?? node.id}`,
      );
    case "group":
      return el("span", { class: "mention" }, `@${(names.group(node.id) ?? node.label ?? node.id).replace(/^@/, "")}`);
    case "special":
      return el("span", { class: "mention mention-me" }, `@${node.name}`);
    case "date":
      return dateNode(node, names);
    case "emoji":
      return emojiNode(node.name);
    default:
      return null;
  }
}

/** Draws inline nodes. */
export function drawAll(nodes, names) {
  return nodes.map((node) => drawInline(node, names));
}

function drawBlock(node, names) {
  switch (node.t) {
    case "pre":
      return el("pre", null, el("code", null, node.v));
    case "quote":
      return el("blockquote", null, drawAll(node.c, names));
    case "list":
      return el(
        node.ordered ? "ol" : "ul",
        { start: node.ordered ? node.items[0]?.start : null },
        node.items.map((item) => el("li", null, drawAll(item.c, names))),
      );
    case "heading":
      return el(
        "p",
        { class: `md-heading md-heading-${node.level}`, role: "heading", "aria-level": node.level + 2 },
        drawAll(node.c, names),
      );
    case "rule":
      return el("hr");
    case "p":
      return el("p", null, drawAll(node.c, names));
    default:
      return null;
  }
}

/** Draws block nodes. */
export function drawBlocks(nodes, names) {
  return nodes.map((node) => drawBlock(node, names));
}

/** A Slack text object or a string of mrkdwn, with paragraphs, quotes and lists. */
export function richText(text, names) {
  if (typeof text === "object" && text?.type === "plain_text")
    return el("div", { class: "prose" }, el("p", null, plainLine(text)));
  return el("div", { class: "prose" }, drawBlocks(parse(typeof text === "object" ? text?.text : text), names));
}

/** A text object on one line: labels, options, context. */
export function lineText(text, names) {
  if (typeof text !== "object" || text === null) return [String(text ?? "")];
  return text.type === "mrkdwn" ? drawAll(inline(text.text ?? ""), names) : plainLine(text);
}

/** plain_text knows emoji and line breaks, nothing else: no mention and no link can come out of it. */
export function plainLine(text) {
  const shown = typeof text === "object" ? (text?.text ?? "") : String(text ?? "");
  if (typeof text === "object" && text?.emoji === false) return [shown];
  return shown.split(/(:[a-z0-9_+'-]+:)/).map((piece, index) => (index % 2 ? emojiNode(piece.slice(1, -1)) : piece));
}
