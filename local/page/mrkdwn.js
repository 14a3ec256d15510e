// Reads Slack's mrkdwn into a small tree; markup.js draws the tree. Pure: no DOM, no clock, any input gives a tree and
// takes linear time. Entities are decoded only in leaves, after the parsing, so "&lt;!channel&gt;" stays what it says.
// Syntax: https://docs.slack.dev/messaging/formatting-message-text
//
// Blocks: {t:"p"|"quote", c}, {t:"pre", v}, {t:"list", ordered, items:[{start, c}]}
// Inline: text, b, i, s, code, link, user, channel, group, special, date, emoji, br

const WORD = /[\p{L}\p{N}]/u;
const STYLES = { "*": "b", _: "i", "~": "s" };
const EMOJI = /^:([a-z0-9_+'-]+):(?::skin-tone-\d:)?/;
const ITEM = /^\s*(?:([•◦▪-])|(\d{1,9})\.) +(.*)$/;

/** Turns &amp; &lt; &gt; back into characters; Slack knows no other entity. */
function unescapeText(text) {
  return text.replace(/&(amp|lt|gt);/g, (_, name) => ({ amp: "&", lt: "<", gt: ">" })[name]);
}

/** The address if a click on it is harmless, else null: no javascript:, data:, file: ... */
export function safeUrl(address) {
  const trimmed = String(address ?? "").trim();
  return /^(https?:\/\/|mailto:|tel:)/i.test(trimmed) ? trimmed : null;
}

/** Parses a message's text. */
export function parse(text) {
  const blocks = [];
  const source = String(text ?? "").replace(/\r\n?/g, "\n");
  let at = 0;
  for (const fence of source.matchAll(/```([\s\S]*?)```/g)) {
    lines(source.slice(at, fence.index).replace(/\n$/, ""), blocks);
    blocks.push({ t: "pre", v: flatten(fence[1].replace(/^\n/, "").replace(/\n$/, "")) });
    at = fence.index + fence[0].length;
    if (source[at] === "\n") at += 1;
  }
  lines(source.slice(at), blocks);
  return blocks;
}

function lines(text, blocks) {
  if (text === "") return;
  let open = null;
  let rest = false;
  for (const line of text.split("\n")) {
    const quote = rest ? [line, line] : line.match(/^(?:&gt;|>)(?!&gt;&gt;|>>) ?(.*)$/);
    const long = rest ? null : line.match(/^(?:&gt;|>){3} ?(.*)$/);
    const item = quote || long ? null : line.match(ITEM);
    if (long) rest = true;
    if (item) {
      const ordered = item[2] !== undefined;
      if (open?.t !== "list" || open.ordered !== ordered) blocks.push((open = { t: "list", ordered, items: [] }));
      open.items.push({ start: ordered ? Number(item[2]) : null, c: inline(item[3]) });
      continue;
    }
    const kind = quote || long ? "quote" : "p";
    const content = inline((quote ?? long)?.[1] ?? line);
    if (open?.t === kind) {
      open.c.push({ t: "br" }, ...content);
    } else {
      blocks.push((open = { t: kind, c: content }));
    }
  }
}

/** Parses one line (or a label) without block syntax. */
export function inline(text) {
  return emphasis(units(text), 0, undefined, new Set());
}

// A line becomes units: single characters, and finished nodes for what emphasis must not look into.
function units(text) {
  const result = [];
  for (let at = 0; at < text.length;) {
    const char = text[at];
    if (char === "\n") {
      result.push({ t: "br" });
      at += 1;
      continue;
    }
    if (char === "<") {
      const angle = /^<([^<>\n]{1,4000})>/.exec(text.slice(at, at + 4002));
      if (angle) {
        result.push(...reference(angle[1]));
        at += angle[0].length;
        continue;
      }
    }
    if (char === "`") {
      const end = text.indexOf("`", at + 1);
      if (end > at + 1 && !text.slice(at, end).includes("\n")) {
        result.push({ t: "code", v: flatten(text.slice(at + 1, end)) });
        at = end + 1;
        continue;
      }
    }
    if (char === ":") {
      const emoji = EMOJI.exec(text.slice(at, at + 120));
      if (emoji) {
        result.push({ t: "emoji", name: emoji[1] });
        at += emoji[0].length;
        continue;
      }
    }
    const point = String.fromCodePoint(text.codePointAt(at));
    result.push(point);
    at += point.length;
  }
  return result;
}

function emphasis(list, from, to = list.length, open) {
  const nodes = [];
  const hopeless = new Set();
  let plain = "";
  const flush = () => {
    if (plain !== "") nodes.push({ t: "text", v: unescapeText(plain) });
    plain = "";
  };
  for (let at = from; at < to; at += 1) {
    const unit = list[at];
    if (typeof unit !== "string") {
      flush();
      nodes.push(unit);
      if (unit.t === "br") hopeless.clear();
      continue;
    }
    if (STYLES[unit] && !open.has(unit) && !hopeless.has(unit) && opens(list, at, from)) {
      const end = closer(list, at + 1, to, unit);
      if (end === null) hopeless.add(unit);
      else if (end > at + 1) {
        flush();
        nodes.push({ t: STYLES[unit], c: emphasis(list, at + 1, end, new Set([...open, unit])) });
        at = end;
        continue;
      }
    }
    plain += unit;
  }
  flush();
  return nodes;
}

const isWord = (unit) => typeof unit === "string" && WORD.test(unit);
const isSpace = (unit) => unit === undefined || (typeof unit === "string" ? /\s/.test(unit) : unit.t === "br");

function opens(list, at, from) {
  return !(at > from && isWord(list[at - 1])) && !isSpace(list[at + 1]) && list[at + 1] !== list[at];
}

// Whether a mark closes does not depend on where it was opened, so one failed search settles the rest of the line.
function closer(list, from, to, mark) {
  for (let at = from; at < to && list[at]?.t !== "br"; at += 1) {
    if (list[at] === mark && !isSpace(list[at - 1]) && !isWord(list[at + 1])) return at;
  }
  return null;
}

function label(text) {
  const nodes = [];
  for (const [index, piece] of unescapeText(text)
    .split(/(:[a-z0-9_+'-]+:)/)
    .entries()) {
    if (piece !== "") nodes.push(index % 2 ? { t: "emoji", name: piece.slice(1, -1) } : { t: "text", v: piece });
  }
  return nodes;
}

function reference(content) {
  const bar = content.indexOf("|");
  const target = bar < 0 ? content : content.slice(0, bar);
  const shown = bar < 0 ? "" : content.slice(bar + 1);
  const written = shown === "" ? null : unescapeText(shown);
  let match;
  if ((match = /^@([UW][A-Z0-9]+)$/.exec(target))) return [{ t: "user", id: match[1], label: written }];
  if ((match = /^#([CGD][A-Z0-9]+)$/.exec(target))) return [{ t: "channel", id: match[1], label: written }];
  if ((match = /^!(here|channel|everyone)$/.exec(target))) return [{ t: "special", name: match[1] }];
  if ((match = /^!subteam\^(S[A-Z0-9]+)$/.exec(target))) return [{ t: "group", id: match[1], label: written }];
  if ((match = /^!date\^(-?\d{1,15})\^([^^]*)(?:\^(.*))?$/.exec(target))) {
    return [
      {
        t: "date",
        seconds: Number(match[1]),
        format: unescapeText(match[2]),
        url: safeUrl(unescapeText(match[3] ?? "")),
        fallback: written ?? "",
      },
    ];
  }
  const url = safeUrl(unescapeText(target));
  if (url) return [{ t: "link", url, c: shown === "" ? [{ t: "text", v: url }] : label(shown) }];
  return [{ t: "text", v: written ?? `<${unescapeText(target)}>` }];
}

// Code shows references as their label or address; nothing in it is live.
function flatten(text) {
  return unescapeText(text.replace(/<([^<>\n|]+)(?:\|([^<>\n]*))?>/g, (_, target, shown) => shown || target));
}

/** What a tree says as plain text: for labels of controls and previews. */
export function plainText(nodes) {
  return nodes
    .map((node) => {
      if (node.v !== undefined) return node.v;
      if (node.c) return plainText(node.c);
      if (node.items) return node.items.map((item) => plainText(item.c)).join(" ");
      if (node.t === "br") return " ";
      if (node.t === "emoji") return `:${node.name}:`;
      if (node.t === "special") return `@${node.name}`;
      return node.label ?? node.fallback ?? node.id ?? "";
    })
    .join("");
}
