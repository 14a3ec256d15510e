"""A served workspace for the scripts beside this: started on a free port, asked and worked as its people would, stopped at the end.

Knows nothing of any SDK.
"""

import json
import socket
import subprocess
import urllib.request
from contextlib import contextmanager


class Workspace:
    """`url` is the server's address; the Web API is below `url + "/api/"`."""

    def __init__(self, url):
        self.url = url

    def people(self, path, body=None):
        """Asks the people's API, or posts to it."""
        data = json.dumps(body).encode() if body is not None else None
        with urllib.request.urlopen(f"{self.url}/_slack/{path}", data, timeout=30) as answer:
            return json.load(answer)

    def act(self, **do):
        """Something that Ana does."""
        return self.people("act", {"user": "U01ANA", "do": do})

    def fail(self, method, kind, times=1, **more):
        """Lets the next calls of a method fail."""
        told = self.people("faults", {"method": method, "kind": kind, "times": times, **more})
        assert told["ok"], told

    def messages(self, channel):
        """What Ana sees in a channel, oldest first."""
        return self.people(f"channels/{channel}/messages?user=U01ANA")["messages"]

    def calls(self):
        """How many calls there were, and of how many methods."""
        counts = self.people("log")["counts"]
        return sum(sum(outcomes.values()) for outcomes in counts.values()), len(counts)


@contextmanager
def serve(program, *arguments, address="127.0.0.1:0"):
    """Runs the example `serve` with these arguments after its address."""
    running = subprocess.Popen([program, address, *arguments], stdout=subprocess.PIPE, text=True)
    try:
        url = running.stdout.readline().strip()
        assert url.startswith("http://"), f"{program} did not start"
        yield Workspace(url)
    finally:
        running.terminate()
        running.wait()


def free_port():
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
