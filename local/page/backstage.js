// "Behind the scenes": what the runner holds (incidents, their posts and timelines) and the calls between app and Slack. For
// developers; read only. Fields that the runner adds later are shown as they come, so this file need not know them.

import { local, slack } from "./api.js";
import { ago } from "./dates.js";
import { el } from "./dom.js";
import { names, store } from "./store.js";

const words = (value) =>
  value === null || value === undefined ? "–" : typeof value === "object" ? JSON.stringify(value) : String(value);

function facts(entry, wanted) {
  return el(
    "dl",
    { class: "facts" },
    Object.entries(entry)
      .filter(([key]) => wanted(key))
      .map(([key, value]) => [el("dt", null, key.replaceAll("_", " ")), el("dd", null, words(value))]),
  );
}

function timeline(entries) {
  if (!Array.isArray(entries) || entries.length === 0) return null;
  return el(
    "ol",
    { class: "timeline" },
    entries.map((entry) => {
      if (typeof entry === "string") return el("li", null, entry);
      const { at, kind, who, what, text, ...rest } = entry;
      const ms = typeof at === "number" ? at : Date.parse(at);
      return el(
        "li",
        null,
        Number.isFinite(ms) ? el("time", { title: new Date(ms).toISOString() }, ago(ms, names.where())) : null,
        " ",
        el("strong", null, [kind, names.user(who) ?? who].filter(Boolean).map(words).join(" · ")),
        " ",
        words(what ?? text ?? (Object.keys(rest).length ? rest : "")).replace(/^–$/, ""),
      );
    }),
  );
}

function incident(entry) {
  const known = new Set(["id", "title", "state", "severity", "route", "timeline", "posts"]);
  return el(
    "details",
    { class: "incident", "data-key": entry.id },
    el(
      "summary",
      null,
      el("span", { class: `state state-${String(entry.state).toLowerCase()}` }, words(entry.state)),
      el("strong", null, entry.title ?? entry.id),
      el("small", null, [entry.severity, entry.route].filter(Boolean).map(words).join(" · ")),
    ),
    el("code", { class: "muted" }, entry.id),
    facts(entry, (key) => !known.has(key)),
    (entry.posts ?? []).map((post) => facts(post, () => true)),
    timeline(entry.timeline),
  );
}

function call(entry) {
  const what = entry.method ?? entry.what ?? entry.url ?? entry.path ?? entry.kind ?? "";
  const outcome = entry.outcome ?? entry.status ?? entry.error ?? "";
  const good = outcome === "ok" || outcome === true || (Number(outcome) >= 200 && Number(outcome) < 300);
  const ms = typeof entry.at === "number" ? entry.at : Date.parse(entry.at);
  return el(
    "li",
    { class: good ? "" : "bad" },
    el("time", null, Number.isFinite(ms) ? new Intl.DateTimeFormat(undefined, { timeStyle: "medium" }).format(ms) : ""),
    el("code", null, what),
    el(
      "span",
      { class: "muted" },
      names.channel(entry.channel) ? `#${names.channel(entry.channel)}` : words(entry.channel ?? ""),
    ),
    el("span", { class: "call-outcome" }, words(outcome)),
  );
}

/** Fills the drawer's panel. */
export async function backstage(panel) {
  const open = new Set([...panel.querySelectorAll("details[open]")].map((node) => node.dataset.key));
  const [incidents, log] = await Promise.all([local.incidents(), store.remote ? null : slack.log()]);
  const calls = Array.isArray(log)
    ? log
    : [...(log?.calls ?? []), ...(log?.requests ?? [])].sort((a, b) => (a.at > b.at ? 1 : -1));
  const cards = incidents.map(incident);
  for (const card of cards) card.open = open.has(card.dataset.key) || cards.length === 1;
  panel.replaceChildren(
    el("h3", null, `Incidents (${incidents.length})`),
    ...(cards.length ? cards : [el("p", { class: "muted" }, "Nothing has happened yet. Send a sample.")]),
    ...(store.remote
      ? []
      : [el("h3", null, "Calls"), el("ol", { class: "calls" }, calls.slice(-80).reverse().map(call))]),
  );
}
