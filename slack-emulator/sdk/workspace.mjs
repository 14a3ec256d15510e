// A served workspace for the scripts beside this: started on a free port, asked and worked as its people would, stopped at
// the end. Knows nothing of any SDK.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** `url` is the server's address; the Web API is below `url + "/api/"`. */
export class Workspace {
  constructor(url) {
    this.url = url;
  }

  /** Asks the people's API, or posts to it. */
  async people(path, body) {
    const request = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    return (await fetch(`${this.url}/_slack/${path}`, request)).json();
  }

  /** Something that Ana does. */
  act(what) {
    return this.people("act", { user: "U01ANA", do: what });
  }

  /** Lets the next calls of a method fail. */
  async fail(method, kind, more = {}) {
    const told = await this.people("faults", { method, kind, times: 1, ...more });
    if (!told.ok) throw new Error(JSON.stringify(told));
  }

  /** What Ana sees in a channel, oldest first. */
  async messages(channel) {
    return (await this.people(`channels/${channel}/messages?user=U01ANA`)).messages;
  }

  /** How many calls there were, and of how many methods. */
  async calls() {
    const { counts } = await this.people("log");
    const all = Object.values(counts).flatMap((outcomes) => Object.values(outcomes));
    return { calls: all.reduce((sum, count) => sum + count, 0), methods: Object.keys(counts).length };
  }
}

/** Runs the example `serve` with these arguments after its address, for as long as the work takes. */
export async function serve(program, given, work) {
  const running = spawn(program, ["127.0.0.1:0", ...given], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const lines = createInterface({ input: running.stdout });
    const [url] = await Promise.race([once(lines, "line"), once(running, "exit")]);
    if (!String(url).startsWith("http://")) throw new Error(`${program} did not start`);
    return await work(new Workspace(url));
  } finally {
    running.kill();
  }
}
