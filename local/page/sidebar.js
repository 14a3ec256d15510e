// The left column: workspace, channels with unread marks, conversations, the app's home, and who is looking. It also owns the
// switcher (Ctrl+K). It only links; app.js follows the links.

import { el, icon, reconcile } from "./dom.js";
import { avatar } from "./avatar.js";
import { openMenu } from "./menu.js";
import { channelName, href, names, otherEnd, store, user } from "./store.js";

const count = (entry) =>
  entry.mentions > 0 || (entry.is_im && entry.unread > 0)
    ? el(
        "span",
        { class: "badge", "aria-label": `${entry.mentions || entry.unread} mentions` },
        entry.mentions || entry.unread,
      )
    : null;

function row(entry) {
  const current = !store.home && entry.id === store.channel;
  const sign = entry.is_im
    ? avatar(
        otherEnd(entry),
        channelName(entry),
        user(otherEnd(entry))?.is_bot || otherEnd(entry) === store.state.bot?.user_id,
        "tiny",
      )
    : icon(entry.archived ? "archive" : "hash");
  return el(
    "a",
    {
      class: `side-row${entry.unread > 0 ? " unread" : ""}${entry.archived ? " archived" : ""}`,
      href: href({ channel: entry.id }),
      "aria-current": current ? "page" : null,
      "data-focus": "row",
    },
    sign,
    el("span", { class: "side-name" }, channelName(entry)),
    entry.unread > 0 ? el("span", { class: "sr-only" }, `, ${entry.unread} unread`) : null,
    count(entry),
  );
}

// Signs an entry by all that its row shows.
const signed = (entry) => [
  entry.id,
  JSON.stringify([entry, store.me, store.channel === entry.id && !store.home, channelName(entry)]),
  () => row(entry),
];

/** Fills the sidebar from the store. */
export function drawSidebar() {
  const { state } = store;
  document.getElementById("team-name").textContent = state.team.name;
  const channels = state.channels
    .filter((entry) => !entry.is_im)
    .sort((a, b) => Number(a.archived ?? 0) - Number(b.archived ?? 0) || a.name.localeCompare(b.name));
  reconcile(document.getElementById("channel-rows"), channels.map(signed));
  reconcile(document.getElementById("people-rows"), state.channels.filter((entry) => entry.is_im).map(signed));
  document.getElementById("people-section").hidden = !state.channels.some((entry) => entry.is_im);
  reconcile(document.getElementById("app-rows"), [
    [
      "home",
      JSON.stringify([store.home, store.me, state.bot]),
      () =>
        el(
          "a",
          {
            class: "side-row",
            href: href({ home: true }),
            "aria-current": store.home ? "page" : null,
            "data-focus": "row",
          },
          avatar(state.bot?.user_id, state.bot?.name, true, "tiny"),
          el("span", { class: "side-name" }, state.bot?.name ?? "App"),
        ),
    ],
  ]);
  reconcile(document.getElementById("me"), [["me", JSON.stringify([store.me, user(store.me)]), me]]);
}

function me() {
  const name = names.user(store.me) ?? store.me;
  return el(
    "button",
    {
      type: "button",
      class: "me-button",
      "aria-haspopup": "listbox",
      title: "Switch to another person",
      "data-focus": "me",
      onclick: (event) => switchPerson(event.currentTarget),
    },
    avatar(store.me, name, false),
    el("span", { class: "me-text" }, el("strong", null, name), el("small", null, "You are looking as")),
    icon("down"),
  );
}

async function switchPerson(anchor) {
  const people = store.state.users.filter((entry) => !entry.is_bot);
  const items = people.map((entry) => ({
    label: [avatar(entry.id, entry.real_name || entry.name, false, "tiny"), entry.real_name || entry.name],
    text: entry.name,
    note: `@${entry.name}`,
    selected: entry.id === store.me,
    value: entry.id,
  }));
  const chosen = await openMenu(anchor, items, { label: "Look as" });
  if (chosen) location.hash = href({ me: chosen.value, home: store.home });
}

/** Opens the channel switcher. */
export async function openSwitcher(anchor) {
  if (!store.state) return;
  const rank = (entry) => (entry.mentions > 0 ? 0 : entry.unread > 0 ? 1 : 2);
  const items = store.state.channels
    .filter((entry) => entry.id !== store.channel || store.home)
    .sort((a, b) => rank(a) - rank(b))
    .map((entry) => ({
      label: [icon(entry.is_im ? "smile" : "hash"), channelName(entry)],
      text: channelName(entry),
      note: entry.unread > 0 ? `${entry.unread} unread` : entry.topic,
      value: entry.id,
    }));
  const chosen = await openMenu(anchor, items, { label: "Jump to a channel", filter: "Jump to …" });
  if (chosen) location.hash = href({ channel: chosen.value });
}
