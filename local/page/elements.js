// Block Kit's interactive elements: buttons, selects, menus, pickers, text fields. In a message and in a section of a view
// a change is a click that goes to the app; in an input block it is only remembered until the form is sent. The
// surface decides: { act(change), remember(block, action, value), recall(block, action) , names, people, channels, where }.
// https://docs.slack.dev/reference/block-kit/block-elements

import { confirmed } from "./dialog.js";
import { el, icon } from "./dom.js";
import { lineText, plainLine } from "./markup.js";
import { openMenu } from "./menu.js";
import { plainText, inline, safeUrl } from "./mrkdwn.js";

const words = (text) => (typeof text === "object" && text !== null ? (text.type === "mrkdwn" ? plainText(inline(text.text ?? "")) : (text.text ?? "")) : String(text ?? ""));

function button(element, block, surface) {
  const url = safeUrl(element.url);
  const props = {
    class: `button ${element.style === "primary" ? "primary" : element.style === "danger" ? "danger" : ""}`,
    "aria-label": element.accessibility_label, "data-focus": `${block.block_id}/${element.action_id}`,
  };
  const press = async (node) => {
    if (!(await confirmed(element.confirm, surface.names))) return;
    if (!element.action_id) return;
    node.classList.add("busy");
    await surface.act({ element, block, value: { value: element.value } });
    node.classList.remove("busy");
  };
  if (url) return el("a", { ...props, href: url, target: "_blank", rel: "noopener noreferrer", onclick: (event) => press(event.currentTarget) }, plainLine(element.text));
  return el("button", { ...props, type: "button", onclick: (event) => press(event.currentTarget) }, plainLine(element.text));
}

function optionItems(element) {
  const item = (group) => (option) => ({ label: lineText(option.text), text: words(option.text), note: option.description ? words(option.description) : null, group, value: option });
  if (element.option_groups) return element.option_groups.flatMap((group) => group.options.map(item(words(group.label))));
  return (element.options ?? []).map(item(null));
}

function overflow(element, block, surface) {
  const open = async (event) => {
    const chosen = await openMenu(event.currentTarget, optionItems(element), { label: "More actions", align: "end" });
    if (!chosen || !(await confirmed(element.confirm, surface.names))) return;
    const url = safeUrl(chosen.value.url);
    if (url) window.open(url, "_blank", "noopener,noreferrer");
    await surface.act({ element, block, value: { selected_option: chosen.value } });
  };
  return el("button", { type: "button", class: "icon-button overflow", "aria-haspopup": "listbox", "aria-label": "More actions", title: "More actions", "data-focus": `${block.block_id}/${element.action_id}`, onclick: open }, icon("more"));
}

// How each select finds its choices and what Slack calls the chosen one; `many` is the name in the multi form.
const PEOPLE = (surface) => surface.people().map((user) => ({ label: user.real_name || user.name, text: `${user.real_name} ${user.name}`, note: `@${user.name}`, value: user.id }));
const CHANNELS = (surface) => surface.channels().map((channel) => ({ label: `#${channel.name}`, text: channel.name, value: channel.id }));
const SELECTS = {
  static: { one: "selected_option", many: "selected_options", first: "option", choices: (_, element) => optionItems(element) },
  external: { one: "selected_option", many: "selected_options", first: "option", choices: async (surface, element, block) => optionItems(await surface.suggest(element, block)) },
  users: { one: "selected_user", many: "selected_users", first: "user", choices: PEOPLE },
  channels: { one: "selected_channel", many: "selected_channels", first: "channel", choices: CHANNELS },
  conversations: { one: "selected_conversation", many: "selected_conversations", first: "conversation", choices: (surface) => [...CHANNELS(surface), ...PEOPLE(surface)] },
};

const same = (a, b) => (typeof a === "object" && a !== null ? a.value === b?.value : a === b);

function select(element, block, surface, input) {
  const multi = element.type.startsWith("multi_");
  const kind = SELECTS[element.type.replace(/^multi_/, "").replace(/_select$/, "")];
  const field = multi ? kind.many : kind.one;
  const recalled = surface.recall(block.block_id, element.action_id)?.[field];
  let chosen = recalled !== undefined ? recalled : multi ? (element[`initial_${kind.first}s`] ?? []) : (element[`initial_${kind.first}`] ?? null);
  const shown = el("span", { class: "select-value" });
  const node = el("button", { type: "button", class: "select", "aria-haspopup": "listbox", "data-focus": `${block.block_id}/${element.action_id}`, onclick: open }, shown, icon("down"));
  const name = (value) => (typeof value === "object" ? lineText(value.text) : (surface.names.user(value) ?? surface.names.channel(value) ?? value));

  function draw() {
    const list = multi ? chosen : chosen === null ? [] : [chosen];
    node.classList.toggle("empty", list.length === 0);
    shown.replaceChildren(...(list.length === 0 ? [words(element.placeholder) || "Select an option"] : list.flatMap((value, index) => (index ? [", ", name(value)].flat() : [name(value)].flat()))));
    surface.remember(block.block_id, element.action_id, { type: element.type, [field]: chosen });
  }
  async function take(value) {
    if (!multi && !(await confirmed(element.confirm, surface.names))) return;
    chosen = multi ? (chosen.some((other) => same(other, value)) ? chosen.filter((other) => !same(other, value)) : [...chosen, value]) : value;
    draw();
    if (!input) await surface.act({ element, block, value: { [field]: chosen } });
  }
  async function open() {
    const items = await kind.choices(surface, element, block);
    const label = words(element.placeholder) || "Options";
    const filter = items.length > 7 || element.type.includes("external") ? "Search" : null;
    const mark = () => items.forEach((item) => (item.selected = (multi ? chosen : [chosen]).some((value) => same(value, item.value))));
    mark();
    const result = await openMenu(node, items, { label, filter, keep: multi ? (item) => take(item.value).then(mark) : null });
    if (result) await take(result.value);
  }
  draw();
  return node;
}

function choices(element, block, surface, input) {
  const many = element.type === "checkboxes";
  const field = many ? "selected_options" : "selected_option";
  const recalled = surface.recall(block.block_id, element.action_id)?.[field];
  let chosen = recalled !== undefined ? recalled : many ? (element.initial_options ?? []) : (element.initial_option ?? null);
  const group = `${surface.id}-${block.block_id}-${element.action_id}`;
  const keep = () => surface.remember(block.block_id, element.action_id, { type: element.type, [field]: chosen });
  const change = async (option, on) => {
    chosen = many ? (on ? [...chosen, option] : chosen.filter((other) => !same(other, option))) : option;
    keep();
    if (!input) await surface.act({ element, block, value: { [field]: chosen } });
  };
  keep();
  return el("div", { class: "choices", role: many ? "group" : "radiogroup", "aria-label": words(block.label) || null },
    (element.options ?? []).map((option) => el("label", { class: "choice" },
      el("input", { type: many ? "checkbox" : "radio", name: group, checked: (many ? chosen : [chosen]).some((value) => same(value, option)), onchange: (event) => change(option, event.target.checked) }),
      el("span", null, lineText(option.text, surface.names), option.description ? el("small", null, lineText(option.description, surface.names)) : null))));
}

const PICKERS = { datepicker: ["date", "selected_date", "initial_date"], timepicker: ["time", "selected_time", "initial_time"] };

function picker(element, block, surface, input) {
  const [type, field, initial] = PICKERS[element.type];
  const keep = (value) => surface.remember(block.block_id, element.action_id, { type: element.type, [field]: value || null });
  const first = surface.recall(block.block_id, element.action_id)?.[field] ?? element[initial] ?? "";
  keep(first);
  return el("input", { class: "field picker", type, value: first, "aria-label": words(block.label) || words(element.placeholder) || type, "data-focus": `${block.block_id}/${element.action_id}`, onchange: async (event) => {
    keep(event.target.value);
    if (!input && (await confirmed(element.confirm, surface.names))) await surface.act({ element, block, value: { [field]: event.target.value || null } });
  } });
}

function textField(element, block, surface, input) {
  const number = element.type === "number_input";
  const tag = element.multiline ? "textarea" : "input";
  const type = { number_input: "number", email_text_input: "email", url_text_input: "url" }[element.type] ?? "text";
  const first = surface.recall(block.block_id, element.action_id)?.value ?? element.initial_value ?? "";
  const keep = (value) => surface.remember(block.block_id, element.action_id, { type: element.type, value: value === "" ? null : value });
  keep(first);
  return el(tag, {
    class: "field", type: tag === "input" ? type : null, rows: tag === "textarea" ? 4 : null, placeholder: words(element.placeholder) || null,
    minlength: element.min_length, maxlength: number ? null : (element.max_length ?? 3000), min: number ? element.min_value : null, max: number ? element.max_value : null,
    step: number && element.is_decimal_allowed ? "any" : null, value: first, "aria-label": words(block.label), "aria-describedby": block.hint ? `hint-${surface.id}-${block.block_id}` : null,
    autofocus: element.focus_on_load || null, "data-focus": `${block.block_id}/${element.action_id}`, oninput: (event) => keep(event.target.value),
    onkeydown: (event) => {
      if (event.key === "Enter" && tag === "input" && !input) surface.act({ element, block, value: { value: event.target.value } });
    },
  });
}

const DRAW = {
  button, overflow, radio_buttons: choices, checkboxes: choices, datepicker: picker, timepicker: picker,
  plain_text_input: textField, number_input: textField, email_text_input: textField, url_text_input: textField,
};

/** Draws an interactive element; `input` is true inside an input block. An unknown type says what it is. */
export function drawElement(element, block, surface, input = false) {
  const draw = /_select$/.test(element.type) ? select : DRAW[element.type];
  if (!draw) return el("span", { class: "unknown" }, `[${element.type}]`);
  return draw(element, block, surface, input);
}
