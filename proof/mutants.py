"""Whether the simulation bites: what keeps Callboard's promise is switched off, one thing at a time, and each time the simulation
has to fail.

    python proof/mutants.py [--seeds 300] [--one] [NAME...]

With `--one`, one fault is enough: the crash points are left out where a seed fails already, and on the tree as it is. Works on a copy
of the tree and leaves the tree itself alone. The copy has a version of its own, so that cargo's folder of
builds (`CARGO_TARGET_DIR`) serves both and never takes the one's crates for the other's. Prints a table; fails if the simulation
fails on the tree as it is, passes on a mutant, or cannot be built.
"""

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
COPY = ROOT / "target" / "mutants"
TEST = ["cargo", "test", "--offline", "--package", "local", "--test", "simulation"]
# Each runs on all cores by itself. Whether a run is repeatable is not the question here.
RUN = ["--", "--show-output", "--test-threads=1", "--skip", "to_the_byte"]
SEEDS, POINTS = "whatever_fails", "every_call"
# A mutant that never comes to rest is caught too.
PATIENCE = 180


class Mutant(NamedTuple):
    """What is switched off, in words and as one edit. `old` stands in `file` exactly once."""

    name: str
    off: str
    file: str
    old: str
    new: str


MUTANTS = [
    Mutant(
        "adopt",
        "A message whose answer was lost is posted again without looking for it",
        "shared/src/core/plan.rs",
        "    tried_at.checked_add(*after).ok()\n",
        "    tried_at.checked_add(*after).ok().filter(|_| false)\n",
    ),
    Mutant(
        "started",
        "A try is not stored before the message is sent",
        "functions/courier/src/lib.rs",
        "is_some_and(|post| must_be_remembered(post, step))",
        "is_some_and(|_| false)",
    ),
    Mutant(
        "edit",
        "An edit is made without forgetting before it what the post shows",
        "shared/src/core/outcome.rs",
        "    sends(step) || matches!(step, Step::Edit { .. }) && post.shown.is_some()\n",
        "    sends(step) || matches!(step, Step::Edit { .. }) && post.shown.is_some() && false\n",
    ),
    Mutant(
        "fifo",
        "Couriers serve all wakes of a channel at once, not one after the other",
        "local/src/queue.rs",
        """\
        let mut first: BTreeMap<&str, (u64, &Message, &Wake)> = BTreeMap::new();
        for (number, message) in state.messages.iter().filter(|(_, message)| !message.is_dead(now)) {
            if let Body::Wake(wake) = &message.body {
                first.entry(&wake.channel)""",
        """\
        let mut first: BTreeMap<u64, (u64, &Message, &Wake)> = BTreeMap::new();
        for (number, message) in state.messages.iter().filter(|(_, message)| !message.is_dead(now)) {
            if let Body::Wake(wake) = &message.body {
                first.entry(*number)""",
    ),
    Mutant(
        "condition",
        "The store writes an incident whatever version is stored",
        "shared/src/store/embedded/write.rs",
        "        expected if version == expected => Ok((open, behind, due)),\n        _ => Err(CommitError::Conflict),",
        "        _ => Ok((open, behind, due)),",
    ),
    Mutant(
        "newest",
        "The store lets two incidents be the newest of one group",
        "shared/src/store/embedded/write.rs",
        "if stored.as_deref() != opens.after.as_ref().map(|id| id.0.as_str()) {",
        "if stored.as_deref() == Some(\"\") {",
    ),
    Mutant(
        "reread",
        "A courier whose record comes too late writes over what was stored meanwhile",
        "functions/courier/src/lib.rs",
        """\
                loaded = again.ok_or_else(|| StoreError::Corrupt(format!("incident {id} has vanished")))?;""",
        """\
                let version = again.map_or(0, |again| again.incident.version);
                loaded = Loaded { incident: Incident { version, ..before.incident }, timeline: before.timeline };""",
    ),
    Mutant(
        "dedup",
        "A delivery, click or event that was handled before is handled again",
        "shared/src/store/embedded/write.rs",
        "if applied.is_empty() { Ok(()) } else { Err(CommitError::Seen(applied)) }",
        "Ok(())",
    ),
    Mutant(
        "delivery-id",
        "What is put into the queue twice is known by the queue's id, not the sender's",
        "functions/router/src/lib.rs",
        "raw.id = deps.sources.delivery_id(raw, opened).unwrap_or_else(|| raw.id.clone());",
        "let _unused = (raw, opened);",
    ),
    Mutant(
        "older",
        "An older signal that comes late overwrites a newer one",
        "shared/src/core/incident/apply.rs",
        "            if said < known {\n",
        "            if false {\n",
    ),
    Mutant(
        "knows",
        "A signal that the incident before knows already opens a new one",
        "shared/src/core/incident/mod.rs",
        "is_some_and(|thing| signal.at <= thing.at)",
        "is_some_and(|_| false)",
    ),
    Mutant(
        "durable",
        "Ingest answers 200 although the queue did not take it",
        "functions/ingest/src/lib.rs",
        "    keep(&source, &[raw], deps).await?;\n",
        "    let _lost = keep(&source, &[raw], deps).await;\n",
    ),
    Mutant(
        "goes-back",
        "A notification that could not be stored does not go back to the queue",
        "functions/router/src/lib.rs",
        "get_mut(*position) {\n            *verdict = Verdict::Failed;",
        "get_mut(*position) {\n            *verdict = Verdict::Done;",
    ),
    Mutant(
        "sweep",
        "The notifier does not look after posts that are behind",
        "functions/notifier/src/lib.rs",
        "let behind = behind(deps).await;",
        "let behind: Result<usize, StoreError> = Ok(0);",
    ),
    Mutant(
        "behind",
        "The courier does not record that a post is still behind",
        "functions/courier/src/lib.rs",
        "loaded.incident.behind_at = behind;",
        "loaded.incident.behind_at = behind.filter(|_| false);",
    ),
    Mutant(
        "wake",
        "Nobody wakes the courier after a commit",
        "shared/src/change.rs",
        "queue.wakes(&Wake::all(incident)).await",
        "queue.wakes(&[]).await",
    ),
    Mutant(
        "revision",
        "A wake is deduplicated by its incident and channel, without the revision",
        "shared/src/queue.rs",
        "format!(\"{}/{}/{}{sweep}\", self.incident, self.channel, self.revision)",
        "format!(\"{}/{}{sweep}\", self.incident, self.channel)",
    ),
    Mutant(
        "pace",
        "Two messages follow each other in a channel without a pause",
        "functions/courier/src/lib.rs",
        "let next = now.checked_add(POST_INTERVAL).unwrap_or(now);",
        "let next = now;",
    ),
    Mutant(
        "order",
        "A line does not wait for the line before it",
        "shared/src/core/plan.rs",
        "open.next().unwrap_or_else(nothing)",
        "open.find(|plan| plan.step.is_some()).unwrap_or_else(nothing)",
    ),
]


class Ran(NamedTuple):
    """What came of a simulation."""

    passed: bool
    seeds: str
    points: str
    fault: str
    building: float
    running: float


def copy():
    """The tree with what is not committed yet. What has not changed keeps its times, so that cargo builds it once."""
    listed = subprocess.run(["git", "ls-files", "-coz", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True).stdout
    names = {os.fsdecode(name) for name in listed.split(b"\0") if name and (ROOT / os.fsdecode(name)).is_file()}
    # Without the program: cargo would put it where the tree's own belongs.
    names.discard("local/src/main.rs")
    for old in [path for path in COPY.rglob("*") if path.is_file() and str(path.relative_to(COPY)) not in names]:
        old.unlink()
    for name in names:
        to = COPY / name
        to.parent.mkdir(parents=True, exist_ok=True)
        body = edited(name, (ROOT / name).read_bytes())
        if not to.exists() or to.read_bytes() != body:
            to.write_bytes(body)


def edited(name, body):
    if name != "Cargo.toml":
        return body
    return exchange(name, body.decode(), 'version = "0.1.0"\nedition', 'version = "0.1.0-mutant"\nedition').encode()


def exchange(file, text, old, new):
    count = text.count(old)
    if count != 1:
        sys.exit(f"{file} has this {count} times and not once; the mutant has to follow what has changed there:\n{old}")
    return text.replace(old, new)


def run(command, seconds, **settings):
    """Its output and whether it went well; `None` if it took too long. What it started ends with it."""
    running = subprocess.Popen(command, cwd=COPY, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True, **settings)
    try:
        return running.communicate(timeout=seconds)[0], running.returncode == 0
    except subprocess.TimeoutExpired:
        os.killpg(running.pid, signal.SIGKILL)
        return running.communicate()[0], None


def simulate(name, seeds, tests):
    """Runs these tests, each only if nothing failed before it."""
    # One edit, and then the next: what the compiler remembers is worth its place on the disk here.
    environment = {
        **os.environ,
        "CARGO_TARGET_DIR": str(TARGET),
        "CARGO_INCREMENTAL": "1",
        "CALLBOARD_SEEDS": str(seeds),
        "CARGO_TERM_COLOR": "never",
    }
    begun = time.monotonic()
    told, built = run([*TEST, "--no-run"], 1200, env=environment)
    if not built:
        sys.exit(f"{name} cannot be built:\n{told}")
    between = time.monotonic()
    all_told, passed = "", True
    for test in tests:
        told, passed = run([*TEST, *RUN, *test], PATIENCE, env=environment)
        all_told += told
        if not passed:
            break
    (TARGET / f"mutant-{name}.log").write_text(all_told)
    building, running = between - begun, time.monotonic() - between
    if passed is None:
        return Ran(False, "?", "?", f"it does not come to rest within {PATIENCE} s", building, running)
    return Ran(passed, *(counted(all_told, what) for what in ("seeds", "points")), first_fault(all_told), building, running)


def counted(told, what):
    """How many of how many failed."""
    pattern = r"^(\d+) seeds: .* (\d+) seeds failed$" if what == "seeds" else r"^\d+ calls, (\d+) crash points, (\d+) failed$"
    found = re.search(pattern, told, re.MULTILINE)
    begun = (SEEDS if what == "seeds" else POINTS) in told
    return f"{found[2]} of {found[1]}" if found else "all" if begun else "not run"


def first_fault(told):
    """The first sentence that is not true, of the seeds if one failed, else of the crash points."""
    among = re.search(r"seeds failed, among them\n\d+: (.*)", told) or re.search(r"panicked at .*\n(?:\d+: )?(.*)", told)
    return among[1] if among else ""


def table(rows):
    heads = ["switched off", "seeds that fail", "crash points that fail", "first fault"]
    # A fault may hold an incident's words, which know nothing of tables.
    cells = [[cell.replace("|", "\\|") for cell in row] for row in [heads, ["---"] * len(heads), *rows]]
    return "\n".join("| " + " | ".join(row) + " |" for row in cells)


def main():
    asked = argparse.ArgumentParser()
    asked.add_argument("--seeds", type=int, default=300)
    asked.add_argument("--one", action="store_true", help="one fault is enough")
    asked.add_argument("--check", action="store_true", help="only look whether what they change is still there")
    asked.add_argument("names", nargs="*")
    asked = asked.parse_args()
    mutants = [mutant for mutant in MUTANTS if not asked.names or mutant.name in asked.names]
    for mutant in mutants:
        exchange(mutant.file, (ROOT / mutant.file).read_text(), mutant.old, mutant.new)
    if asked.check:
        return print(f"{len(mutants)} mutants find what they change")
    copy()
    together = [[SEEDS, POINTS]]
    whole = simulate("none", asked.seeds, [[SEEDS]] if asked.one else together)
    print(f"as it is: {whole}", flush=True)
    if not whole.passed:
        sys.exit("the simulation fails on the tree as it is")
    rows, survived = [], []
    for mutant in mutants:
        file = COPY / mutant.file
        body = file.read_text()
        file.write_text(exchange(mutant.file, body, mutant.old, mutant.new))
        try:
            ran = simulate(mutant.name, asked.seeds, [[SEEDS], [POINTS]] if asked.one else together)
        finally:
            file.write_text(body)
        print(f"{mutant.name}: {ran}", flush=True)
        rows.append([mutant.off, ran.seeds, ran.points, ran.fault])
        if ran.passed:
            survived.append(mutant.name)
    print(f"\n{table(rows)}")
    if survived:
        sys.exit(f"the simulation does not notice: {', '.join(survived)}")


main()
