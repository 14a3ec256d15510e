// The drawer: its tabs, opening and closing. The panels are samples.js and backstage.js. It speaks to the runner only, so it also
// works when the Slack side is a real Slack.

import { local } from "./api.js";
import { backstage } from "./backstage.js";
import { el, iconButton } from "./dom.js";
import { paste, samples } from "./samples.js";
import { attempt } from "./toast.js";

const TABS = [
  ["samples", "Samples", samples],
  ["paste", "Paste", paste],
  ["backstage", "Behind the scenes", backstage],
];

/** Makes the drawer; answers { open, close, toggle, changed }. `changed` redraws what follows the workspace. */
export function drawer(node) {
  let tab = "samples";
  let drawn = null;
  let opener = null;
  const panel = el("div", { class: "drawer-panel", role: "tabpanel", id: "drawer-panel", tabindex: "-1" });
  const tabs = el(
    "div",
    {
      class: "tabs",
      role: "tablist",
      onkeydown: (event) => {
        const at = TABS.findIndex(([name]) => name === tab) + ({ ArrowRight: 1, ArrowLeft: -1 }[event.key] ?? 0);
        if (!["ArrowRight", "ArrowLeft"].includes(event.key) || !TABS[at]) return;
        show(TABS[at][0]);
        tabs.children[at].focus();
      },
    },
    TABS.map(([name, label]) =>
      el(
        "button",
        {
          type: "button",
          role: "tab",
          class: "tab",
          "data-tab": name,
          "aria-controls": "drawer-panel",
          onclick: () => show(name),
        },
        label,
      ),
    ),
  );
  node.replaceChildren(
    el("header", { class: "panel-head" }, el("h2", null, "Send a notification"), iconButton("close", "Close", close)),
    tabs,
    panel,
  );
  node.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) close();
  });

  async function show(name) {
    tab = name;
    for (const button of tabs.children) {
      button.setAttribute("aria-selected", String(button.dataset.tab === name));
      button.tabIndex = button.dataset.tab === name ? 0 : -1;
    }
    // The samples stay as they are while the drawer is closed: a redraw would lose what somebody has just typed or chosen.
    if (drawn === name && name !== "backstage") return;
    drawn = name;
    await attempt(async () => {
      const events = name === "backstage" ? [] : await local.events();
      if (tab === name) await TABS.find(([one]) => one === name)[2](panel, events);
    });
  }
  function open() {
    if (!node.hidden) return;
    opener = document.activeElement;
    node.hidden = false;
    show(tab);
    tabs.querySelector("[tabindex='0']")?.focus();
  }
  function close() {
    node.hidden = true;
    opener?.focus?.();
  }
  return {
    open,
    close,
    toggle: () => (node.hidden ? open() : close()),
    changed: () => !node.hidden && tab === "backstage" && show(tab),
  };
}
