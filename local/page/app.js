// Wires the rooms together: reads the address (#/person/channel/thread), fetches what it asks for, draws it, and fetches again
// when the stream says that something changed. There is no polling, and nothing is drawn here.

import { listen, slack } from "./api.js";
import { drawChannel, drawHeader, read, startChannel, write } from "./channel.js";
import { clockChip } from "./clock.js";
import { icon } from "./dom.js";
import { drawer } from "./drawer.js";
import { drawHome } from "./home.js";
import { drawViews } from "./modal.js";
import { drawSidebar, openSwitcher } from "./sidebar.js";
import { channel, readClock, setClock, store } from "./store.js";
import { themeButton } from "./theme.js";
import { drawThread, leaveThread, startThread } from "./thread.js";
import { perform, toast } from "./toast.js";

const $ = (id) => document.getElementById(id);
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
  if (!people.some((user) => user.id === store.me)) {
    store.me = people.find((user) => user.id === store.state.me)?.id ?? people[0]?.id;
    store.state = await slack.state(store.me);
  }
  if (!channel(store.channel)) {
    store.channel =
      (store.state.channels.find((entry) => entry.name === "alerts") ?? store.state.channels[0])?.id ?? null;
    store.thread = null;
  }
  const { channel: at, thread, me } = store;
  const [messages, replies] = await Promise.all([
    at ? slack.messages(at, me) : { messages: [] },
    thread
      ? slack
          .thread(at, thread, me)
          .catch((failure) => (failure.status === 404 ? { messages: [] } : Promise.reject(failure)))
      : { messages: [] },
  ]);
  if (at !== store.channel || thread !== store.thread || me !== store.me) return false;
  Object.assign(store, { messages: messages.messages, replies: replies.messages });
  return true;
}

function draw() {
  document.body.classList.toggle("at-home", store.home);
  drawSidebar();
  drawHeader();
  if (store.home) drawHome();
  else drawChannel();
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
    else leaveThread();
  } else if (event.key === "/" && document.activeElement === document.body && !store.home) {
    write();
  }
}

function start() {
  themeButton($("theme"));
  startChannel();
  startThread();
  $("open-drawer").prepend(icon("bolt"));
  $("open-drawer").addEventListener("click", events.toggle);
  $("remote-send").addEventListener("click", events.open);
  $("empty-send").addEventListener("click", events.open);
  $("jump").prepend(icon("search"));
  $("jump").addEventListener("click", () => openSwitcher($("jump")));
  $("side-toggle").append(icon("menu"));
  $("side-toggle").addEventListener("click", () => document.body.classList.toggle("side-open"));
  $("scrim").addEventListener("click", () => document.body.classList.remove("side-open"));
  $("skip").addEventListener("click", read);
  document.addEventListener("keydown", keys);
  document.addEventListener("visibilitychange", soon);
  addEventListener("hashchange", navigate);
  const tick = clockChip($("clock"), refresh);
  readClock().then(tick, (failure) => toast(failure.message));
  navigate();
  listen(soon, (up) => ($("offline").hidden = up || store.remote));
}

start();
