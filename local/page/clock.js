// The clock chip: the runner's time, and moving it forward so that acks lapse, escalations go on and reports are due without
// waiting. It talks to /_local/clock only.

import { local } from "./api.js";
import { el, icon } from "./dom.js";
import { openMenu } from "./menu.js";
import { now, readClock } from "./store.js";
import { attempt } from "./toast.js";

const STEPS = [
  ["1 minute", "1m"],
  ["5 minutes", "5m"],
  ["15 minutes", "15m"],
  ["1 hour", "1h"],
  ["8 hours", "8h"],
  ["1 day", "24h"],
];

/** Makes the chip. `moved` is called after the clock was moved. */
export function clockChip(node, moved) {
  const text = el("time", { class: "clock-text", id: "clock-text" });
  const advance = (by) =>
    attempt(async () => {
      await local.moveClock({ advance: by });
      await readClock();
      tick();
      await moved();
    });
  const more = async (event) => {
    const items = STEPS.map(([label, value]) => ({ label: `+ ${label}`, text: label, value }));
    const chosen = await openMenu(event.currentTarget, items, { label: "Move the clock forward by", align: "end" });
    if (chosen) await advance(chosen.value);
  };
  node.replaceChildren(
    icon("clock"),
    text,
    el(
      "button",
      {
        type: "button",
        class: "chip-button",
        id: "clock-plus",
        title: "Move the clock forward by five minutes",
        onclick: () => advance("5m"),
      },
      "+5 min",
    ),
    el(
      "button",
      {
        type: "button",
        class: "chip-button narrow",
        "aria-haspopup": "listbox",
        "aria-label": "Move the clock by …",
        onclick: more,
      },
      icon("down"),
    ),
  );

  function tick() {
    const at = new Date(now());
    text.textContent = new Intl.DateTimeFormat(undefined, {
      weekday: "short",
      hour: "numeric",
      minute: "2-digit",
    }).format(at);
    text.dateTime = at.toISOString();
    text.title = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" }).format(at);
  }
  tick();
  setInterval(tick, 1_000);
  // A runner that is gone is reported by the stream; saying it again every 30 s would only be noise.
  setInterval(() => readClock().then(tick, () => tick()), 30_000);
  return tick;
}
