// Wires the rooms together: reads the address (#/person/channel/thread), fetches what it asks for, draws it, and fetches again
// when the stream says that something changed. There is no polling. Nothing is drawn here but the frame.

import { listen, slack } from "./api.js";
import { clockChip } from "./clock.js";
import { composer } from "./composer.js";
import { el, icon, iconButton } from "./dom.js";
import { drawer } from "./drawer.js";
import { drawBlocks } from "./blocks.js";
import { drawMessages, walkWithArrows } from "./messages.js";
import { drawViews, viewSurface } from "./modal.js";
import { drawSidebar, openSwitcher } from "./sidebar.js";
import { channel, channelName, href, readClock, setClock, store } from "./store.js";
import { themeButton } from "./theme.js";
import { perform, toast } from "./toast.js";

const $ = (id) => document.getElementById(id);
const lists = { main: $("messages"), thread: $("thread-messages") };
let opened = null;

const mainComposer = composer("main", () => {
  const here = channel(store.channel);
  const name = here?.is_im ? channelName(here) : `#${channelName(here)}`;
  return { channel: store.channel, placeholder: here?.archived ? `${name} is archived` : `Message ${name}`, closed: here?.archived };
});
const threadComposer = composer("thread", () => ({ channel: store.channel, thread_ts: store.thread, placeholder: "Reply …", closed: channel(store.channel)?.archived }));
$("composer").append(mainComposer.node);
$("thread-composer").append(threadComposer.node);
const events = drawer($("drawer"));

// A hand-written address may hold a lone "%"; then the part is taken as it stands.
function plainPart(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Where the address says that we are; what it leaves open is chosen once the state is known. */
function readAddress() {
  const [me, place, thread] = location.hash.replace(/^#\/?/, "").split("/").map(plainPart);
  store.me = me || store.me;
  store.home = place === "home";
  if (place && !store.home) store.channel = place;
  store.thread = store.home ? null : thread || null;
}

async function fetchAll() {
  store.state = await slack.state(store.me);
  setClock(store.state.now_ms, store.clock.frozen !== null);
  const people = store.state.users.filter((user) => !user.is_bot);
  if (!people.some((user) => user.id === store.me)) store.me = people.find((user) => user.id === store.state.me)?.id ?? people[0]?.id;
  if (!channel(store.channel)) {
    store.channel = (store.state.channels.find((entry) => entry.name === "alerts") ?? store.state.channels[0])?.id ?? null;
    store.thread = null;
  }
  const { channel: at, thread, me } = store;
  const [messages, replies] = await Promise.all([
    at ? slack.messages(at, me) : { messages: [] },
    thread ? slack.thread(at, thread, me).catch((failure) => (failure.status === 404 ? { messages: [] } : Promise.reject(failure))) : { messages: [] },
  ]);
  if (at !== store.channel || thread !== store.thread || me !== store.me) return false;
  Object.assign(store, { messages: messages.messages, replies: replies.messages });
  return true;
}

function drawHeader() {
  const here = channel(store.channel);
  $("place").replaceChildren(...(store.home ? [store.state.bot?.name ?? "App"] : [here?.is_im ? null : icon("hash"), channelName(here)].filter(Boolean)));
  $("topic").textContent = store.home ? "Home" : (here?.archived ? "Archived" : (here?.topic ?? ""));
  const unread = store.state.channels.reduce((sum, entry) => sum + (entry.mentions ?? 0), 0);
  document.title = `${unread ? `(${unread}) ` : ""}${store.home ? store.state.bot?.name : channelName(here)} · ${store.state.team.name}`;
}

function drawChannel() {
  const arrived = opened !== `${store.me}/${store.channel}`;
  const unread = channel(store.channel)?.unread ?? 0;
  if (arrived) {
    opened = `${store.me}/${store.channel}`;
    lists.main.replaceChildren();
    store.newAfter = unread > 0 && store.messages.length > unread ? store.messages.at(-unread - 1).ts : null;
  }
  const atEnd = lists.main.scrollHeight - lists.main.scrollTop - lists.main.clientHeight < 80;
  drawMessages(lists.main, store.channel, store.messages, { id: "main", newAfter: store.newAfter });
  $("empty").hidden = store.messages.length > 0;
  $("empty-place").textContent = channel(store.channel)?.is_im ? channelName(channel(store.channel)) : `#${channelName(channel(store.channel))}`;
  if (arrived || atEnd) lists.main.scrollTop = lists.main.scrollHeight;
  markRead(unread);
}

// Told once per newest message, so that a count that stays cannot make page and workspace answer each other for ever.
let told = null;
function markRead(unread) {
  const newest = `${store.me}/${store.channel}/${channel(store.channel)?.latest_ts}`;
  if (unread === 0 || newest === told || document.visibilityState !== "visible") return;
  told = newest;
  perform({ type: "read", channel: store.channel });
}

function drawThread() {
  const panel = $("thread");
  const arrived = panel.dataset.ts !== (store.thread ?? "");
  panel.hidden = !store.thread;
  panel.dataset.ts = store.thread ?? "";
  if (!store.thread) return;
  $("thread-place").textContent = `#${channelName(channel(store.channel))}`;
  if (arrived) lists.thread.replaceChildren();
  const atEnd = lists.thread.scrollHeight - lists.thread.scrollTop - lists.thread.clientHeight < 80;
  drawMessages(lists.thread, store.channel, store.replies, { id: "thread", inThread: true });
  if (arrived || atEnd) lists.thread.scrollTop = lists.thread.scrollHeight;
  threadComposer.follow();
  if (arrived) threadComposer.focus();
}

let homeShown = { signature: null, surface: null };
function drawHome() {
  const view = store.state.home;
  const signature = JSON.stringify([view, store.me]);
  if (signature === homeShown.signature) return;
  const surface = viewSurface("home", homeShown.surface, {});
  homeShown = { signature, surface };
  $("home").replaceChildren(view ? el("div", { class: "home-view" }, drawBlocks(view.blocks, surface)) : el("p", { class: "muted" }, "This app has not drawn its home for you yet."));
}

function draw() {
  document.body.classList.toggle("at-home", store.home);
  drawSidebar();
  drawHeader();
  if (store.home) drawHome();
  else {
    drawChannel();
    mainComposer.follow();
  }
  drawThread();
  drawViews();
  events.changed();
}

let running = false;
let again = false;
/** Fetches and draws; calls that come meanwhile make it run once more, so bursts cost two rounds. */
async function refresh() {
  if (store.remote) return events.changed();
  if (running) return void (again = true);
  running = true;
  try {
    if (await fetchAll()) draw();
    else again = true;
  } catch (failure) {
    if (failure.status === 404 && !store.state) showRemote();
    else toast(failure.message);
  } finally {
    running = false;
    if (again) {
      again = false;
      refresh();
    }
  }
}

let waiting = null;
function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(refresh, 40);
}

function showRemote() {
  store.remote = true;
  document.body.classList.add("remote");
  $("remote").hidden = false;
}

function navigate() {
  const before = [store.me, store.channel, store.home].join("/");
  readAddress();
  document.body.classList.remove("side-open");
  if (store.home && before !== [store.me, store.channel, true].join("/")) perform({ type: "home" });
  return refresh();
}

function keys(event) {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    openSwitcher($("jump"));
  } else if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open]")) {
    if (document.body.classList.contains("side-open")) document.body.classList.remove("side-open");
    else if (store.thread && $("thread").contains(document.activeElement)) location.hash = href();
  } else if (event.key === "/" && document.activeElement === document.body && !store.home) {
    mainComposer.focus();
  }
}

function start() {
  themeButton($("theme"));
  for (const name of ["main", "thread"]) walkWithArrows(lists[name]);
  $("open-drawer").prepend(icon("bolt"));
  $("open-drawer").addEventListener("click", events.toggle);
  $("remote-send").addEventListener("click", events.open);
  $("empty-send").addEventListener("click", events.open);
  $("jump").prepend(icon("search"));
  $("jump").addEventListener("click", () => openSwitcher($("jump")));
  $("side-toggle").append(icon("menu"));
  $("side-toggle").addEventListener("click", () => document.body.classList.toggle("side-open"));
  $("scrim").addEventListener("click", () => document.body.classList.remove("side-open"));
  $("thread-head").append(iconButton("close", "Close thread", () => (location.hash = href())));
  $("skip").addEventListener("click", () => lists.main.focus());
  document.addEventListener("keydown", keys);
  document.addEventListener("visibilitychange", soon);
  addEventListener("hashchange", navigate);
  const tick = clockChip($("clock"), refresh);
  readClock().then(tick, (failure) => toast(failure.message));
  navigate();
  listen(soon, (up) => ($("offline").hidden = up || store.remote));
}

start();
