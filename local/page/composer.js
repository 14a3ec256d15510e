// Where people write: a text that grows, with completion, sent by Enter. It takes messages and slash commands; drafts stay
// with their channel or thread. What can be completed is complete.js's business.

import { suggestions } from "./complete.js";
import { el, iconButton } from "./dom.js";
import { store } from "./store.js";
import { perform, toast } from "./toast.js";

/** A composer. `target()` answers { channel, thread_ts?, placeholder, closed? } for the place where it stands. */
export function composer(id, target) {
  const drafts = new Map();
  const sent = [];
  let recalled = 0;
  let place = null;
  let offer = null;
  let active = 0;

  const list = el("div", {
    class: "complete",
    role: "listbox",
    id: `${id}-complete`,
    "aria-label": "Suggestions",
    hidden: true,
  });
  const field = el("textarea", {
    class: "composer-field",
    rows: 1,
    "aria-label": "Message",
    role: "combobox",
    "aria-expanded": "false",
    "aria-controls": `${id}-complete`,
    "aria-autocomplete": "list",
    oninput: () => {
      grow();
      suggest();
    },
    onkeydown: key,
    onblur: () => setTimeout(hide, 150),
    onclick: suggest,
  });
  const button = iconButton("send", "Send", send, { class: "icon-button send" });
  const form = el(
    "div",
    { class: "composer" },
    list,
    el("div", { class: "composer-box" }, field, button),
    el(
      "div",
      { class: "composer-hint", "aria-hidden": "true" },
      el("kbd", null, "Enter"),
      " sends  ",
      el("kbd", null, "Shift Enter"),
      " new line  ",
      el("kbd", null, "/"),
      " commands",
    ),
  );

  function grow() {
    field.style.setProperty("height", "auto");
    field.style.setProperty("height", `${Math.min(field.scrollHeight, 220)}px`);
    button.classList.toggle("ready", field.value.trim() !== "");
    if (place) drafts.set(place, field.value);
  }

  function hide() {
    offer = null;
    list.hidden = true;
    field.setAttribute("aria-expanded", "false");
    field.removeAttribute("aria-activedescendant");
  }

  function suggest() {
    offer =
      field.selectionStart === field.selectionEnd && store.state
        ? suggestions(field.value.slice(0, field.selectionStart), store.state)
        : null;
    if (!offer) return hide();
    active = 0;
    list.replaceChildren(
      ...offer.items.map((item, index) =>
        el(
          "div",
          {
            class: "menu-item",
            role: "option",
            id: `${id}-option-${index}`,
            "aria-selected": "false",
            onpointerdown: (event) => {
              event.preventDefault();
              take(index);
            },
          },
          el("span", { class: "menu-label" }, item.title),
          item.note ? el("span", { class: "menu-note" }, item.note) : null,
        ),
      ),
    );
    list.hidden = false;
    field.setAttribute("aria-expanded", "true");
    mark(0);
  }

  function mark(index) {
    active = (index + offer.items.length) % offer.items.length;
    [...list.children].forEach((row, at) => {
      row.classList.toggle("active", at === active);
      row.setAttribute("aria-selected", String(at === active));
    });
    field.setAttribute("aria-activedescendant", `${id}-option-${active}`);
  }

  function take(index) {
    const { from, items } = offer;
    const rest = field.value.slice(field.selectionStart);
    field.value = field.value.slice(0, from) + items[index].insert + rest.replace(/^ /, "");
    const caret = from + items[index].insert.length;
    field.setSelectionRange(caret, caret);
    grow();
    suggest();
  }

  // A whole word that is typed out already is not completed again: Enter then sends.
  function typedOut() {
    const typed = field.value.slice(offer.from, field.selectionStart);
    return typed === offer.items[active].insert.trim() || typed === "";
  }

  function key(event) {
    if (event.isComposing) return;
    if (offer && ["ArrowDown", "ArrowUp"].includes(event.key)) mark(active + (event.key === "ArrowDown" ? 1 : -1));
    else if (offer && (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey && !typedOut()))) take(active);
    else if (offer && event.key === "Escape") {
      hide();
      event.stopPropagation();
    } else if (event.key === "Enter" && !event.shiftKey) send();
    else if (event.key === "ArrowUp" && (field.value === "" || recalled > 0) && sent.length > recalled)
      recall(recalled + 1);
    else if (event.key === "ArrowDown" && recalled > 0) recall(recalled - 1);
    else return;
    event.preventDefault();
  }

  function recall(steps) {
    recalled = steps;
    field.value = steps === 0 ? "" : sent.at(-steps);
    grow();
  }

  async function send() {
    const text = field.value.trim();
    const to = target();
    if (text === "" || to.closed) return;
    hide();
    const command = /^(\/\S+)\s*([\s\S]*)$/.exec(text);
    let what = { type: "message", channel: to.channel, text, ...(to.thread_ts ? { thread_ts: to.thread_ts } : {}) };
    if (command) {
      if (to.thread_ts) return toast("Slack takes no slash commands in threads. Write it in the channel.");
      if (!store.state.commands.some((entry) => entry.name.replace(/^\/?/, "/") === command[1]))
        return toast(`${command[1]} is not a command of this workspace.`);
      what = { type: "command", channel: to.channel, command: command[1], text: command[2] };
    }
    sent.push(text);
    recalled = 0;
    field.value = "";
    grow();
    if (!(await perform(what)) && field.value === "") {
      field.value = text;
      grow();
    }
  }

  /** Moves the composer to where `target` says, with the draft that was left there. */
  function follow() {
    const to = target();
    field.placeholder = to.placeholder;
    field.disabled = Boolean(to.closed);
    const next = [store.me, to.channel, to.thread_ts].join("/");
    if (next === place) return;
    place = next;
    field.value = drafts.get(place) ?? "";
    grow();
    hide();
  }

  return { node: form, follow, focus: () => field.focus({ preventScroll: true }) };
}
