// Option objects, as selects, overflow menus, radio buttons and checkboxes have them. Pure but for drawing a label.
// https://docs.slack.dev/reference/block-kit/composition-objects/option-object

import { lineText } from "./markup.js";
import { inline, plainText } from "./mrkdwn.js";

/** What a text object says, as plain text. */
export const words = (text) =>
  typeof text === "object" && text !== null
    ? text.type === "mrkdwn"
      ? plainText(inline(text.text ?? ""))
      : (text.text ?? "")
    : String(text ?? "");

/** An element's options, in their groups, as items of a menu. */
export function optionItems(element) {
  const item = (group) => (option) => ({
    label: lineText(option.text),
    text: words(option.text),
    note: option.description ? words(option.description) : null,
    group,
    value: option,
  });
  if (element.option_groups)
    return element.option_groups.flatMap((group) => group.options.map(item(words(group.label))));
  return (element.options ?? []).map(item(null));
}

/** Whether two chosen things (options or ids) are the same. */
export const same = (a, b) => (typeof a === "object" && a !== null ? a.value === b?.value : a === b);
