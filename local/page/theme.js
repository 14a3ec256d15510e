// Light, dark, or as the system has it; the choice stays in this browser. The colours are in style.css.

import { icon } from "./dom.js";

const ORDER = ["auto", "light", "dark"];
const ICONS = { auto: "auto", light: "sun", dark: "moon" };

// Storage can be switched off; then the choice lasts as long as the page.
function stored(value) {
  try {
    if (value !== undefined) localStorage.setItem("theme", value);
    return localStorage.getItem("theme");
  } catch {
    return null;
  }
}

/** Makes `button` switch the theme. */
export function themeButton(button) {
  let theme = ORDER.includes(stored()) ? stored() : "auto";
  const show = () => {
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    button.replaceChildren(icon(ICONS[theme]));
    const name = `Theme: ${theme === "auto" ? "as the system" : theme}`;
    button.setAttribute("aria-label", name);
    button.title = name;
  };
  button.addEventListener("click", () => {
    theme = ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length];
    stored(theme);
    show();
  });
  show();
}
