// What the page knows right now: who is looking, at which channel and thread, and the last answers of the API. Rooms read
// it; only app.js writes it. Names of ids are looked up here. No DOM.

import { local, slack } from "./api.js";

export const store = {
  /** The last /_slack/state, or null while there is no emulated workspace. */
  state: null,
  /** True when the Slack side is a real Slack: there is nothing to draw but the drawer and the clock. */
  remote: false,
  me: null,
  channel: null,
  thread: null,
  home: false,
  messages: [],
  replies: [],
  /** Messages after this ts are new to this person (set when the channel was opened). */
  newAfter: null,
  clock: { offset: 0, frozen: null },
};

/** The runner's time in unix ms. It moves with the clock chip; the browser's own clock only measures what has passed since. */
export function now() {
  return store.clock.frozen ?? Date.now() + store.clock.offset;
}

/** Re-reads the runner's clock. A runner without one leaves the time as it is. */
export async function readClock() {
  const { now: text, frozen } = await local.clock();
  setClock(Date.parse(text), frozen);
}

/** Sets the time that the page goes by. */
export function setClock(ms, frozen) {
  store.clock = { offset: ms - Date.now(), frozen: frozen ? ms : null };
}

const find = (list, id) => list?.find((entry) => entry.id === id);

/** A person's or bot's record. */
export const user = (id) => find(store.state?.users, id);
/** A channel's record. */
export const channel = (id) => find(store.state?.channels, id);

/** Who is at the other end of a direct message: the bot, for the person whose conversation with it this is. */
export function otherEnd(entry) {
  return entry.im_user === store.me ? store.state?.bot?.user_id : entry.im_user;
}

/** What a channel is called in lists: "ops", or the name of whom one talks to. */
export function channelName(entry) {
  if (!entry) return "";
  return entry.is_im ? (names.user(otherEnd(entry)) ?? entry.name ?? "Direct message") : entry.name;
}

/** The address of a place in the page: person, channel, thread. */
export function href(to = {}) {
  const { me = store.me, channel: id = store.channel, thread = null, home = false } = to;
  return `#/${[me, home ? "home" : id, thread].filter(Boolean).map(encodeURIComponent).join("/")}`;
}

/** How ids are called: what markup.js needs. */
export const names = {
  me: () => store.me,
  where: () => ({ now: now() }),
  user(id) {
    const found = user(id);
    if (found) return found.real_name || found.name;
    return store.state?.bot?.user_id === id ? store.state.bot.name : null;
  },
  channel: (id) => channel(id)?.name ?? null,
  group: (id) => find(store.state?.usergroups, id)?.handle ?? null,
  channelHref: (id) => href({ channel: id }),
};

/** Does something as the current person. Answers null when it worked, else Slack's error code. */
export async function act(what) {
  const answer = await slack.act(store.me, what);
  return answer?.ok === false ? (answer.error ?? "unknown_error") : null;
}
