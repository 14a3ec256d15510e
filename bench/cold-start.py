#!/usr/bin/env python3
"""What a cold start of each function takes, beside two functions to compare it with (bench/reference), in turns, so that
whatever else the machine does falls on all alike: `bench/cold-start.py [--starts N] [--warm N] [--built .aws-sam/build]`.
With `--memory 128 256` how long the first answer takes with the share of a CPU that Lambda gives for so many MB.

It is Lambda's runtime API, AWS and Slack itself (cloud.py), on loopback and without TLS. Fails where a budget is exceeded.
docs/performance.md says what the figures mean. Needs Linux, Rust and Python's standard library; `--memory` needs root."""

import argparse
import base64
import hashlib
import hmac
import io
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile

from cloud import SIGNING, Broken, Cloud

ROOT = pathlib.Path(__file__).resolve().parent.parent
FUNCTIONS = sorted(manifest.parent.name for manifest in ROOT.glob("functions/*/Cargo.toml"))
REFERENCES = ["bare", "default-sdk"]
# One event that each function gets, as Lambda hands it over.
EVENTS = {
    "ingest": "ingest-api-gateway",
    "router": "router-sqs",
    "courier": "courier-sqs",
    "slash-command": "slash-command-api-gateway",
    "interaction": "interaction-api-gateway",
    "slack-events": "slack-events-api-gateway",
    "notifier": "notifier-scheduler",
}
# Somebody waits for these two, and Slack gives them three seconds.
BUDGETED = ["slash-command", "interaction"]
MOST_TIMES_BARE, MOST_MEMORY_MB, MOST_ZIP_MB = 2.0, 40, 4


def cargo(*arguments, folder=ROOT):
    target = os.environ.get("CARGO_TARGET_DIR", str(ROOT / "target"))
    command = ["cargo", "build", "--release", "--quiet", *arguments]
    subprocess.run(command, cwd=folder, check=True, env={**os.environ, "CARGO_TARGET_DIR": target})
    return pathlib.Path(target) / "release"


def build(functions, sam):
    """Where each binary is. The references are built apart: cargo would give the functions what only the references ask for."""
    reference = ROOT / "bench" / "reference"
    binaries = {"bare": cargo("--locked", "--bin", "bare", folder=reference) / "bare"}
    sdk = cargo("--locked", "--bin", "default-sdk", "--features", "sdk", folder=reference)
    binaries["default-sdk"] = sdk / "default-sdk"
    if sam:
        resource = lambda name: "".join(word.capitalize() for word in name.split("-")) + "Function"
        return binaries | {name: pathlib.Path(sam) / resource(name) / "bootstrap" for name in functions}
    packages = [argument for name in functions for argument in ("-p", name)]
    release = cargo(*packages, "--features", "lambda")
    return binaries | {name: release / name for name in functions}


def zipped(binary):
    """The size of what is uploaded, in bytes: SAM deflates the same way."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(binary, "bootstrap")
    return len(packed.getvalue())


def event(name, incident):
    """The event as Lambda sends it, about an incident that is there, and signed just now where Slack signs."""
    path = ROOT / "events" / "functions" / (EVENTS.get(name, EVENTS["slash-command"]) + ".json")
    asked = json.loads(path.read_text())
    body = asked.get("body", "")
    if asked.get("isBase64Encoded"):
        body = base64.b64decode(body).decode()
    if incident:
        body = body.replace("INCIDENT", incident)
        for record in asked.get("Records", []):
            record["body"] = record["body"].replace("INCIDENT", incident)
    headers = asked.get("headers", {})
    if "x-slack-signature" in headers:
        now = str(int(time.time()))
        base = "v0:%s:%s" % (now, body)
        digest = hmac.new(SIGNING.encode(), base.encode(), hashlib.sha256).hexdigest()
        headers |= {"x-slack-request-timestamp": now, "x-slack-signature": "v0=" + digest}
    elif headers:
        headers["authorization"] = "Bearer the-secret-of-a-source"
    if asked.get("isBase64Encoded"):
        body = base64.b64encode(body.encode()).decode()
    if body:
        asked["body"] = body
    return json.dumps(asked).encode()


def good(answer):
    """An answer that Lambda's caller would take for one; anything else makes the figures worthless."""
    said = json.loads(answer)
    if isinstance(said, dict) and (said.get("statusCode", 200) != 200 or said.get("batchItemFailures")):
        raise Broken("it answers " + answer.decode())
    return said


def cpu_ns(pid):
    """CPU time of a process, all its threads and the kernel's work for it: clock_getcpuclockid(3) of Linux."""
    return time.clock_gettime_ns((~pid << 3) | 2)


def peak_kb(pid):
    status = pathlib.Path("/proc/%d/status" % pid).read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1])


class Share:
    """Of one CPU what Lambda gives for so many MB of memory (1,769 MB are one, see docs/performance.md), by a control group."""

    def __init__(self, megabytes):
        one = pathlib.Path("/sys/fs/cgroup")
        self.group = (one / "cpu" if (one / "cpu").exists() else one) / ("cold-start-%d" % os.getpid())
        self.group.mkdir()
        period = 20_000
        quota = int(period * megabytes / 1769)
        if (self.group / "cpu.max").exists():
            (self.group / "cpu.max").write_text("%d %d" % (quota, period))
        else:
            (self.group / "cpu.cfs_period_us").write_text(str(period))
            (self.group / "cpu.cfs_quota_us").write_text(str(quota))

    def put(self, pid):
        (self.group / "cgroup.procs").write_text(str(pid))

    def remove(self):
        self.group.rmdir()


def start(cloud, name, binary, incident=None, warm=0, table=None, share=None):
    """One process from its start to its death: times in ms, memory in MB."""
    cloud.items = {key: dict(item) for key, item in (table or {}).items()}
    with tempfile.TemporaryFile() as log:
        told = [(os.POSIX_SPAWN_DUP2, log.fileno(), 1), (os.POSIX_SPAWN_DUP2, log.fileno(), 2)]
        began = time.perf_counter_ns()
        pid = os.posix_spawn(binary, [binary], cloud.environment(name), file_actions=told)
        try:
            asked, _ = cloud.until("next")
            took = {"start": asked - began, "start_cpu": cpu_ns(pid), "warm": []}
            if share:
                share.put(pid)
            for number in range(1 + warm):
                if number > 0:
                    cloud.items = {key: dict(item) for key, item in (table or {}).items()}
                sent, before = time.perf_counter_ns(), cpu_ns(pid)
                answered, answer = cloud.until("response", send=event(name, incident))
                good(answer)
                if number == 0:
                    took["first"], took["cpu"] = answered - sent, cpu_ns(pid)
                    took["first_cpu"] = took["cpu"] - before
                else:
                    took["warm"].append(answered - sent)
                cloud.until("next")
            took["memory"] = peak_kb(pid) / 1024
        except Exception:
            log.seek(0)
            print("%s said:\n%s" % (name, log.read().decode()), file=sys.stderr)
            raise
        finally:
            os.kill(pid, 9)
            os.waitpid(pid, 0)
            cloud.forget()
    milliseconds = {field: took[field] / 1e6 for field in ("start", "start_cpu", "first", "cpu", "first_cpu")}
    return took | milliseconds | {"warm": [each / 1e6 for each in took["warm"]]}


def incident_in_slack(cloud, binaries):
    """What there is to press on: the router makes an incident, the courier posts it. Its id, and the table."""
    start(cloud, "router", binaries["router"])
    at = json.loads(event("courier", None))["Records"][0]["body"]
    channel = json.loads(at)["channel"]
    ids = [pk.removeprefix("INC#") for pk, sk in cloud.items if pk.startswith("INC#") and sk == "META"]
    for incident in ids:
        table = cloud.kept()
        start(cloud, "courier", binaries["courier"], incident, table=table)
        if any(pk.startswith("POST#") for pk, _ in cloud.items):
            return incident, table, cloud.kept()
    raise Broken("none of %s is to be posted in %s" % (ids, channel))


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def prepared(binaries):
    """The cloud, and what each function finds in it: an incident, and the table."""
    cloud = Cloud()
    if not {"router", "courier"} <= binaries.keys():
        return cloud, None, {}
    incident, wanted, posted = incident_in_slack(cloud, binaries)
    return cloud, incident, {name: posted for name in binaries} | {"router": {}, "courier": wanted}


def measure(binaries, starts, warm):
    """Other work may prolong a time and never shortens it, so of all starts the fastest says the most."""
    cloud, incident, tables = prepared(binaries)
    taken = {name: [] for name in binaries}
    for _ in range(starts):
        for name, binary in binaries.items():
            taken[name].append(start(cloud, name, str(binary), incident, warm, tables.get(name)))
    rows = {}
    for name, runs in taken.items():
        fields = ("start", "start_cpu", "first", "first_cpu", "cpu")
        answers = [each for run in runs for each in run["warm"]]
        rows[name] = {field: min(run[field] for run in runs) for field in fields} | {
            "memory": max(run["memory"] for run in runs),
            "zip": zipped(binaries[name]) / 1e6,
            "p50": percentile(answers, 0.50) if answers else 0,
            "p99": percentile(answers, 0.99) if answers else 0,
        }
    return rows


def by_memory(binaries, starts, sizes):
    """The first and the next answers in ms, with the share of a CPU of each size."""
    cloud, incident, tables = prepared(binaries)
    print("| function |" + "".join(" %d MB |" % size for size in sizes))
    print("| --- |" + " ---: |" * len(sizes))
    for name, binary in binaries.items():
        cells = []
        for size in sizes:
            share = Share(size)
            try:
                runs = [start(cloud, name, str(binary), incident, 20, tables.get(name), share) for _ in range(starts)]
            finally:
                share.remove()
            first = min(run["first"] for run in runs)
            warm = statistics.median(each for run in runs for each in run["warm"])
            cells.append(" %.0f, then %.1f |" % (first, warm))
        print("| %s |%s" % (name, "".join(cells)))


def table(rows):
    print("| function | zip MB | start to `/next` ms | times bare | CPU to `/next` ms | first answer ms | warm p50 ms | warm p99 ms | CPU to first answer ms | peak memory MB |")
    print("| --- |" + " ---: |" * 9)
    for name, row in rows.items():
        times = row["start"] / rows["bare"]["start"]
        print("| %s | %.2f | %.1f | %.1f | %.1f | %.1f | %.2f | %.2f | %.1f | %.1f |" % (
            name, row["zip"], row["start"], times, row["start_cpu"], row["first"], row["p50"], row["p99"], row["cpu"], row["memory"]))


def over_budget(rows):
    bare, sdk = rows["bare"], rows["default-sdk"]
    limits = {
        "start": (MOST_TIMES_BARE * bare["start"], "ms to the first /next, %g times the bare function" % MOST_TIMES_BARE),
        "cpu": (sdk["cpu"], "ms of CPU to the first answer, what the SDK takes by default"),
        "memory": (MOST_MEMORY_MB, "MB of memory"),
        "zip": (MOST_ZIP_MB, "MB to upload"),
    }
    for name in [name for name in BUDGETED if name in rows]:
        for field, (limit, what) in limits.items():
            if rows[name][field] >= limit:
                yield "%s: %.1f is over its budget of %.1f %s" % (name, rows[name][field], limit, what)


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    options.add_argument("--starts", type=int, default=20, help="how often each is started")
    options.add_argument("--warm", type=int, default=50, help="how many further events each process gets")
    options.add_argument("--built", help="take the functions from here, as `sam build` left them for this machine")
    options.add_argument("--memory", type=int, nargs="+", metavar="MB", help="measure with these shares of a CPU instead")
    options.add_argument("--json", action="store_true", help="print the figures as JSON too")
    options = options.parse_args()
    binaries = build(FUNCTIONS, options.built)
    if options.memory:
        by_memory(binaries, options.starts, options.memory)
        return 0
    rows = measure(binaries, options.starts, options.warm)
    table(rows)
    if options.json:
        print(json.dumps(rows))
    faults = list(over_budget(rows))
    print("\n".join(faults) or "All budgets are kept.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
