"""A running Alertmanager for the scripts beside this, with the config of theirs that is named; stopped at the end."""

import json
import re
import subprocess
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path

from workspace import free_port

PROGRAM = "prometheus-alertmanager"


class Alertmanager:
    """At `url`, with one receiver by `integration`."""

    def __init__(self, url, integration):
        self.url = url
        self.integration = integration

    def ask(self, path, body=None):
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.url + path, data, {"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read().decode()

    def send(self, alerts):
        """As Prometheus does: some at a time, and soon once more, since an alert is told for as long as it lasts."""
        for _ in range(2):
            for begin in range(0, len(alerts), 64):
                self.ask("/api/v2/alerts", alerts[begin : begin + 64])

    def count(self, metric):
        """One of its own counts, for all that its receiver does."""
        line = rf'^alertmanager_{metric}{{integration="{self.integration}"[^}}]*}} (\S+)$'
        return sum(int(float(value)) for value in re.findall(line, self.ask("/metrics"), re.MULTILINE))

    def version(self):
        return json.loads(self.ask("/api/v2/status"))["versionInfo"]["version"]

    def ready(self):
        for _ in range(100):
            try:
                return self.ask("/-/ready")
            except OSError:
                time.sleep(0.1)
        raise AssertionError("Alertmanager did not start")


@contextmanager
def alertmanager(integration, receiver):
    """Sends to `receiver`, a host and port, by the config `alertmanager-<integration>.yml`."""
    config = Path(__file__).with_name(f"alertmanager-{integration}.yml").read_text().replace("RECEIVER", receiver)
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "config.yml").write_text(config)
        address = f"127.0.0.1:{free_port()}"
        command = [PROGRAM, f"--config.file={folder}/config.yml", f"--storage.path={folder}", "--cluster.listen-address="]
        running = subprocess.Popen([*command, f"--web.listen-address={address}", "--log.level=error"], stderr=subprocess.DEVNULL)
        try:
            started = Alertmanager(f"http://{address}", integration)
            started.ready()
            yield started
        finally:
            running.terminate()
            running.wait()


def now():
    """As Alertmanager reads it."""
    return datetime.now(timezone.utc).isoformat()
