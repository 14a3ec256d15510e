#!/usr/bin/env python3
"""What a report asks AWS for, asked for real but for the cloud: MiniStack holds alarms, metrics and logs that boto3 has put there, and
the notifier's own code, with the signed requests of the deployment, reads them (functions/notifier/tests/cloud.rs). Then the same as
somebody who has no right.

    python -m venv venv && venv/bin/pip install ministack==1.5.33 cbor2 cryptography boto3
    venv/bin/python proof/cloud.py

What MiniStack 1.5.33 has not got is said by the test: Cost Explorer, metric math, log alarms, `stats` in Logs Insights.
"""

import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import boto3
from botocore.config import Config

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "slack-emulator" / "sdk"))

from workspace import free_port  # noqa: E402

REGION = "eu-west-1"
KEYS = ("test", "test")  # the account's root, at MiniStack
FIRING = 205
PERIOD, VALUES = 300, 24 * 12


@contextmanager
def ministack(log):
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    settings = {"BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "AWS_ENDPOINT_URL": url, "IOT_MTLS_ENABLED": "0", "AUTH": "true"}
    running = subprocess.Popen([Path(sys.executable).with_name("ministack")], env={**os.environ, **settings}, stdout=log, stderr=subprocess.STDOUT)
    try:
        until = time.monotonic() + 60
        while not answers(url):
            assert time.monotonic() < until and running.poll() is None, "MiniStack did not start"
            time.sleep(0.1)
        yield url
    finally:
        running.terminate()
        running.wait(30)


def client(url, service):
    config = Config(region_name=REGION, retries={"total_max_attempts": 1})
    return boto3.client(service, endpoint_url=url, config=config, aws_access_key_id=KEYS[0], aws_secret_access_key=KEYS[1])


def answers(url):
    try:
        return client(url, "sqs").list_queues() is not None
    except Exception:
        return False


def put_alarms(url):
    alarms = client(url, "cloudwatch")
    rule = {"Namespace": "Proof", "MetricName": "Latency", "Statistic": "Average", "Period": 300, "EvaluationPeriods": 1, "Threshold": 1.0}
    names = [f"proof-{number:03}" for number in range(FIRING)]
    for name in [*names, "proof-silent", "other"]:
        alarms.put_metric_alarm(AlarmName=name, ComparisonOperator="GreaterThanThreshold", **rule)
    for name in [*names, "other"]:
        alarms.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="said by\nthe proof")
    alarms.put_composite_alarm(AlarmName="proof-both", AlarmRule='ALARM("proof-000") AND ALARM("proof-001")')


def put_metrics(url, slot):
    """Each period of the last day has the values n and n + 2, of the week before n."""
    data = []
    for number in range(VALUES):
        for value, earlier in [(number, 0), (number + 2, 0), (number, 7 * 86400)]:
            at = slot - earlier - (VALUES - number) * PERIOD + 10
            data.append({"MetricName": "Latency", "Dimensions": [{"Name": "Service", "Value": "checkout"}], "Timestamp": at, "Value": value, "Unit": "Milliseconds"})
    metrics = client(url, "cloudwatch")
    for begin in range(0, len(data), 500):
        metrics.put_metric_data(Namespace="Proof", MetricData=data[begin : begin + 500])


def put_logs(url, slot):
    logs = client(url, "logs")
    for group in ["/proof/checkout", "/proof/mail"]:
        logs.create_log_group(logGroupName=group)
        logs.create_log_stream(logGroupName=group, logStreamName="one")
        events = [{"timestamp": (slot - 600 + number) * 1000, "message": f"{'ERROR' if number % 2 else 'INFO'} {group} {number}"} for number in range(40)]
        logs.put_log_events(logGroupName=group, logStreamName="one", logEvents=events)


def nobody(url):
    """The keys of a user who may do nothing."""
    iam = client(url, "iam")
    iam.create_user(UserName="nobody")
    key = iam.create_access_key(UserName="nobody")["AccessKey"]
    return key["AccessKeyId"], key["SecretAccessKey"]


def read(url, slot, keys, test):
    environment = {"AWS_ENDPOINT_URL": url, "AWS_REGION": REGION, "AWS_ACCESS_KEY_ID": keys[0], "AWS_SECRET_ACCESS_KEY": keys[1], "SLOT": str(slot)}
    command = ["cargo", "test", "-p", "notifier", "--features", "lambda", "--test", "cloud", "--", "--exact", test, "--nocapture"]
    ran = subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True, check=False)
    print(ran.stdout)
    return ran.returncode == 0 and "1 passed" in ran.stdout


def main():
    slot = int(time.time()) // 3600 * 3600
    with tempfile.TemporaryFile() as log, ministack(log) as url:
        put_alarms(url)
        put_metrics(url, slot)
        put_logs(url, slot)
        tests = [("what_is_there_is_read", KEYS), ("who_has_no_right_hears_what_is_missing", nobody(url))]
        results = [read(url, slot, keys, test) for test, keys in tests]
        if all(results):
            return 0
        log.seek(0)
        sys.stdout.buffer.write(log.read()[-20_000:])
        return 1


if __name__ == "__main__":
    sys.exit(main())
