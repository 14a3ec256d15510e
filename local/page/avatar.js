// The square that stands for somebody. Drawn from initials and a colour: the page loads no pictures of people.

import { el, icon } from "./dom.js";
import { user } from "./store.js";

/** A square with initials, or the app's sign for a bot. */
export function avatar(id, name, bot, size = "") {
  const node = el(
    "span",
    { class: `avatar ${size} ${bot ? "bot" : ""}`, "aria-hidden": "true" },
    bot
      ? icon("bell")
      : (name || "?")
          .split(/\s+/)
          .map((word) => [...word][0] ?? "")
          .slice(0, 2)
          .join("")
          .toUpperCase(),
  );
  const color = user(id)?.color?.replace("#", "");
  if (!bot)
    node.style.setProperty(
      "--hue",
      /^[0-9a-f]{6}$/i.test(color ?? "")
        ? `#${color}`
        : ["#2f6f9f", "#8a5a9e", "#2e7d5b", "#a3582e"][
            [...String(id)].reduce((sum, char) => sum + char.charCodeAt(0), 0) % 4
          ],
    );
  return node;
}
