// The elements that hold what a person fills in: text, numbers, dates, times, radio buttons, checkboxes. The browser's own controls,
// so that every keyboard and phone knows them.

import { confirmed } from "./dialog.js";
import { el } from "./dom.js";
import { lineText } from "./markup.js";
import { same, words } from "./options.js";

/** Radio buttons or checkboxes. */
export function choices(element, block, surface, input) {
  const many = element.type === "checkboxes";
  const field = many ? "selected_options" : "selected_option";
  const recalled = surface.recall(block.block_id, element.action_id)?.[field];
  let chosen =
    recalled !== undefined ? recalled : many ? (element.initial_options ?? []) : (element.initial_option ?? null);
  const group = `${surface.id}-${block.block_id}-${element.action_id}`;
  const keep = () => surface.remember(block.block_id, element.action_id, { type: element.type, [field]: chosen });
  const change = async (option, on) => {
    chosen = many ? (on ? [...chosen, option] : chosen.filter((other) => !same(other, option))) : option;
    keep();
    if (!input) await surface.act({ element, block, value: { [field]: chosen } });
  };
  keep();
  return el(
    "div",
    { class: "choices", role: many ? "group" : "radiogroup", "aria-label": words(block.label) || null },
    (element.options ?? []).map((option) =>
      el(
        "label",
        { class: "choice" },
        el("input", {
          type: many ? "checkbox" : "radio",
          name: group,
          checked: (many ? chosen : [chosen]).some((value) => same(value, option)),
          onchange: (event) => change(option, event.target.checked),
        }),
        el(
          "span",
          null,
          lineText(option.text, surface.names),
          option.description ? el("small", null, lineText(option.description, surface.names)) : null,
        ),
      ),
    ),
  );
}

const PICKERS = {
  datepicker: ["date", "selected_date", "initial_date"],
  timepicker: ["time", "selected_time", "initial_time"],
};

/** A date or a time. */
export function picker(element, block, surface, input) {
  const [type, field, initial] = PICKERS[element.type];
  const keep = (value) =>
    surface.remember(block.block_id, element.action_id, { type: element.type, [field]: value || null });
  const first = surface.recall(block.block_id, element.action_id)?.[field] ?? element[initial] ?? "";
  keep(first);
  return el("input", {
    class: "field picker",
    type,
    value: first,
    "aria-label": words(block.label) || words(element.placeholder) || type,
    "data-focus": `${block.block_id}/${element.action_id}`,
    onchange: async (event) => {
      keep(event.target.value);
      if (!input && (await confirmed(element.confirm, surface.names)))
        await surface.act({ element, block, value: { [field]: event.target.value || null } });
    },
  });
}

/** A text, number, e-mail address or URL. */
export function textField(element, block, surface, input) {
  const number = element.type === "number_input";
  const tag = element.multiline ? "textarea" : "input";
  const type = { number_input: "number", email_text_input: "email", url_text_input: "url" }[element.type] ?? "text";
  const first = surface.recall(block.block_id, element.action_id)?.value ?? element.initial_value ?? "";
  const keep = (value) =>
    surface.remember(block.block_id, element.action_id, { type: element.type, value: value === "" ? null : value });
  keep(first);
  return el(tag, {
    class: "field",
    type: tag === "input" ? type : null,
    rows: tag === "textarea" ? 4 : null,
    placeholder: words(element.placeholder) || null,
    minlength: element.min_length,
    maxlength: number ? null : (element.max_length ?? 3000),
    min: number ? element.min_value : null,
    max: number ? element.max_value : null,
    step: number && element.is_decimal_allowed ? "any" : null,
    value: first,
    "aria-label": words(block.label),
    "aria-describedby": block.hint ? `hint-${surface.id}-${block.block_id}` : null,
    autofocus: element.focus_on_load || null,
    "data-focus": `${block.block_id}/${element.action_id}`,
    oninput: (event) => keep(event.target.value),
    onkeydown: (event) => {
      if (event.key === "Enter" && tag === "input" && !input)
        surface.act({ element, block, value: { value: event.target.value } });
    },
  });
}
