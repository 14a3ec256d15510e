// Makes elements. The only way text gets into this page is `el`, and `el` makes text nodes: there is no innerHTML
// anywhere, so a message can hold any markup and is still only read. Nothing about Slack belongs here.

const SVG = "http://www.w3.org/2000/svg";
const PROPERTIES = new Set([
  "value",
  "checked",
  "disabled",
  "selected",
  "indeterminate",
  "htmlFor",
  "tabIndex",
  "open",
]);

function fill(node, props, children) {
  for (const [key, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (PROPERTIES.has(key)) node[key] = value;
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(typeof child === "object" ? child : document.createTextNode(String(child)));
  }
  return node;
}

/** An element: attributes, `on…` listeners, children. Strings become text nodes; null and false are left out. */
export function el(tag, props, ...children) {
  return fill(document.createElement(tag), props, children);
}

/** The same for SVG. */
export function svg(tag, props, ...children) {
  return fill(document.createElementNS(SVG, tag), props, children);
}

// One path per icon on a 24 grid, drawn with a stroke in the text's colour.
const ICONS = {
  hash: "M9 4 7 20M17 4l-2 16M4 9h16M3 15h16",
  send: "M4 12 20 4l-4 16-4-7-8-1Zm8 1 8-9",
  bolt: "M13 3 5 14h6l-1 7 8-11h-6l1-7Z",
  close: "M6 6l12 12M18 6 6 18",
  menu: "M4 7h16M4 12h16M4 17h16",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  smile: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM8.5 14.5c1.8 2.4 5.2 2.4 7 0M9 9.5h.01M15 9.5h.01",
  reply: "M5 5h14a1.5 1.5 0 0 1 1.5 1.5v8A1.5 1.5 0 0 1 19 16h-7l-5 4v-4H5a1.5 1.5 0 0 1-1.5-1.5v-8A1.5 1.5 0 0 1 5 5Z",
  trash: "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12ZM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6Z",
  sun: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5Z",
  auto: "M12 3a9 9 0 1 0 0 18Zm0 0a9 9 0 0 1 0 18",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM12 7v5.2l3.4 2",
  down: "M6 9.5l6 6 6-6",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM16.2 16.2 21 21",
  home: "M4 11 12 4l8 7v9h-5.5v-6h-5v6H4v-9Z",
  archive: "M3.5 5h17v4h-17V5ZM5 9v10.5h14V9M10 13h4",
  external: "M9 6H6a1 1 0 0 0-1 1v11a1 1 0 0 0 1 1h11a1 1 0 0 0 1-1v-3M13 5h6v6M19 5l-8.5 8.5",
  bell: "M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 2h-15l1.5-2ZM10 20.5c.9.9 3.1.9 4 0",
  check: "M5 12.5 10 17.5 19.5 7",
};

/** An icon by name; decoration only, so it is hidden from screen readers. */
export function icon(name) {
  return svg(
    "svg",
    { class: "icon", viewBox: "0 0 24 24", "aria-hidden": "true" },
    svg("path", { d: ICONS[name] ?? "" }),
  );
}

/** A button that shows an icon and is called `label` by screen readers and tooltips. */
export function iconButton(name, label, onclick, props) {
  return el(
    "button",
    { type: "button", class: "icon-button", "aria-label": label, title: label, onclick, ...props },
    icon(name),
  );
}

/**
 * Brings `parent`'s children in line with `wanted` ([key, signature, make]) and touches only what changed, so focus,
 * scroll place and open menus survive a refetch.
 */
export function reconcile(parent, wanted) {
  const old = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  let place = null;
  for (const [key, signature, make] of wanted) {
    let node = old.get(key);
    old.delete(key);
    if (!node || node.signature !== signature) {
      const fresh = make();
      fresh.dataset.key = key;
      fresh.signature = signature;
      if (node) swap(node, fresh);
      node = fresh;
    }
    const next = place ? place.nextElementSibling : parent.firstElementChild;
    if (node !== next) parent.insertBefore(node, next);
    place = node;
  }
  for (const gone of old.values()) gone.remove();
}

function swap(node, fresh) {
  const focused = node.contains(document.activeElement) ? document.activeElement : null;
  const mark = focused?.dataset.focus;
  node.replaceWith(fresh);
  if (!focused) return;
  const same = mark
    ? [...fresh.querySelectorAll("[data-focus]")].find((candidate) => candidate.dataset.focus === mark)
    : null;
  (same ?? fresh).focus({ preventScroll: true });
}
