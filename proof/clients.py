"""What pages PagerDuty, Opsgenie or Alertmanager pages Callboard after a change of its URL: by the clients themselves.

    apt-get install prometheus prometheus-alertmanager && pip install -r proof/clients.txt && cargo build -p local
    python proof/clients.py target/debug

The argument is cargo's folder of binaries. PagerDuty's and Opsgenie's own SDKs, Alertmanager's receivers for both, amtool and a
Prometheus without an Alertmanager each tell of something that begins and ends; Prometheus repeats it every second meanwhile. Fails
unless each has exactly one message, resolved at the end, and each word that is no trouble has its own.
"""

import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path

import httpx2
import opsgenie_sdk
import pagerduty

from laptop import up
from sender import alertmanager, now
from workspace import free_port

PATIENCE = 40
# How long Prometheus' alert lasts.
LASTS = 8

# What begins and ends, and what is only told.
TROUBLES = [
    "Pump 1 stands still (by PagerDuty's SDK)",
    "Pump 2 stands still (by PagerDuty's SDK, without a key)",
    "Pump 3 stands still (by Opsgenie's SDK)",
    "Pump 4 stands still (by Opsgenie's SDK, without an alias)",
    "Pump 5 stands still (by Prometheus)",
    "Pump 6 stands still (by amtool)",
    "Pump 7 stands still (by Alertmanager's PagerDuty receiver)",
    "Pump 7 stands still (by Alertmanager's Opsgenie receiver)",
]
WORDS = ["Pump 1 was oiled", "Acknowledged: pump-1", "Acknowledged by ana@acme.example: pump-3", "Note by ana@acme.example: pump-3"]


def shown(laptop):
    """How many messages begin with which word, for each of the above."""
    posts = list(laptop.posts())
    found = {}
    for words in TROUBLES + WORDS:
        found[words] = Counter("RESOLVED" if "RESOLVED" in post else "told" for post in posts if words in post)
    known = sum(counts.total() for counts in found.values())
    assert known == len(posts), f"nobody asked for one of these: {posts}"
    return found


def wait(laptop, what, holds):
    end = time.monotonic() + PATIENCE
    while not holds(shown(laptop)):
        if time.monotonic() > end:
            sys.exit(f"not {what} after {PATIENCE} s: {shown(laptop)}")
        time.sleep(0.3)


@contextmanager
def prometheus(receiver, until):
    """One rule that fires until a time, told every second to `receiver`, a host and port."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "rules.yml").write_text(f"""
groups:
  - name: pumps
    rules:
      - alert: PumpStandsStill
        expr: vector(time()) < {until}
        labels: {{ severity: critical, instance: pump-5 }}
        annotations: {{ summary: "{TROUBLES[4]}" }}
""")
        Path(folder, "config.yml").write_text(f"""
global: {{ evaluation_interval: 1s }}
rule_files: [rules.yml]
alerting:
  alertmanagers:
    - static_configs: [{{ targets: ["{receiver}"] }}]
""")
        command = ["prometheus", f"--config.file={folder}/config.yml", f"--storage.tsdb.path={folder}/data", "--log.level=error"]
        command += [f"--web.listen-address=127.0.0.1:{free_port()}", "--rules.alert.resend-delay=1s"]
        running = subprocess.Popen(command)
        try:
            yield
        finally:
            running.terminate()
            running.wait()


class WithoutTls(httpx2.HTTPTransport):
    """PagerDuty's SDK takes no address without TLS, and a laptop has none: this takes it off on the way."""

    def handle_request(self, request):
        request.url = request.url.copy_with(scheme="http")
        return super().handle_request(request)


def opsgenie(url):
    configuration = opsgenie_sdk.configuration.Configuration()
    configuration.host = url
    configuration.api_key["Authorization"] = "an-api-key"
    configuration.retry_enabled = False
    client = opsgenie_sdk.api_client.ApiClient(configuration=configuration)
    return opsgenie_sdk.AlertApi(api_client=client), opsgenie_sdk.HeartbeatApi(api_client=client)


def amtool(receiver, *more):
    labels = ["alertname=PumpStandsStill", "instance=pump-6", "severity=warning"]
    command = ["amtool", f"--alertmanager.url=http://{receiver}", "alert", "add", *labels, f"--annotation=summary={TROUBLES[5]}", *more]
    subprocess.run(command, check=True)


def main(binaries):
    with up(f"{binaries}/local") as laptop:
        receiver = laptop.url.removeprefix("http://")
        pager = pagerduty.EventsApiV2Client("an-integration-key", base_url=f"https://{receiver}", transport=WithoutTls())
        alerts, heartbeats = opsgenie(laptop.url)
        begin = now()
        until = int(time.time()) + LASTS
        with prometheus(receiver, until), alertmanager("pagers", receiver) as sender:
            told = {"labels": {"alertname": "PumpStandsStill", "instance": "pump-7"}, "startsAt": begin}
            told["annotations"] = {"summary": "Pump 7 stands still"}
            sender.send([told])
            assert pager.trigger(TROUBLES[0], "pump-1", dedup_key="pump-1", links=[{"href": "https://acme.example/1", "text": "Pump"}]) == "pump-1"
            made_up = pager.trigger(TROUBLES[1], "pump-2")
            alerts.create_alert(opsgenie_sdk.CreateAlertPayload(message=TROUBLES[2], alias="pump-3", priority="P1"))
            fourth = alerts.create_alert(opsgenie_sdk.CreateAlertPayload(message=TROUBLES[3])).id
            amtool(receiver, f"--start={begin}")
            wait(laptop, "all told", lambda found: all(found[words].total() == 1 for words in TROUBLES))

            pager.send_change_event({"summary": "Pump 1 was oiled", "source": "workshop"})
            pager.acknowledge("pump-1")
            ana = {"user": "ana@acme.example"}
            alerts.acknowledge_alert("pump-3", identifier_type="alias", acknowledge_alert_payload=opsgenie_sdk.AcknowledgeAlertPayload(**ana))
            alerts.add_note("pump-3", opsgenie_sdk.AddNoteToAlertPayload(note="It is the belt.", **ana), identifier_type="alias")
            heartbeats.ping("workshop")

            pager.resolve("pump-1")
            pager.resolve(made_up)
            alerts.close_alert("pump-3", identifier_type="alias", close_alert_payload=opsgenie_sdk.CloseAlertPayload(**ana))
            alerts.close_alert(fourth, identifier_type="id")
            amtool(receiver, f"--start={begin}", f"--end={(datetime.now(timezone.utc) - timedelta(seconds=1)).isoformat()}")
            sender.send([{**told, "endsAt": now()}])
            wait(laptop, "all resolved", lambda found: all(found[words]["RESOLVED"] == 1 for words in TROUBLES) and all(found[words] for words in WORDS))
            # Prometheus goes on telling that it is over.
            time.sleep(2)
        repeated = [len(incident["timeline"]) for incident in laptop.ask("/_local/incidents") if incident["title"] == TROUBLES[4]]
        found = shown(laptop)
    for words, counts in found.items():
        print(f"{words:<60} {counts.total()} message, {'resolved' if counts['RESOLVED'] else 'told'}")
    wrong = [words for words in TROUBLES if found[words] != {"RESOLVED": 1}] + [words for words in WORDS if found[words] != {"told": 1}]
    if wrong:
        sys.exit(f"not once, or not in the state that it is in: {wrong}")
    if repeated != [2]:
        sys.exit(f"an alert that began and ended has {repeated} lines in its timeline")


main(sys.argv[1])
