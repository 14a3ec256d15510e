// The two HTTP APIs behind the page, and nothing else: /_slack (what people do in the workspace) and /_local (the runner's
// clock, samples and incidents). Every call answers parsed JSON or throws a Failure with a sentence for a toast.

/** A call that did not work; `status` is 0 when nothing answered. */
class Failure extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function call(method, path, body) {
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: body === undefined ? {} : { "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Failure(0, "The runner does not answer. Is `cargo local` still running?");
  }
  const text = await response.text();
  let answer = null;
  try {
    answer = text === "" ? null : JSON.parse(text);
  } catch {
    if (response.ok) throw new Failure(response.status, `${path} did not answer with JSON.`);
  }
  if (!response.ok)
    throw new Failure(response.status, answer?.error ?? `${method} ${path} answered ${response.status}.`);
  return answer;
}

const part = encodeURIComponent;

export const slack = {
  state: (user) => call("GET", `/_slack/state${user ? `?user=${part(user)}` : ""}`),
  messages: (channel, user) => call("GET", `/_slack/channels/${part(channel)}/messages?user=${part(user)}`),
  thread: (channel, ts, user) =>
    call("GET", `/_slack/channels/${part(channel)}/threads/${part(ts)}?user=${part(user)}`),
  act: (user, what) => call("POST", "/_slack/act", { user, do: what }),
  log: () => call("GET", "/_slack/log"),
};

export const local = {
  clock: () => call("GET", "/_local/clock"),
  moveClock: (change) => call("POST", "/_local/clock", change),
  events: () => call("GET", "/_local/events"),
  event: (source, name) => call("GET", `/_local/events/${part(source)}/${part(name)}`),
  send: (what) => call("POST", "/_local/send", what),
  tryOut: (what) => call("POST", "/_local/try", what),
  incidents: () => call("GET", "/_local/incidents"),
};

/** Calls `changed` whenever the workspace has changed. The browser reconnects by itself; `up` says whether it is connected. */
export function listen(changed, up) {
  const stream = new EventSource("/_slack/stream");
  stream.addEventListener("message", changed);
  stream.addEventListener("open", () => {
    up(true);
    changed();
  });
  stream.addEventListener("error", () => up(false));
}
