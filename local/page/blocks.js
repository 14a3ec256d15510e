// Draws Block Kit's layout blocks; the elements inside are drawn by elements.js, rich text and charts by their own rooms. A
// block type that is not known is shown by name rather than left out, so a bot's author notices.
// https://docs.slack.dev/reference/block-kit/blocks

import { drawChart } from "./chart.js";
import { el } from "./dom.js";
import { drawElement } from "./elements.js";
import { drawBlocks as drawTree, lineText, plainLine, richText } from "./markup.js";
import { parseMarkdown } from "./markdown.js";
import { drawRichText } from "./richtext.js";

/** Where the workspace keeps an uploaded file. */
export const fileAddress = (id) => `/_slack/files/${encodeURIComponent(id)}`;

const pictureAddress = (element) =>
  element.image_url ?? (element.slack_file?.id ? fileAddress(element.slack_file.id) : element.slack_file?.url);

/**
 * A picture. Ours are shown at once; one from elsewhere only after a click, because this page makes no request to other
 * hosts by itself.
 */
export function picture(url, alt, kind = "image") {
  let address;
  try {
    address = new URL(url, location.href);
  } catch {
    return el("span", { class: "unknown" }, alt || "[image]");
  }
  if (!/^(https?|data):$/.test(address.protocol)) return el("span", { class: "unknown" }, alt || "[image]");
  const show = () =>
    el("img", { class: kind, src: address.href, alt: alt ?? "", loading: "lazy", referrerpolicy: "no-referrer" });
  if (address.origin === location.origin || address.protocol === "data:") return show();
  const host = address.hostname;
  const node = el(
    "button",
    {
      type: "button",
      class: `picture-later ${kind}`,
      title: `Load the picture from ${host}`,
      "aria-label": `Load picture from ${host}: ${alt ?? ""}`,
      onclick: () => node.replaceWith(show()),
    },
    kind === "image"
      ? [el("strong", null, alt || "Picture"), el("small", null, `Click to load from ${host}`)]
      : (alt || host).slice(0, 1).toUpperCase(),
  );
  return node;
}

function section(block, surface) {
  return el(
    "div",
    { class: "section" },
    el(
      "div",
      { class: "section-body" },
      block.text ? richText(block.text, surface.names) : null,
      block.fields
        ? el(
            "div",
            { class: "fields" },
            block.fields.map((field) => richText(field, surface.names)),
          )
        : null,
    ),
    block.accessory ? el("div", { class: "accessory" }, accessory(block, surface)) : null,
  );
}

function accessory(block, surface) {
  const { accessory: element } = block;
  return element.type === "image"
    ? picture(pictureAddress(element), element.alt_text, "thumb")
    : drawElement(element, block, surface);
}

function context(block, surface) {
  return el(
    "div",
    { class: "context" },
    (block.elements ?? []).map((element) =>
      element.type === "image"
        ? picture(pictureAddress(element), element.alt_text, "context-image")
        : el("span", { class: "context-text" }, lineText(element, surface.names)),
    ),
  );
}

function image(block) {
  return el(
    "figure",
    { class: "image-block" },
    block.title ? el("figcaption", null, plainLine(block.title)) : null,
    picture(pictureAddress(block), block.alt_text),
  );
}

function input(block, surface) {
  const error = surface.error?.(block.block_id);
  return el(
    "div",
    { class: error ? "input-block with-error" : "input-block", "data-block": block.block_id },
    el(
      "div",
      { class: "input-label" },
      plainLine(block.label),
      block.optional ? el("span", { class: "optional" }, " (optional)") : null,
    ),
    drawElement(block.element, block, surface, !block.dispatch_action),
    error ? el("div", { class: "input-error", role: "alert" }, error) : null,
    block.hint
      ? el("div", { class: "input-hint", id: `hint-${surface.id}-${block.block_id}` }, plainLine(block.hint))
      : null,
  );
}

function cell(value, settings, tag, names) {
  const content = value?.type === "rich_text" ? drawRichText(value, names) : (value?.text ?? value?.value ?? "");
  return el(
    tag,
    {
      class: `${settings?.align ? `align-${settings.align}` : ""} ${settings?.is_wrapped ? "wrapped" : ""}`,
      scope: tag === "th" ? "col" : null,
    },
    content,
  );
}

function table(block, surface) {
  const [head, ...body] = block.rows ?? [];
  const columns = block.column_settings ?? [];
  const row = (cells, tag) =>
    el(
      "tr",
      null,
      (cells ?? []).map((value, index) => cell(value, columns[index], tag, surface.names)),
    );
  return el(
    "div",
    { class: "table-scroll", tabindex: "0", role: "region", "aria-label": "Table" },
    el(
      "table",
      null,
      el("thead", null, row(head, "th")),
      el(
        "tbody",
        null,
        body.map((cells) => row(cells, "td")),
      ),
    ),
  );
}

const DRAW = {
  section,
  context,
  image,
  input,
  table,
  header: (block) => el("h3", { class: "header-block" }, plainLine(block.text)),
  divider: () => el("hr", { class: "divider" }),
  actions: (block, surface) =>
    el(
      "div",
      { class: "actions" },
      (block.elements ?? []).map((element) => drawElement(element, block, surface)),
    ),
  rich_text: (block, surface) => drawRichText(block, surface.names),
  markdown: (block, surface) => el("div", { class: "prose" }, drawTree(parseMarkdown(block.text), surface.names)),
  data_visualization: drawChart,
};

/** Draws blocks on a surface (see elements.js for what a surface offers). */
export function drawBlocks(blocks, surface) {
  return (blocks ?? []).map((block) =>
    Object.hasOwn(DRAW, block.type)
      ? DRAW[block.type](block, surface)
      : el("p", { class: "unknown" }, `[${block.type} block]`),
  );
}

/** Draws an attachment: the colour bar with its blocks, or the older title, text, fields and footer. */
export function drawAttachment(attachment, surface) {
  const named = { good: "#2eb67d", warning: "#ecb22e", danger: "#e01e5a" }[attachment.color] ?? attachment.color ?? "";
  const color = /^#?[0-9a-f]{6}$/i.test(named) ? `#${named.replace("#", "")}` : null;
  const legacy = [attachment.pretext, attachment.title, attachment.text].some(Boolean) || attachment.fields?.length;
  const mrkdwn = (text) => ({ type: "mrkdwn", text });
  const body = el(
    "div",
    { class: "attachment-body" },
    attachment.blocks?.length
      ? drawBlocks(attachment.blocks, surface)
      : [
          attachment.author_name ? el("div", { class: "attachment-author" }, attachment.author_name) : null,
          attachment.title
            ? richText(
                mrkdwn(
                  attachment.title_link ? `*<${attachment.title_link}|${attachment.title}>*` : `*${attachment.title}*`,
                ),
                surface.names,
              )
            : null,
          attachment.text ? richText(mrkdwn(attachment.text), surface.names) : null,
          attachment.fields?.length
            ? el(
                "div",
                { class: "fields" },
                attachment.fields.map((field) =>
                  richText(mrkdwn(`*${field.title ?? ""}*\n${field.value ?? ""}`), surface.names),
                ),
              )
            : null,
          attachment.image_url ? picture(attachment.image_url, attachment.fallback) : null,
          legacy ? null : richText(mrkdwn(attachment.fallback ?? ""), surface.names),
          attachment.footer ? el("div", { class: "context" }, attachment.footer) : null,
        ],
  );
  const node = el("div", { class: "attachment" }, el("div", { class: "attachment-bar", "aria-hidden": "true" }), body);
  if (color) node.style.setProperty("--bar", color);
  return attachment.pretext ? [richText(mrkdwn(attachment.pretext), surface.names), node] : node;
}
