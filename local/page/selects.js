// The select menus: static, external, people, channels, conversations, for one or many. They open menu.js's list.
// https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element

import { confirmed } from "./dialog.js";
import { el, icon } from "./dom.js";
import { lineText } from "./markup.js";
import { openMenu } from "./menu.js";
import { optionItems, same, words } from "./options.js";

// How each select finds its choices and what Slack calls the chosen one; `many` is the name in the multi form.
const PEOPLE = (surface) =>
  surface.people().map((user) => ({
    label: user.real_name || user.name,
    text: `${user.real_name} ${user.name}`,
    note: `@${user.name}`,
    value: user.id,
  }));
const CHANNELS = (surface) =>
  surface.channels().map((channel) => ({ label: `#${channel.name}`, text: channel.name, value: channel.id }));
const SELECTS = {
  static: {
    one: "selected_option",
    many: "selected_options",
    first: "option",
    choices: (_, element) => optionItems(element),
  },
  external: {
    one: "selected_option",
    many: "selected_options",
    first: "option",
    choices: async (surface, element, block) => optionItems(await surface.suggest(element, block)),
  },
  users: { one: "selected_user", many: "selected_users", first: "user", choices: PEOPLE },
  channels: { one: "selected_channel", many: "selected_channels", first: "channel", choices: CHANNELS },
  conversations: {
    one: "selected_conversation",
    many: "selected_conversations",
    first: "conversation",
    choices: (surface) => [...CHANNELS(surface), ...PEOPLE(surface)],
  },
};

/** Draws a select; elements.js says what `input` means. */
export function select(element, block, surface, input) {
  const multi = element.type.startsWith("multi_");
  const kind = SELECTS[element.type.replace(/^multi_/, "").replace(/_select$/, "")];
  const field = multi ? kind.many : kind.one;
  const recalled = surface.recall(block.block_id, element.action_id)?.[field];
  let chosen =
    recalled !== undefined
      ? recalled
      : multi
        ? (element[`initial_${kind.first}s`] ?? [])
        : (element[`initial_${kind.first}`] ?? null);
  const shown = el("span", { class: "select-value" });
  const node = el(
    "button",
    {
      type: "button",
      class: "select",
      "aria-haspopup": "listbox",
      "data-focus": `${block.block_id}/${element.action_id}`,
      onclick: open,
    },
    shown,
    icon("down"),
  );
  const name = (value) =>
    typeof value === "object"
      ? lineText(value.text)
      : (surface.names.user(value) ?? surface.names.channel(value) ?? value);

  function draw() {
    const list = multi ? chosen : chosen === null ? [] : [chosen];
    node.classList.toggle("empty", list.length === 0);
    shown.replaceChildren(
      ...(list.length === 0
        ? [words(element.placeholder) || "Select an option"]
        : list.flatMap((value, index) => (index ? [", ", name(value)].flat() : [name(value)].flat()))),
    );
    surface.remember(block.block_id, element.action_id, { type: element.type, [field]: chosen });
  }
  async function take(value) {
    if (!multi && !(await confirmed(element.confirm, surface.names))) return;
    chosen = multi
      ? chosen.some((other) => same(other, value))
        ? chosen.filter((other) => !same(other, value))
        : [...chosen, value]
      : value;
    draw();
    if (!input) await surface.act({ element, block, value: { [field]: chosen } });
  }
  async function open() {
    const items = await kind.choices(surface, element, block);
    const label = words(element.placeholder) || "Options";
    const filter = items.length > 7 || element.type.includes("external") ? "Search" : null;
    const mark = () =>
      items.forEach((item) => (item.selected = (multi ? chosen : [chosen]).some((value) => same(value, item.value))));
    mark();
    const result = await openMenu(node, items, {
      label,
      filter,
      keep: multi ? (item) => take(item.value).then(mark) : null,
    });
    if (result) await take(result.value);
  }
  draw();
  return node;
}
