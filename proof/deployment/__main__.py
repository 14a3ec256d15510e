"""The deployment, for real but for the cloud: the real SAM CLI builds and deploys template.yaml to MiniStack, which enforces the
template's IAM policies, and there

- the laptop's stories (`local/tests/scenarios`) are played, which must be told as on the laptop, word for word (`proof/deployed`); those
  that bring rules of their own with the same programs, but for their rules (rules.py),
- a report is due (report.txt), which shows what the account holds (account.py), and must be told as report.told says,
- each door that only AWS has is tried, the schedule rings, a poisoned message ends with the dead letters (events.py),
- each right of each function is taken away once, which must be missed (policies.py); and with all of them none is.

    python -m venv venv && venv/bin/pip install ministack==1.5.33 aws-sam-translator cbor2 cryptography boto3
    cargo build -p deployed && cargo build -p slack-emulator --example serve
    venv/bin/python proof/deployment --sam sam --binaries target/debug

cargo-lambda has to be on the PATH. `--built` takes what `sam build` has built before; `--only stories`, `events` or `rights` plays
that part, and `--story NAME` the stories with these words in their names. Prints a table; fails if anything in it is wrong.
"""

import argparse
import os
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent.parent / "slack-emulator" / "sdk"))

from account import fill  # noqa: E402
from cloud import KEYS, cloud  # noqa: E402
from events import Ways  # noqa: E402
from policies import REPORT, Rights  # noqa: E402
from rules import of_stories, other_rules  # noqa: E402
from stack import LARGEST_ZIP, build, deploy, sizes  # noqa: E402
from stories import operator  # noqa: E402
from workspace import free_port, serve  # noqa: E402

PARTS = ["stories", "events", "rights"]


class Table:
    """What was tried, what came of it, how long it took."""

    def __init__(self):
        self.rows, self.began = [], time.monotonic()

    def add(self, what, result, right=True):
        now = time.monotonic()
        self.rows.append((what, result, now - self.began, right))
        self.began = now
        print(f"{'ok    ' if right else 'FAILED'} {what}: {result}", flush=True)

    @contextmanager
    def step(self, what):
        try:
            yield
            self.add(what, "ok")
        except Exception as error:
            self.add(what, f"{type(error).__name__}: {error}", False)

    def print(self):
        print()
        for what, result, seconds, right in self.rows:
            print(f"{seconds:7.1f} s  {'      ' if right else 'FAILED'} {what}: {result}")

    def is_right(self):
        return all(right for *_, right in self.rows)


def prove(options, folder, table):
    if not options.built:
        build(options.sam, {**os.environ, **KEYS, "SAM_CLI_TELEMETRY": "0"})
        table.add("sam build", "ok")
    for function, size in sizes().items():
        table.add(f"zip of {function}", f"{size / 1e6:.2f} MB", size < LARGEST_ZIP)
    slack_port = free_port()
    with cloud(folder) as aws:
        stack = deploy(options.sam, aws, f"http://127.0.0.1:{slack_port}/")
        table.add("sam deploy", f"{len(stack.names)} resources")
        binaries = options.binaries.resolve()
        if "events" in options.only:
            with serve(binaries / "examples" / "serve", address=f"127.0.0.1:{slack_port}") as slack:
                for check in Ways(stack, slack).checks():
                    with table.step(check.__doc__):
                        check()
        with operator(stack, slack_port) as at_work:
            fill(aws)
            if "stories" in options.only:
                right = at_work.play(binaries / "deployed", folder, options.story)
                table.add("the laptop's stories", "as on the laptop" if right else "told otherwise", right)
                right = at_work.play(binaries / "deployed", folder, REPORT)
                table.add("a report of what the account holds", "as written down" if right else "told otherwise", right)
                for rules in of_stories():
                    with other_rules(stack, at_work, binaries / "deployed", rules):
                        right = at_work.play(binaries / "deployed", folder, options.story)
                    table.add(f"the stories by {Path(rules).name}", "as on the laptop" if right else "told otherwise", right)
            denials = [decision for decision in aws.decisions() if decision[0] == "denied"]
            table.add("calls denied with all rights", f"{len(denials)} of {len(aws.decisions())} {denials[:3] or ''}", not denials)
            if "rights" in options.only:
                for function, action, on, result, right in Rights(stack, at_work, binaries / "deployed", folder).rows():
                    table.add(f"{function} without {action} on {on}", result, right)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sam", default="sam")
    parser.add_argument("--binaries", type=Path, default=Path("target/debug"))
    parser.add_argument("--built", action="store_true")
    parser.add_argument("--only", choices=PARTS, action="append")
    parser.add_argument("--story", default="")
    parser.add_argument("--keep", type=Path, help="a folder for logs and for what was told, instead of one that is removed")
    options = parser.parse_args()
    options.only = options.only or PARTS
    table = Table()
    with tempfile.TemporaryDirectory() as folder:
        folder = options.keep or Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            prove(options, folder.resolve(), table)
        finally:
            table.print()
    return 0 if table.is_right() else 1


if __name__ == "__main__":
    sys.exit(main())
