// A list that opens from a button: overflow menus, selects, reactions, the switcher of people and channels. Arrow keys, Home,
// End, typing to filter, Enter, Escape; focus goes back to the button. It knows nothing of what is chosen.
// It is a popover, so that it lies above an open modal.

import { el } from "./dom.js";

let closeOpen = null;

function place(box, anchor) {
  const at = anchor.getBoundingClientRect();
  const size = box.getBoundingClientRect();
  const margin = 8;
  const below = at.bottom + 4 + size.height < innerHeight - margin;
  const top = below ? at.bottom + 4 : Math.max(margin, at.top - size.height - 4);
  const left = Math.min(
    Math.max(margin, box.dataset.align === "end" ? at.right - size.width : at.left),
    innerWidth - size.width - margin,
  );
  box.style.setProperty("top", `${top}px`);
  box.style.setProperty("left", `${Math.max(margin, left)}px`);
}

/**
 * Opens a menu at `anchor` and answers the chosen item, or null.
 * Items: { label (string or nodes), text (to filter by), note?, danger?, selected?, group?, value }.
 * Options: label (for screen readers), filter (placeholder; a text field on top), grid, align ("end"), empty, keep (multiple
 * choice: called at each choice, the menu stays open).
 */
export function openMenu(anchor, items, options = {}) {
  closeOpen?.(null);
  return new Promise((resolve) => {
    const list = el("div", {
      class: options.grid ? "menu-list menu-grid" : "menu-list",
      role: "listbox",
      id: "menu-list",
      "aria-label": options.label,
      "aria-multiselectable": options.keep ? "true" : null,
    });
    const field = options.filter
      ? el("input", {
          class: "menu-filter",
          type: "text",
          placeholder: options.filter,
          "aria-label": options.filter,
          role: "combobox",
          "aria-expanded": "true",
          "aria-controls": "menu-list",
          autocomplete: "off",
          spellcheck: "false",
        })
      : null;
    const box = el(
      "div",
      { class: "menu", popover: "manual", tabindex: "-1", "data-align": options.align, onkeydown: key },
      field,
      list,
    );
    let shown = [];
    let active = 0;

    function finish(item) {
      if (closeOpen !== finish) return;
      closeOpen = null;
      document.removeEventListener("pointerdown", outside, true);
      box.remove();
      anchor.removeAttribute("aria-expanded");
      if (anchor.isConnected) anchor.focus({ preventScroll: true });
      resolve(item);
    }
    const outside = (event) => !box.contains(event.target) && finish(null);

    function choose(item) {
      if (!item) return;
      if (!options.keep) return finish(item);
      options.keep(item);
      draw();
    }

    function draw() {
      const wanted = (field?.value ?? "").trim().toLowerCase();
      shown = items
        .filter((item) => wanted === "" || item.text.toLowerCase().includes(wanted))
        .slice(0, options.grid ? 96 : 100);
      active = Math.min(active, Math.max(0, shown.length - 1));
      let group = null;
      list.replaceChildren(
        ...shown.flatMap((item, index) => {
          const heading =
            item.group && item.group !== group
              ? el("div", { class: "menu-group", role: "presentation" }, (group = item.group))
              : null;
          const row = el(
            "div",
            {
              class: `menu-item${item.danger ? " danger" : ""}`,
              role: "option",
              id: `menu-item-${index}`,
              "aria-selected": item.selected ? "true" : "false",
              title: options.grid ? item.text : null,
              onclick: () => choose(item),
              onpointermove: () => index !== active && mark(index),
            },
            el("span", { class: "menu-label" }, item.label),
            item.note ? el("span", { class: "menu-note" }, item.note) : null,
          );
          return heading ? [heading, row] : [row];
        }),
      );
      if (shown.length === 0) list.append(el("div", { class: "menu-empty" }, options.empty ?? "Nothing matches"));
      mark(active);
    }

    function mark(index) {
      active = index;
      for (const row of list.querySelectorAll(".menu-item"))
        row.classList.toggle("active", row.id === `menu-item-${index}`);
      const row = list.querySelector(".menu-item.active");
      row?.scrollIntoView({ block: "nearest" });
      (field ?? box).setAttribute("aria-activedescendant", row?.id ?? "");
    }

    function key(event) {
      const last = shown.length - 1;
      const columns = options.grid ? 8 : 1;
      const moves = {
        ArrowDown: columns,
        ArrowUp: -columns,
        ...(options.grid ? { ArrowRight: 1, ArrowLeft: -1 } : {}),
      };
      if (event.key in moves)
        mark(
          columns === 1
            ? (active + moves[event.key] + last + 1) % Math.max(1, last + 1)
            : Math.min(last, Math.max(0, active + moves[event.key])),
        );
      else if (event.key === "Home" && !field) mark(0);
      else if (event.key === "End" && !field) mark(last);
      else if (event.key === "Enter" || (event.key === " " && !field)) choose(shown[active]);
      else if (event.key === "Escape" || event.key === "Tab") finish(null);
      else return;
      event.preventDefault();
      event.stopPropagation();
    }

    closeOpen = finish;
    (anchor.closest("dialog") ?? document.body).append(box);
    field?.addEventListener("input", () => {
      active = 0;
      draw();
      place(box, anchor);
    });
    active = Math.max(
      0,
      items.findIndex((item) => item.selected),
    );
    draw();
    box.showPopover();
    place(box, anchor);
    anchor.setAttribute("aria-expanded", "true");
    (field ?? box).focus({ preventScroll: true });
    document.addEventListener("pointerdown", outside, true);
  });
}
