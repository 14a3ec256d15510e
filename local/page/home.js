// The app's home: the view that the app published for this person. Its controls click as those of a modal do.

import { drawBlocks } from "./blocks.js";
import { el } from "./dom.js";
import { viewSurface } from "./modal.js";
import { store } from "./store.js";

let shown = { signature: null, surface: null };

/** Draws the home again if it changed. */
export function drawHome() {
  const view = store.state.home;
  const signature = JSON.stringify([view, store.me]);
  if (signature === shown.signature) return;
  const surface = viewSurface("home", shown.surface, {});
  shown = { signature, surface };
  document
    .getElementById("home")
    .replaceChildren(
      view
        ? el("div", { class: "home-view" }, drawBlocks(view.blocks, surface))
        : el("p", { class: "muted" }, "This app has not drawn its home for you yet."),
    );
}
