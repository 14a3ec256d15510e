// Two of the drawer's panels: the samples from events/, and a place to paste anything. What they send goes the same way as a
// real webhook; the runner's answer is shown beside the button. What is only tried goes nowhere: the mapping that took it, the
// signal and the post are told.

import { local } from "./api.js";
import { el, icon, iconButton } from "./dom.js";
import { attempt } from "./toast.js";

function pretty(body) {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

function outcome(node, answer) {
  const good = answer.status >= 200 && answer.status < 300;
  node.replaceChildren(
    el(
      "div",
      { class: good ? "outcome good" : "outcome bad", role: "status" },
      el("strong", null, good ? `Sent · ${answer.status}` : `Answered ${answer.status}`),
      answer.body ? el("code", null, String(answer.body).slice(0, 400)) : null,
    ),
  );
}

function send(what, result, button) {
  return busy(button, async () => outcome(result, await local.send(what)));
}

function tryOut(what, result, button) {
  return busy(button, async () => {
    const { told } = await local.tryOut(what);
    result.replaceChildren(el("pre", { class: "outcome told", role: "status", tabindex: "0" }, told));
  });
}

function busy(button, work) {
  return attempt(async () => {
    button.classList.add("busy");
    try {
      await work();
    } finally {
      button.classList.remove("busy");
    }
  });
}

/** Fills the panel with the samples. */
export function samples(panel, events) {
  const result = el("div", { "aria-live": "polite" });
  const detail = el("div", { class: "sample-detail" });
  const filter = el("input", {
    class: "field",
    type: "search",
    placeholder: "Find a sample",
    "aria-label": "Find a sample",
    oninput: draw,
  });
  const list = el("div", { class: "sample-list" });
  let current = null;

  async function show(event) {
    current = event;
    draw();
    // Until this one has arrived, nothing may be sent: the button on the page would send the one before.
    detail.replaceChildren();
    await attempt(async () => {
      const request = await local.event(event.source, event.name);
      if (current !== event) return;
      const original = pretty(request.body);
      const area = el("textarea", {
        class: "field code",
        rows: 14,
        spellcheck: "false",
        "aria-label": "Body",
        value: original,
      });
      const button = el(
        "button",
        {
          type: "button",
          class: "button primary",
          id: "send-sample",
          onclick: () => {
            // Unchanged, the runner sends the file's own bytes: their signature is part of the sample.
            const edited = area.value !== original ? { body: area.value } : {};
            send({ source: event.source, name: event.name, ...edited }, result, button);
          },
        },
        icon("send"),
        "Send",
      );
      detail.replaceChildren(
        el("div", { class: "request-line" }, el("code", null, `${request.method} ${request.path}`), button),
        result,
        el(
          "details",
          null,
          el("summary", null, `${Object.keys(request.headers ?? {}).length} headers`),
          el(
            "dl",
            { class: "headers" },
            Object.entries(request.headers ?? {}).map(([name, value]) => [
              el("dt", null, name),
              el("dd", null, String(value)),
            ]),
          ),
        ),
        area,
      );
      result.replaceChildren();
    });
  }

  function draw() {
    const wanted = filter.value.trim().toLowerCase();
    const shown = events.filter((event) =>
      `${event.source} ${event.name} ${event.title ?? ""}`.toLowerCase().includes(wanted),
    );
    const groups = Map.groupBy(shown, (event) => event.source);
    list.replaceChildren(
      ...(shown.length === 0
        ? [el("p", { class: "muted" }, "No sample matches.")]
        : [...groups].map(([source, entries]) =>
            el(
              "section",
              null,
              el("h3", null, source),
              entries.map((event) =>
                el(
                  "div",
                  { class: "sample-row", "aria-current": event === current ? "true" : null },
                  el(
                    "button",
                    { type: "button", class: "sample-name", onclick: () => show(event) },
                    el("span", null, event.title || event.name),
                    el("small", null, event.name),
                  ),
                  iconButton("send", `Send ${event.title || event.name}`, (click) =>
                    send({ source: event.source, name: event.name }, quick, click.currentTarget),
                  ),
                ),
              ),
            ),
          )),
    );
  }

  const quick = el("div", { "aria-live": "polite" });
  draw();
  panel.replaceChildren(filter, quick, el("div", { class: "samples" }, list, detail));
  if (events.length === 0) panel.replaceChildren(el("p", { class: "muted" }, "There are no samples in events/."));
}

/** Fills the panel with a form for any body. */
export function paste(panel, events) {
  const result = el("div", { "aria-live": "polite" });
  const source = el("input", {
    class: "field",
    value: "generic",
    list: "source-names",
    "aria-label": "Source",
    spellcheck: "false",
  });
  const area = el("textarea", {
    class: "field code",
    rows: 16,
    spellcheck: "false",
    "aria-label": "Body",
    placeholder: '{ "title": "Disk almost full", "severity": "warning" }',
  });
  const what = () => ({ source: source.value.trim() || "generic", body: area.value });
  const look = el("button", { type: "button", class: "button", onclick: () => tryOut(what(), result, look) }, "Try");
  const button = el(
    "button",
    { type: "button", class: "button primary", onclick: () => send(what(), result, button) },
    icon("send"),
    "Send",
  );
  panel.replaceChildren(
    el("label", { class: "labelled" }, el("span", null, "Source"), source),
    el(
      "datalist",
      { id: "source-names" },
      [...new Set(["generic", ...events.map((event) => event.source)])].map((name) => el("option", { value: name })),
    ),
    el("label", { class: "labelled" }, el("span", null, "Body, exactly as the service would send it"), area),
    el("div", { class: "row-end" }, look, button),
    el("p", { class: "muted" }, "Try tells how it would be read and what would be posted, and sends nothing."),
    result,
  );
}
