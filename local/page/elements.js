// Block Kit's interactive elements: buttons and overflow menus here, the rest in selects.js and fields.js. In a message and in a section of a view
// a change is a click that goes to the app; in an input block it is only remembered until the form is sent. The
// surface decides: { id, names, act(change), remember(block, action, value), recall(block, action), people(), channels(), suggest() }.
// https://docs.slack.dev/reference/block-kit/block-elements

import { confirmed } from "./dialog.js";
import { el, icon } from "./dom.js";
import { choices, picker, textField } from "./fields.js";
import { plainLine } from "./markup.js";
import { openMenu } from "./menu.js";
import { safeUrl } from "./mrkdwn.js";
import { optionItems } from "./options.js";
import { select } from "./selects.js";

function button(element, block, surface) {
  const url = safeUrl(element.url);
  const props = {
    class: `button ${element.style === "primary" ? "primary" : element.style === "danger" ? "danger" : ""}`,
    "aria-label": element.accessibility_label,
    "data-focus": `${block.block_id}/${element.action_id}`,
  };
  const press = async (node) => {
    if (!(await confirmed(element.confirm, surface.names))) return;
    if (!element.action_id) return;
    node.classList.add("busy");
    await surface.act({ element, block, value: { value: element.value } });
    node.classList.remove("busy");
  };
  if (url)
    return el(
      "a",
      {
        ...props,
        href: url,
        target: "_blank",
        rel: "noopener noreferrer",
        onclick: (event) => press(event.currentTarget),
      },
      plainLine(element.text),
    );
  return el(
    "button",
    { ...props, type: "button", onclick: (event) => press(event.currentTarget) },
    plainLine(element.text),
  );
}

function overflow(element, block, surface) {
  const open = async (event) => {
    const chosen = await openMenu(event.currentTarget, optionItems(element), { label: "More actions", align: "end" });
    if (!chosen || !(await confirmed(element.confirm, surface.names))) return;
    const url = safeUrl(chosen.value.url);
    if (url) window.open(url, "_blank", "noopener,noreferrer");
    await surface.act({ element, block, value: { selected_option: chosen.value } });
  };
  return el(
    "button",
    {
      type: "button",
      class: "icon-button overflow",
      "aria-haspopup": "listbox",
      "aria-label": "More actions",
      title: "More actions",
      "data-focus": `${block.block_id}/${element.action_id}`,
      onclick: open,
    },
    icon("more"),
  );
}

const DRAW = {
  button,
  overflow,
  radio_buttons: choices,
  checkboxes: choices,
  datepicker: picker,
  timepicker: picker,
  plain_text_input: textField,
  number_input: textField,
  email_text_input: textField,
  url_text_input: textField,
};

/** Draws an interactive element; `input` is true inside an input block. An unknown type says what it is. */
export function drawElement(element, block, surface, input = false) {
  const draw = /_select$/.test(element.type) ? select : DRAW[element.type];
  if (!draw) return el("span", { class: "unknown" }, `[${element.type}]`);
  return draw(element, block, surface, input);
}
