"""A running `cargo local` for the scripts beside this: started on a free port with fresh state, its clock moved, its Slack
workspace read; stopped at the end.
"""

import json
import re
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SDK = ROOT / "slack-emulator" / "sdk"
sys.path.insert(0, str(SDK))

from workspace import Workspace  # noqa: E402

CHANNELS = ["alerts", "ops", "deploys", "payments-oncall", "general"]


class Laptop(Workspace):
    """The whole of it at `url`; the Slack workspace is asked as in `slack-emulator/sdk/workspace.py`."""

    def ask(self, path, body=None):
        """GET, or POST with a body; fails unless the answer is 2xx."""
        data = json.dumps(body).encode() if body is not None else None
        with urllib.request.urlopen(self.url + path, data, timeout=300) as answer:
            return json.load(answer)

    def pass_time(self, step="1m", most=240):
        """Moves the clock on, step by step, until nothing waits and Slack shows all that is stored; tells how many steps."""
        for steps in range(1, most + 1):
            did = self.ask("/_local/clock", {"advance": step})["did"]
            assert not did["dead"], f"{did['dead']} messages failed too often"
            if not did["waiting"] and not self.behind():
                return steps
        raise AssertionError(f"there is still work after {most} steps of {step}: {did}")

    def behind(self):
        """How many incidents are not shown as they are stored."""

        def shown(incident):
            return incident["posts"] and all(post["shown_revision"] == incident["revision"] for post in incident["posts"])

        return sum(not shown(incident) for incident in self.ask("/_local/incidents"))

    def posts(self):
        """What stands in the channels, without threads: the words of each message, as the phone shows them."""
        for channel in CHANNELS:
            for message in self.messages(channel):
                first = message["attachments"][0] if message["attachments"] else {}
                yield message["text"] or first.get("fallback", "")


@contextmanager
def up(program):
    """Runs `local up` with this folder's config."""
    config = str(Path(__file__).with_name("callboard.yaml"))
    command = [program, "up", "--port", "0", "--config", config]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        found = (re.search(r"http://[\d.]+:\d+", line) for line in running.stdout)
        url = next((match[0] for match in found if match), None)
        assert url, f"{program} did not start"
        yield Laptop(url)
    finally:
        running.terminate()
        running.wait()
