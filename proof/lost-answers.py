"""Five hundred messages, and the first answer to each is lost: what Slack's official SDKs post then, and what Callboard posts.
Alertmanager's own way to Slack stands beside them where it is installed.

    (cd slack-emulator/sdk && npm ci) && pip install -r slack-emulator/sdk/requirements.txt
    cargo build -p local && cargo build -p slack-emulator --example serve
    python proof/lost-answers.py target/debug

The argument is cargo's folder of binaries. The SDKs run against the emulator without rate limits, so that nothing but the
fault is seen; Callboard runs against the same emulator with them. Fails unless Callboard posts each message exactly once.
"""

import json
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from laptop import CHANNELS, SDK, up
from sender import PROGRAM, alertmanager, now
from workspace import serve

# What goes wrong with the first answer, and for how many messages.
FAULTS = [
    ("The message is posted, then the connection breaks", {"kind": "drop_after"}, 500),
    ("The message is posted, then the answer is `fatal_error`", {"kind": "fatal_error_after_storing"}, 500),
    ("The message is not posted, the answer is 503", {"kind": "status", "status": 503}, 100),
    ("The message is not posted, the answer is `internal_error`", {"kind": "internal_error"}, 100),
]
SDKS = [
    [sys.executable, str(SDK / "post.py")],
    [sys.executable, str(SDK / "post.py"), "--documented-handlers"],
    ["node", str(SDK / "post.mjs")],
]
HEADS = ["client", "asked", "told done", "told failed", "chat.postMessage", "messages", "twice", "missing"]


def row(client, count, done, slack, texts):
    """What came of it. A message is known by the number in its words."""
    shown = Counter(int(found[1]) for text in texts if (found := re.search(r"Job (\d+) failed", text)))
    twice = sum(copies - 1 for copies in shown.values())
    requests = sum(slack.people("log")["counts"]["chat.postMessage"].values())
    left = sum(fault["times"] for fault in slack.people("faults"))
    assert left == 0, f"{left} answers were never lost"
    return [client, count, done, count - done, requests, shown.total(), twice, count - len(shown)]


def with_sdk(binaries, command, fault, count):
    with serve(f"{binaries}/examples/serve", "--no-rate-limits") as slack:
        program, script, *options = command
        ran = subprocess.run([program, script, slack.url, str(count), json.dumps(fault), *options], capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
        told = json.loads(ran.stdout.splitlines()[-1])
        texts = [message["text"] for channel in CHANNELS for message in slack.messages(channel)]
        return row(told["client"], count, told["told"].get("done", 0), slack, texts)


def with_alertmanager(binaries, fault, count):
    serving = serve(f"{binaries}/examples/serve", "--no-rate-limits")
    with serving as slack, alertmanager("slack", slack.url.removeprefix("http://")) as sender:
        slack.fail("chat.postMessage", times=count, **fault)
        begin = now()
        jobs = [{"alertname": f"Job {n} failed", "channel": CHANNELS[n % len(CHANNELS)]} for n in range(count)]
        sender.send([{"labels": labels, "startsAt": begin} for labels in jobs])
        # It says of no notification that it is done with it: four seconds without a call are longer than it waits to try again.
        calls, quiet = 0, time.monotonic()
        while calls < count or time.monotonic() - quiet < 4:
            time.sleep(0.2)
            before, (calls, _) = calls, slack.calls()
            if calls > before:
                quiet = time.monotonic()
        texts = [message["attachments"][0]["fallback"] for channel in CHANNELS for message in slack.messages(channel)]
        done = count - sender.count("notifications_failed_total")
        return row(f"Alertmanager {sender.version()}, its Slack receiver", count, done, slack, texts)


def with_callboard(binaries, fault, count):
    with up(f"{binaries}/local") as laptop:
        laptop.fail("chat.postMessage", times=count, **fault)
        done = 0
        for n in range(count):
            labels = {"channel": CHANNELS[n % len(CHANNELS)]}
            job = {"title": f"Job {n} failed", "status": "firing", "key": f"job-{n}", "severity": "error", "labels": labels}
            done += laptop.ask("/hooks/my-script", job)["ok"]
        laptop.pass_time()
        return row("Callboard", count, done, laptop, laptop.posts())


def table(rows):
    """Markdown, aligned."""
    cells = [[str(cell) for cell in row] for row in [HEADS, *rows]]
    widths = [max(len(row[column]) for row in cells) for column in range(len(HEADS))]
    lines = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |" for row in cells]
    return "\n".join([lines[0], "| " + " | ".join("-" * width for width in widths) + " |", *lines[1:]])


def main(binaries):
    failed = False
    for words, fault, count in FAULTS:
        with ThreadPoolExecutor() as threads:
            theirs = [threads.submit(with_sdk, binaries, command, fault, count) for command in SDKS]
            if shutil.which(PROGRAM):
                theirs.append(threads.submit(with_alertmanager, binaries, fault, count))
            ours = threads.submit(with_callboard, binaries, fault, count).result()
            rows = [running.result() for running in theirs]
        print(f"{words}:\n\n{table([*rows, ours])}\n", flush=True)
        done, _, _, messages, twice, missing = ours[2:]
        failed |= (done, messages, twice, missing) != (count, count, 0, 0)
    if failed:
        sys.exit("Callboard did not show each message exactly once")


main(sys.argv[1])
