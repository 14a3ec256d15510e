// Shows the top view of the person's modal stack as a dialog: keeps what was typed across updates, sends it,
// shows errors beside their blocks. The stack itself and the check of required inputs live in the emulator.
// https://docs.slack.dev/surfaces/modals

import { slack } from "./api.js";
import { drawBlocks } from "./blocks.js";
import { el, iconButton } from "./dom.js";
import { plainLine } from "./markup.js";
import { names, store } from "./store.js";
import { perform } from "./toast.js";

let shown = null;

/**
 * The surface of a view (a modal or the app's home): its controls click with the view's id and with
 * all that is filled in so far, as Slack's `view.state.values`. What they hold at first comes from the
 * surface before (`old`), else from what the workspace kept (`held`), else from the view.
 */
export function viewSurface(id, old, errors, held) {
  const kept = new Map();
  const values = () => {
    const result = {};
    for (const [key, value] of kept) {
      const [block, action] = JSON.parse(key);
      (result[block] ??= {})[action] = value;
    }
    return result;
  };
  return {
    id,
    names,
    values,
    value: (block, action) => kept.get(JSON.stringify([block, action])),
    error: (block) => errors?.[block],
    remember: (block, action, value) => kept.set(JSON.stringify([block, action]), value),
    recall: (block, action) => old?.value(block, action) ?? held?.[block]?.[action],
    act: ({ element, block, value }) =>
      perform({
        type: "click",
        view: id,
        block_id: block.block_id,
        action_id: element.action_id,
        ...value,
        values: values(),
      }),
    people: () => store.state.users.filter((entry) => !entry.is_bot),
    channels: () => store.state.channels.filter((entry) => !entry.is_im),
    suggest: (element, block) =>
      slack.act(store.me, {
        type: "suggest",
        view: id,
        block_id: block.block_id,
        action_id: element.action_id,
        value: "",
      }),
  };
}

async function send() {
  const button = shown.dialog.querySelector("button[type=submit]");
  button.classList.add("busy");
  // What the form lacks comes with the state and is shown beside the fields, not as a toast.
  await perform({ type: "submit", view: shown.id, values: shown.surface.values() }, ["invalid_input"]);
  button.classList.remove("busy");
}

const leave = () => perform({ type: "close", view: shown.id });

function content(view, surface, deep) {
  const title = el(
    "header",
    { class: "dialog-head" },
    el("h2", { id: "view-title" }, plainLine(view.title)),
    iconButton("close", deep ? "Back" : "Close", leave),
  );
  const foot = el(
    "div",
    { class: "dialog-actions" },
    el("button", { type: "button", class: "button", onclick: leave }, plainLine(view.close ?? "Close")),
    view.submit ? el("button", { type: "submit", class: "button primary" }, plainLine(view.submit)) : null,
  );
  return el(
    "form",
    {
      class: "dialog-form",
      novalidate: true,
      onsubmit: (event) => {
        event.preventDefault();
        send();
      },
    },
    title,
    el(
      "div",
      { class: "dialog-body" },
      drawBlocks(view.blocks, surface),
      surface.error("") ? el("div", { class: "input-error", role: "alert" }, surface.error("")) : null,
    ),
    foot,
  );
}

function redraw(errors) {
  const mark = document.activeElement?.dataset?.focus;
  const surface = viewSurface(shown.id, shown.surface, errors);
  shown.dialog.replaceChildren(content(shown.view, surface, shown.deep));
  shown.surface = surface;
  const wanted =
    shown.dialog.querySelector(".with-error .field, .with-error button, .with-error input") ??
    (mark ? [...shown.dialog.querySelectorAll("[data-focus]")].find((node) => node.dataset.focus === mark) : null);
  wanted?.focus();
}

function open(top, deep) {
  const surface = viewSurface(top.id, null, top.errors, top.values);
  const dialog = el(
    "dialog",
    {
      class: "dialog view",
      "aria-labelledby": "view-title",
      oncancel: (event) => {
        event.preventDefault();
        leave();
      },
      onkeydown: (event) => {
        if (event.key === "Enter" && (event.metaKey || event.ctrlKey) && shown.view.submit) send();
      },
    },
    content(top.view, surface, deep),
  );
  document.body.append(dialog);
  dialog.showModal();
  (
    dialog.querySelector("[autofocus]") ??
    dialog.querySelector(".dialog-body :is(.field, .select, input, button)") ??
    dialog.querySelector(".dialog-actions .button:last-child")
  )?.focus();
  return { id: top.id, view: top.view, dialog, surface, deep, signature: JSON.stringify(top) };
}

/** Brings the dialog in line with the person's stack of views. */
export function drawViews() {
  const stack = store.state?.views ?? [];
  const top = stack.at(-1);
  if (shown && shown.id !== top?.id) {
    shown.dialog.close();
    shown.dialog.remove();
    shown = null;
  }
  if (!top) return;
  if (!shown) {
    shown = open(top, stack.length > 1);
  } else if (shown.signature !== JSON.stringify(top)) {
    Object.assign(shown, { view: top.view, signature: JSON.stringify(top), deep: stack.length > 1 });
    redraw(top.errors);
  }
}
