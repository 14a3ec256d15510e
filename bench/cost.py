#!/usr/bin/env python3
"""What a deployment costs in a month: the table in docs/deploy.md, made from the formula below.

`python3 bench/cost.py` prints it, `--write` renews the document, `--check` fails if the document has another one.

Counted, not assumed: DynamoDB requests per flow (local/tests/doors/snapshots/requests.snap), memory, alarms and dashboards (template.yaml).
Assumed, each with its reason: how many units a request takes, how long a function runs, and what a month looks like. Nobody has seen a
bill yet. Prices are AWS's public list prices for us-east-1, in US dollars, as price guides told them between February and June 2026.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT, BEGIN, END = "docs/deploy.md", "<!-- cost -->", "<!-- /cost -->"
MINUTES = 730 * 60  # a month, as AWS reckons

# (price of one, how many are free every month in every account for ever)
# The twelve months of a new account and its credits are left out: they end.
PRICES = {
    "Lambda requests": (0.20e-6, 1e6),  # https://aws.amazon.com/lambda/pricing/
    "Lambda GB-seconds, arm64": (0.0000133334, 400e3),
    "HTTP API requests": (1.00e-6, 0),  # https://aws.amazon.com/api-gateway/pricing/
    "SQS requests, standard": (0.40e-6, 1e6),  # https://aws.amazon.com/sqs/pricing/ (one million for both kinds)
    "SQS requests, FIFO": (0.50e-6, 0),
    "DynamoDB write units": (0.625e-6, 0),  # https://aws.amazon.com/dynamodb/pricing/on-demand/
    "DynamoDB read units": (0.125e-6, 0),
    "DynamoDB GB stored": (0.25, 25),
    "DynamoDB GB of backup": (0.20, 0),  # point-in-time recovery
    "Scheduler invocations": (1.00e-6, 14e6),  # https://aws.amazon.com/eventbridge/pricing/
    "CloudWatch GB of logs": (0.50 + 0.03, 5),  # https://aws.amazon.com/cloudwatch/pricing/ (taken in, and kept)
    "CloudWatch alarms": (0.10, 10),
    "CloudWatch dashboards": (3.00, 3),
    "KMS requests": (3e-6, 20e3),  # https://aws.amazon.com/kms/pricing/ (the key of AWS itself costs nothing, nor does Parameter Store)
    "GB sent out": (0.09, 100),  # https://aws.amazon.com/ec2/pricing/on-demand/
}

# A flow: row of requests.snap, reads and writes in DynamoDB's units, seconds that Lambda is paid for, wakes that it sends.
# Units: an item of up to 1 KB is one write, twice that in a transaction; a read of up to 4 KB is one. Measured with the samples of
# events/: an incident 1.6 to 2 KB, a received signal with its payload 2.7 to 3.3 KB, everything else below 1 KB, such as the digest
# that reports count and that is written when an incident opens, is acknowledged or is over; one more write for each sparse index
# that an incident enters or leaves. Seconds: a request to DynamoDB 5 ms, one to Slack 250 ms, our own work 10 ms.
FLOWS = {
    "opens": ("a signal that opens an incident", 1, 20, 0.03, 1),
    "again": ("a signal of an open incident", 2, 16, 0.03, 1),
    "post": ("the courier: the first post", 2, 12, 0.30, 0),
    "click": ("a click", 1, 12, 0.03, 1),
    "edit": ("the courier: an edit", 2, 5, 0.29, 0),
    "line": ("the courier: an edit and a line in the thread, by two wakes", 5, 20, 0.60, 0),
    "emoji": ("an emoji, whose order is kept", 2, 11, 0.03, 1),
    # Two queries of half a unit, which may lag by a moment; of the report its newest run, which is found by its group.
    "tick": ("a minute in which nothing is due, with one report", 3, 0, 0.03, 0),
}
INGEST = 0.02  # seconds
# A month: of ten signals one opens an incident, eight repeat or resolve, one is of the same batch as another; every incident is
# acknowledged, written about and resolved, and every second one gets an emoji. Half of the repetitions show nothing new.
PER_SIGNAL = {"opens": 0.1, "again": 0.8, "post": 0.1, "click": 0.2, "line": 0.1, "edit": 0.4, "emoji": 0.05}
COLD = 0.02  # of the invocations at doors and queues; each reads two secrets
PAYLOAD_KB, LOG_KB, SLACK_KB = 2, 1, 4
# A report each morning reads the digests of its day and of the one before, eventually consistent: half a unit for 4 KB.
DIGEST_KB = 0.35


def text(path):
    return (ROOT / path).read_text()


def check_flows():
    snapshot = text("local/tests/doors/snapshots/requests.snap")
    rows = {name: int(count) for count, name in re.findall(r"^(\d+)  (.+)$", snapshot, re.M)}
    for name, reads, writes, *_ in FLOWS.values():
        # A request reads one item or writes some; what is neither has been counted wrongly.
        assert name in rows and rows[name] > 0, f"requests.snap has no flow {name!r}"
        assert reads + writes >= rows[name] / 2, name


def month(signals):
    template = text("template.yaml")
    memory = max(int(size) for size in re.findall(r"MemorySize: (\d+)", template)) / 1024
    used = dict.fromkeys(PRICES, 0.0)
    flows = {name: signals * share for name, share in PER_SIGNAL.items()} | {"tick": MINUTES}
    at_doors = signals + flows["click"] + flows["emoji"]
    invocations, seconds, wakes = signals, signals * INGEST, 0
    for name, times in flows.items():
        _, reads, writes, lasts, sends = FLOWS[name]
        used["DynamoDB read units"] += times * reads
        used["DynamoDB write units"] += times * writes
        invocations, seconds, wakes = invocations + times, seconds + times * lasts, wakes + times * sends
    used["DynamoDB read units"] += 2 * signals * PER_SIGNAL["opens"] * DIGEST_KB / 8
    used["Lambda requests"] = invocations
    used["Lambda GB-seconds, arm64"] = seconds * memory
    used["HTTP API requests"] = at_doors
    # Lambda asks each queue with five long polls of twenty seconds, however empty it is; a message is sent, taken and deleted.
    polls = MINUTES * 3 * 5
    used["SQS requests, standard"] = polls + 3 * signals
    used["SQS requests, FIFO"] = polls + 3 * wakes
    gb = 1e6
    # Received signals and digests are kept for three months, what became of them for good: the figure is that after a year.
    kept = signals * (PAYLOAD_KB + 1.5) + signals * PER_SIGNAL["opens"] * DIGEST_KB
    stored = 3 * kept / gb + signals * 12 * PER_SIGNAL["opens"] * 5 / gb
    used["DynamoDB GB stored"] = used["DynamoDB GB of backup"] = stored
    used["Scheduler invocations"] = MINUTES
    used["CloudWatch GB of logs"] = (invocations - MINUTES + at_doors) * LOG_KB / gb
    used["CloudWatch alarms"] = template.count("Type: AWS::CloudWatch::Alarm")
    used["CloudWatch dashboards"] = template.count("Type: AWS::CloudWatch::Dashboard")
    used["KMS requests"] = 2 * COLD * (invocations - MINUTES)
    used["GB sent out"] = (flows["post"] + flows["edit"] + 2 * flows["line"] + at_doors / 4) * SLACK_KB / gb
    return used


def bill(used):
    spare = PRICES["SQS requests, standard"][1] - used["SQS requests, standard"]
    listed = {name: amount * PRICES[name][0] for name, amount in used.items()}
    free = {name: PRICES[name][1] for name in PRICES} | {"SQS requests, FIFO": max(0, spare)}
    return listed, {name: max(0, amount - free[name]) * PRICES[name][0] for name, amount in used.items()}


def short(amount):
    for size, sign in ((1e6, " M"), (1e3, " k"), (1, "")):
        if amount >= size:
            return f"{amount / size:.3g}{sign}"
    return f"{amount:.2g}"


def table():
    months = [0, 10_000, 1_000_000]
    used = [month(signals) for signals in months]
    bills = [bill(amounts) for amounts in used]
    lines = ["| in a month | price | idle | 10,000 signals | 1,000,000 signals |", "| --- | --- | --- | --- | --- |"]
    for name, (price, _) in PRICES.items():
        each = f"${price * 1e6:,.3g} a million" if price < 0.001 else f"${price:,.3g}"
        amounts = [f"{short(amounts[name])}: ${listed[name]:,.2f}" for amounts, (listed, _) in zip(used, bills)]
        lines.append(f"| {name} | {each} | {' | '.join(amounts)} |")
    for title, which in (("**all, at list price**", 0), ("**all, less what is free every month**", 1)):
        lines.append(f"| {title} | | {' | '.join(f'**${sum(bill[which].values()):,.2f}**' for bill in bills)} |")
    return "\n".join(lines)


def main(option=None):
    check_flows()
    if option is None:
        print(table())
        return
    page = text(DOCUMENT)
    before, rest = page.split(BEGIN)
    new = f"{before}{BEGIN}\n{table()}\n{END}{rest.split(END)[1]}"
    if option == "--write":
        (ROOT / DOCUMENT).write_text(new)
    elif new != page:
        sys.exit(f"{DOCUMENT} has another table than bench/cost.py makes: python3 bench/cost.py --write")


if __name__ == "__main__":
    main(*sys.argv[1:])
