// Short notes at the edge of the screen: what went wrong and what to do. Errors stay until they are closed or ten seconds
// have passed; screen readers hear them. Nothing that belongs in the channel is shown here.

import { el, iconButton } from "./dom.js";
import { act } from "./store.js";

const SENTENCES = {
  dispatch_failed: "The app did not answer. See the terminal of `cargo local`.",
  is_archived: "This channel is archived.",
  channel_not_found: "This channel does not exist any more.",
  message_not_found: "This message was deleted.",
  already_reacted: "You reacted with this already.",
  not_in_channel: "You are not in this channel.",
  invalid_command: "There is no such command here.",
  operation_timeout: "The app did not answer within three seconds.",
  view_not_found: "This form was closed meanwhile.",
};

/** Shows a note. `kind` is "error" or "ok". */
export function toast(text, kind = "error") {
  const list = document.getElementById("toasts");
  const note = el(
    "div",
    { class: `toast toast-${kind}`, role: kind === "error" ? "alert" : "status" },
    el("span", null, text),
    iconButton("close", "Dismiss", () => note.remove()),
  );
  list.append(note);
  while (list.children.length > 4) list.firstElementChild.remove();
  setTimeout(() => note.remove(), kind === "error" ? 10_000 : 4_000);
}

/** The sentence for one of Slack's error codes. */
const sentence = (code) => SENTENCES[code] ?? `Slack refused this: ${code}`;

/** Runs something and shows what goes wrong. Answers whether it worked. */
export async function attempt(work) {
  try {
    await work();
    return true;
  } catch (failure) {
    toast(failure.message);
    return false;
  }
}

/** `act`, with its failure as a toast unless it is among the `expected` ones. Answers whether it worked. */
export async function perform(what, expected = []) {
  let code = null;
  const answered = await attempt(async () => {
    code = await act(what);
  });
  if (code && !expected.includes(code)) toast(sentence(code));
  return answered && !code;
}
