// Reads the Markdown that Slack's `markdown` block takes, as far as a bot uses it: headings, lists, quotes, fences, rules,
// emphasis, code and links. Gives the tree of mrkdwn.js. Pure. Not a full Markdown reader, and need not become one.
// https://docs.slack.dev/reference/block-kit/blocks/markdown-block

import { safeUrl } from "./mrkdwn.js";

const INLINE =
  /(`+)([^`\n]+?)\1|\[([^\]\n]{0,1000})\]\(([^()\s]{1,3000})\)|\*\*([^*\n]{1,3000})\*\*|__([^_\n]{1,3000})__|~~([^~\n]{1,3000})~~|\*([^*\s][^*\n]{0,3000})\*|(?<![\p{L}\p{N}])_([^_\s][^_\n]{0,3000})_(?![\p{L}\p{N}])|:([a-z0-9_+'-]+):|<(https?:\/\/[^<>\s]+)>/gu;

function inline(text) {
  const nodes = [];
  let at = 0;
  const plain = (piece) => piece !== "" && nodes.push({ t: "text", v: piece });
  for (const match of text.matchAll(INLINE)) {
    plain(text.slice(at, match.index));
    at = match.index + match[0].length;
    const [all, , code, label, address, bold, bold2, strike, italic, italic2, emoji, bare] = match;
    const url = safeUrl(address ?? bare);
    if (code !== undefined) nodes.push({ t: "code", v: code });
    else if (url) nodes.push({ t: "link", url, c: label ? inline(label) : [{ t: "text", v: url }] });
    else if (address !== undefined || bare !== undefined) plain(label ?? all);
    else if (emoji !== undefined) nodes.push({ t: "emoji", name: emoji });
    else if (strike !== undefined) nodes.push({ t: "s", c: inline(strike) });
    else if (bold ?? bold2) nodes.push({ t: "b", c: inline(bold ?? bold2) });
    else nodes.push({ t: "i", c: inline(italic ?? italic2) });
  }
  plain(text.slice(at));
  return nodes;
}

/** Parses a markdown block's text. */
export function parseMarkdown(text) {
  const blocks = [];
  let fence = null;
  let open = null;
  for (const line of String(text ?? "")
    .replace(/\r\n?/g, "\n")
    .split("\n")) {
    if (fence) {
      if (/^\s*```/.test(line)) fence = null;
      else fence.v += (fence.v === "" ? "" : "\n") + line;
      continue;
    }
    let match;
    if (/^\s*```/.test(line)) {
      blocks.push((fence = { t: "pre", v: "" }));
      open = null;
    } else if (line.trim() === "") {
      open = null;
    } else if ((match = /^(#{1,6}) +(.*)$/.exec(line))) {
      blocks.push({ t: "heading", level: Math.min(match[1].length, 4), c: inline(match[2]) });
      open = null;
    } else if (/^\s*([-*_])(?:\s*\1){2,}\s*$/.test(line)) {
      blocks.push({ t: "rule" });
      open = null;
    } else if ((match = /^\s*(?:[-*+]|(\d{1,9})[.)]) +(.*)$/.exec(line))) {
      const ordered = match[1] !== undefined;
      if (open?.t !== "list" || open.ordered !== ordered) blocks.push((open = { t: "list", ordered, items: [] }));
      open.items.push({ start: ordered ? Number(match[1]) : null, c: inline(match[2]) });
    } else {
      match = /^> ?(.*)$/.exec(line);
      const kind = match ? "quote" : "p";
      const content = inline(match ? match[1] : line);
      if (open?.t === kind) open.c.push({ t: "br" }, ...content);
      else blocks.push((open = { t: kind, c: content }));
    }
  }
  return blocks;
}
