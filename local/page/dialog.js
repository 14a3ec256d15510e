// Asks "are you sure?" as Slack does before a button with a confirm object. One function; forms belong to modal.js.
// https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object

import { el } from "./dom.js";
import { plainLine, richText } from "./markup.js";

/** Shows a confirmation and answers whether the person agreed. Without a confirm object the answer is yes. */
export function confirmed(confirm, names) {
  if (!confirm) return Promise.resolve(true);
  return new Promise((resolve) => {
    const dialog = el(
      "dialog",
      {
        class: "dialog confirm",
        "aria-labelledby": "confirm-title",
        onclose: () => {
          dialog.remove();
          resolve(dialog.returnValue === "yes");
        },
      },
      el("h2", { id: "confirm-title" }, plainLine(confirm.title ?? "Are you sure?")),
      richText(confirm.text ?? "", names),
      el(
        "div",
        { class: "dialog-actions" },
        el(
          "button",
          { type: "button", class: "button", onclick: () => dialog.close("no") },
          plainLine(confirm.deny ?? "Cancel"),
        ),
        el(
          "button",
          {
            type: "button",
            autofocus: true,
            class: `button ${confirm.style === "danger" ? "danger" : "primary"}`,
            onclick: () => dialog.close("yes"),
          },
          plainLine(confirm.confirm ?? "Yes"),
        ),
      ),
    );
    document.body.append(dialog);
    dialog.showModal();
  });
}
