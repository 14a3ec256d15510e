// Draws the rich_text block: sections, lists with indents, quotes, preformatted text and every inline element. Its text is
// never parsed, so nothing in it can mention or link except the elements that say so.
// https://docs.slack.dev/reference/block-kit/blocks/rich-text-block

import { el } from "./dom.js";
import { EMOJI, emojiNode } from "./emoji.js";
import { drawAll, link } from "./markup.js";
import { safeUrl } from "./mrkdwn.js";

const STYLE_TAGS = [
  ["code", "code"],
  ["bold", "strong"],
  ["italic", "em"],
  ["strike", "s"],
  ["underline", "u"],
  ["highlight", "mark"],
];

function styled(style, content) {
  return STYLE_TAGS.reduce((node, [name, tag]) => (style?.[name] ? el(tag, null, node) : node), content);
}

// Line breaks are characters in rich text; `white-space: pre-wrap` shows them.
function drawInline(element, names) {
  switch (element.type) {
    case "text":
      return styled(element.style, element.text ?? "");
    case "emoji": {
      const unicode = !EMOJI.has(element.name) && /^[0-9a-f]{1,6}(-[0-9a-f]{1,6}){0,9}$/i.test(element.unicode ?? "");
      const points = unicode ? element.unicode.split("-").map((hex) => Number.parseInt(hex, 16)) : [];
      return points.length > 0 && points.every((point) => point <= 0x10ffff)
        ? el("span", { class: "emoji" }, String.fromCodePoint(...points))
        : emojiNode(element.name ?? "");
    }
    case "link": {
      const url = safeUrl(element.url);
      const text = element.text || element.url || "";
      return styled(element.style, url ? link(url, text) : text);
    }
    case "user":
      return styled(element.style, drawAll([{ t: "user", id: element.user_id }], names)[0]);
    case "channel":
      return styled(element.style, drawAll([{ t: "channel", id: element.channel_id }], names)[0]);
    case "usergroup":
      return styled(element.style, drawAll([{ t: "group", id: element.usergroup_id }], names)[0]);
    case "broadcast":
      return drawAll([{ t: "special", name: element.range }], names)[0];
    case "date":
      return styled(
        element.style,
        drawAll(
          [
            {
              t: "date",
              seconds: element.timestamp,
              format: element.format ?? "",
              url: safeUrl(element.url),
              fallback: element.fallback ?? "",
            },
          ],
          names,
        )[0],
      );
    case "color":
      return el("code", null, element.value ?? "");
    default:
      return element.text ?? `[${element.type}]`;
  }
}

const inlines = (elements, names) => (elements ?? []).map((element) => drawInline(element, names));

function drawPart(part, names) {
  switch (part.type) {
    case "rich_text_section":
      return el("p", null, inlines(part.elements, names));
    case "rich_text_quote":
      return el("blockquote", null, inlines(part.elements, names));
    case "rich_text_preformatted":
      return el("pre", null, el("code", null, inlines(part.elements, names)));
    case "rich_text_list":
      return el(
        part.style === "ordered" ? "ol" : "ul",
        {
          class: `indent-${Math.min(part.indent ?? 0, 8)}`,
          start: part.style === "ordered" && part.offset ? part.offset + 1 : null,
        },
        (part.elements ?? []).map((item) => el("li", null, inlines(item.elements, names))),
      );
    default:
      return null;
  }
}

/** Draws a rich_text block (or a table cell that is one). */
export function drawRichText(block, names) {
  return el(
    "div",
    { class: "prose rich-text" },
    (block.elements ?? []).map((part) => drawPart(part, names)),
  );
}
