"""AWS on this machine: MiniStack (aws.py) with IAM enforced, on a free port, with a clock that can be moved; stopped at the end.

Whoever has the key `test` is the account's root; functions get their roles' own keys.
"""

import os
import struct
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import boto3
from botocore.config import Config

from workspace import free_port

REGION = "us-east-1"
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": REGION}


class Clock:
    """The time of day of MiniStack and of every function that it runs; see clock.c."""

    def __init__(self, folder):
        self.file = folder / "clock"
        self.file.write_bytes(bytes(8))
        self.library = folder / "clock.so"
        source = Path(__file__).with_name("clock.c")
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", self.library, source], check=True)

    def stand(self, milliseconds):
        """It stands still at a time since 1970."""
        # In place: the processes have the file mapped.
        with self.file.open("r+b") as file:
            file.write(struct.pack("=q", milliseconds * 1_000_000))

    def run(self):
        """It goes with the machine's."""
        self.stand(0)

    def environment(self):
        return {"LD_PRELOAD": str(self.library), "STORY_CLOCK": str(self.file), "TZ": "UTC"}


class Cloud:
    """Reached at `url`; `client("sqs")` speaks to one of its services as root."""

    def __init__(self, url, clock, rights):
        self.url, self.clock, self.rights = url, clock, rights
        self.clients = {}

    def client(self, service):
        if service not in self.clients:
            config = Config(region_name=REGION, retries={"total_max_attempts": 1}, read_timeout=120)
            keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
            self.clients[service] = boto3.client(service, endpoint_url=self.url, config=config, **keys)
        return self.clients[service]

    def environment(self):
        """For other programs that speak to it as root."""
        return {**os.environ, **KEYS, "AWS_ENDPOINT_URL": self.url, "SAM_CLI_TELEMETRY": "0"}

    def decisions(self):
        """What IAM has decided until now: (decision, who, action, resource)."""
        return [tuple(line.split(" ", 3)) for line in self.rights.read_text().splitlines()]


@contextmanager
def cloud(folder):
    """Runs MiniStack, which is installed beside this Python. Its log is in the folder."""
    port, clock, rights = free_port(), Clock(folder), folder / "rights.log"
    rights.write_text("")
    url = f"http://127.0.0.1:{port}"
    # AWS_ENDPOINT_URL is how the functions find it. Idle functions are kept: a clock that jumps would end them all.
    environment = {"BIND_HOST": "127.0.0.1", "MINISTACK_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "AWS_ENDPOINT_URL": url, "IOT_MTLS_ENABLED": "0", "AUTH": "true", "RIGHTS": str(rights), "LAMBDA_WARM_TTL_SECONDS": "1000000000"}
    with (folder / "ministack.log").open("wb") as output:
        program = Path(__file__).with_name("aws.py")
        running = subprocess.Popen([sys.executable, program], env={**os.environ, **environment, **clock.environment()}, stdout=output, stderr=subprocess.STDOUT)
        try:
            found = Cloud(url, clock, rights)
            wait_until(lambda: answers(found), "MiniStack did not start", 60)
            yield found
        finally:
            running.terminate()
            try:
                running.wait(30)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()


def answers(found):
    try:
        return found.client("sqs").list_queues() is not None
    except Exception:
        return False


def wait_until(holds, otherwise, seconds=30, pause=0.05):
    """What `holds` says, as soon as it is true."""
    until = time.monotonic() + seconds
    while not (result := holds()):
        assert time.monotonic() < until, otherwise() if callable(otherwise) else otherwise
        time.sleep(pause)
    return result
