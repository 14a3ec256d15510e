"""Real Alertmanager sends a thousand alerts to Callboard through a network that loses things: each must be visible once.

    apt-get install prometheus-alertmanager && cargo build -p local
    python proof/alertmanager.py target/debug

The argument is cargo's folder of binaries. A proxy in between takes a notification and loses the answer, answers later than
Alertmanager waits, answers 503 though it was taken, or loses the notification itself; what befalls which is drawn from a seed.
A third of the alerts is then resolved. Fails unless every alert has exactly one message, in the state that it is in.
"""

import json
import random
import re
import sys
import threading
import time
import urllib.request
from collections import Counter
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from laptop import CHANNELS, up
from sender import alertmanager, now

ALERTS = 1_000
TEAMS = 20
SEED = 3
# What befalls a notification, and how often out of a hundred.
FATES = {"taken, answer lost": 20, "taken, answer late": 3, "taken, answered 503": 7, "lost": 5, "taken, answer slow": 15, "taken": 50}
# Alertmanager waits for ten seconds.
LATE, SLOW = 11.0, 1.0
PATIENCE = 120


class Network:
    """What happened to the notifications, and which alerts Alertmanager knows to be delivered."""

    def __init__(self, target):
        self.target = target
        self.lock = threading.Lock()
        self.tries = Counter()
        self.fates = Counter()
        self.taken = Counter()
        self.answered = set()

    def fate(self, notification):
        """Drawn anew for each try; the order in which they come does not matter."""
        statuses = ",".join(sorted(alert["fingerprint"] + alert["status"] for alert in notification["alerts"]))
        with self.lock:
            self.tries[statuses] += 1
            draw = random.Random(f"{SEED} {statuses} {self.tries[statuses]}")
            (fate,) = draw.choices(list(FATES), FATES.values())
            self.fates[fate] += 1
        return fate

    def deliver(self, path, body):
        """Hands it on, and tells the answer's status and body."""
        request = urllib.request.Request(self.target + path, body, {"content-type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read()

    def pass_on(self, path, body):
        """The status and body to answer with, or nothing if the connection is to break."""
        notification = json.loads(body)
        fate = self.fate(notification)
        if fate == "lost":
            return None
        answer = self.deliver(path, body)
        alerts = [(alert["labels"]["n"], alert["status"]) for alert in notification["alerts"]]
        with self.lock:
            self.taken.update(alerts)
        time.sleep({"taken, answer late": LATE, "taken, answer slow": SLOW}.get(fate, 0))
        if fate == "taken, answer lost":
            return None
        if fate == "taken, answered 503":
            return 503, b""
        if fate != "taken, answer late":
            with self.lock:
                self.answered.update(alerts)
        return answer

    def wait_for(self, alerts):
        """Until Alertmanager has an answer for each of these."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with self.lock:
                if self.answered.issuperset(alerts):
                    return
            time.sleep(0.2)
        raise AssertionError(f"{len(set(alerts) - self.answered)} notifications are not through after {PATIENCE} s")


@contextmanager
def proxy(target):
    network = Network(target)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            answer = network.pass_on(self.path, self.rfile.read(int(self.headers["content-length"])))
            if answer is None:
                self.close_connection = True
                return
            status, body = answer
            try:
                self.send_response(status)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True  # Alertmanager no longer waits: that is what "late" is for

        def log_message(self, *_):
            pass

    class Server(ThreadingHTTPServer):
        request_queue_size = 1_024
        daemon_threads = True

    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield network, f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


def alert(n, begin, end=None):
    labels = {"alertname": "Load", "n": str(n), "severity": "warning", "channel": CHANNELS[n % len(CHANNELS)]}
    if n % 2:
        labels["team"] = f"team-{n // 2 % TEAMS}"
    told = {"labels": labels, "annotations": {"summary": f"Alert {n} of {ALERTS}"}, "startsAt": begin}
    return {**told, "endsAt": end} if end else told


def main(binaries):
    with up(f"{binaries}/local") as laptop, proxy(laptop.url) as (network, receiver), alertmanager("webhook", receiver) as sender:
        begin = now()
        numbers = range(ALERTS)
        sender.send([alert(n, begin) for n in numbers])
        network.wait_for([(str(n), "firing") for n in numbers])
        laptop.pass_time()
        over = [n for n in numbers if n % 3 == 0]
        end = now()
        sender.send([alert(n, begin, end) for n in over])
        network.wait_for([(str(n), "resolved") for n in over])
        laptop.pass_time()

        shown = {n: [] for n in numbers}
        for words in laptop.posts():
            found = re.search(rf"(\w+).*Alert (\d+) of {ALERTS}", words)
            assert found, f"nobody asked for this message: {words}"
            shown[int(found[2])].append(found[1])
        missing = [n for n in numbers if not shown[n]]
        twice = [n for n in numbers if len(shown[n]) > 1]
        wrong = [n for n in numbers if shown[n] and shown[n][0] != ("RESOLVED" if n in over else "FIRING")]
        rows = {
            "alerts": ALERTS,
            "of them resolved": len(over),
            "notifications that Alertmanager sent": sum(network.fates.values()),
            **{f"  {fate}": network.fates[fate] for fate in FATES},
            "failed, as Alertmanager counts": sender.count("notification_requests_failed_total"),
            "times that an alert came in firing": sum(count for (_, status), count in network.taken.items() if status == "firing"),
            "times that an alert came in resolved": sum(count for (_, status), count in network.taken.items() if status == "resolved"),
            "messages in Slack": sum(map(len, shown.values())),
            "alerts without a message": len(missing),
            "alerts with more than one": len(twice),
            "messages that show another state": len(wrong),
        }
        for words, figure in rows.items():
            print(f"{words:<40} {figure:>6}")
        if missing or twice or wrong:
            sys.exit(f"not each visible once: missing {missing}, twice {twice}, wrong {wrong}")


main(sys.argv[1])
