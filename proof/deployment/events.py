"""What a story does not tell: each door that only AWS has, and what happens by itself. Slack is the emulator, as a process of its own.

Each check is a function that fails with what it missed; its name and first words stand in the table.
"""

import base64
import json
import time
import urllib.request

from cloud import wait_until
from stack import MAIL, ROOT, SLACK, SOURCES

ALERTS = "alerts"

# Lines of the log that Lambda writes, not the functions.
PLATFORM = ("INIT_START", "START ", "END ", "REPORT ")


def event(path):
    return json.loads((ROOT / "events" / path).read_text())


class Ways:
    """The checks, in order, on a running stack and its Slack."""

    def __init__(self, stack, slack):
        self.stack, self.cloud, self.slack = stack, stack.cloud, slack

    def checks(self):
        return [self.webhook, self.own, self.binary, self.documented, self.topic, self.mail, self.mail_in_a_bucket, self.rule, self.service, self.minute, self.poison, self.logged]

    def shown(self, words):
        """Waits until a message with these words is in the channel."""

        def found():
            return any(words in json.dumps(message, ensure_ascii=False) for message in self.slack.messages(ALERTS))

        wait_until(found, f"no message in #{ALERTS} says {words}", 60)

    def post(self, body, content_type, source="proof"):
        headers = {"authorization": f"Bearer {SOURCES['hooks']}", "content-type": content_type}
        with urllib.request.urlopen(urllib.request.Request(f"{self.stack.api}/hooks/{source}", body, headers), timeout=60) as answer:
            assert answer.status == 200, answer.status

    def signal(self, title, **more):
        return json.dumps({"title": title, "key": title, "severity": "error", **more}, ensure_ascii=False).encode()

    def webhook(self):
        """A webhook reaches Slack through API Gateway, three functions and two queues"""
        self.post(self.signal("By webhook"), "application/json")
        self.shown("By webhook")

    def own(self):
        """A source of the team's own, whose mapping lay beside the config"""
        self.post(json.dumps({"check": {"id": 17, "name": "Kiosk"}, "was": "down"}).encode(), "application/json", "pulse")
        self.shown("Kiosk is down")

    def binary(self):
        """A body that API Gateway hands over as base64"""
        self.post(self.signal("Größe überschritten"), "application/octet-stream")
        self.shown("Größe überschritten")

    def documented(self):
        """The event as AWS documents it, payload format 2.0 with a base64 body"""
        asked = event("functions/ingest-api-gateway-base64.json")
        asked["headers"]["authorization"] = f"Bearer {SOURCES['hooks']}"
        answer = self.invoke("IngestFunction", asked)
        assert answer["statusCode"] == 200, answer
        title = json.loads(base64.b64decode(asked["body"]))["title"]
        self.shown(title)

    def topic(self):
        """An alarm by the SNS topic"""
        alarm = json.dumps({**event("cloudwatch/alarm.json"), "AlarmName": "By topic"})
        self.cloud.client("sns").publish(TopicArn=self.stack.names["Topic"], Message=alarm)
        self.shown("By topic")

    def mail(self):
        """A mail that SES received, by the topic, and none of a sender whom nothing proves"""
        received = event("mail/ses-topic.json")["Message"]
        unproven = json.loads(received)
        unproven["receipt"]["dmarcVerdict"]["status"] = "FAIL"
        for message in [json.dumps(unproven).replace("Disk full on db-1", "Nobody proves it"), received.replace("Disk full on db-1", "By mail")]:
            self.cloud.client("sns").publish(TopicArn=self.stack.names["Topic"], Message=message)
        self.shown("By mail")
        wait_until(lambda: any('"mail is refused"' in line for line in self.stack.log()), "the log tells of no refusal", 60)
        assert not any("Nobody proves it" in json.dumps(message) for message in self.slack.messages(ALERTS))

    def mail_in_a_bucket(self):
        """A mail whose text lies in S3"""
        received = event("mail/ses-bucket.json")["Message"]
        place = json.loads(received)["receipt"]["action"]
        assert place["bucketName"] == MAIL
        storage = self.cloud.client("s3")
        storage.create_bucket(Bucket=MAIL)
        text = "From: Acme Monitoring <alerts@status.acme.example>\r\nSubject: [FIRING] By bucket\r\n\r\nOut of the bucket\r\n"
        storage.put_object(Bucket=MAIL, Key=place["objectKey"], Body=text.encode())
        self.cloud.client("sns").publish(TopicArn=self.stack.names["Topic"], Message=received)
        self.shown("Out of the bucket")

    def rule(self):
        """An alarm by EventBridge"""
        happened = event("cloudwatch/alarm-eventbridge.json")
        happened["detail"]["alarmName"] = "By rule"
        self.happens(happened)
        self.shown("By rule")

    def service(self):
        """An event of a service that EventSources names, and none of one that it does not"""
        self.happens(event("eventbridge/codebuild-failed.json"))
        happened = event("eventbridge/codepipeline-failed.json")
        happened["detail"]["pipeline"] = "by-parameter"
        self.happens(happened)
        self.shown("by-parameter")
        taken = [line for line in self.stack.log() if '"notification mapped"' in line and '"source":"eventbridge"' in line]
        assert len(taken) == 1, taken

    def happens(self, what):
        entry = {"Source": what["source"], "DetailType": what["detail-type"], "Detail": json.dumps(what["detail"]), "Resources": what["resources"]}
        told = self.cloud.client("events").put_events(Entries=[entry])
        assert told["FailedEntryCount"] == 0, told

    def minute(self):
        """The schedule rings the notifier by itself"""

        def ticks():
            return sum('"message":"tick"' in line for line in self.stack.log())

        before = ticks()
        try:
            self.cloud.clock.stand(int((time.time() + 61) * 1000))
            wait_until(lambda: ticks() > before, "the notifier's log holds no tick", 40, 0.5)
        finally:
            self.cloud.clock.run()

    def poison(self):
        """What can never be done ends in the dead-letter queue, and costs nobody else anything"""
        self.post(self.signal("Poison"), "application/json")
        self.shown("Poison")
        table, items = self.cloud.client("dynamodb"), self.stack.items()
        found = next(item for item in items if item["sk"]["S"] == "META" and "Poison" in json.dumps(item, default=str))
        broken = {**found, "d": {"S": "no record"}}
        table.put_item(TableName=self.stack.names["Table"], Item=broken)
        self.post(self.signal("Poison"), "application/json")
        self.post(self.signal("Beside poison"), "application/json")
        self.shown("Beside poison")
        dead = self.stack.queue("SignalsDeadLetters")
        # Tried twenty times, two minutes apart in the end.
        now = time.time()
        try:
            for _ in range(40):
                now += 121
                self.cloud.clock.stand(int(now * 1000))
                time.sleep(1.2)
                if self.depth(dead) == 1:
                    break
            self.put_back(dead, table, found)
        finally:
            self.cloud.clock.run()

    def put_back(self, dead, table, item):
        """Mended and put back, it is done."""
        assert (self.depth(dead), self.depth(self.stack.signals)) == (1, 0), "the message is not with the dead letters"
        sqs = self.cloud.client("sqs")
        letter = sqs.receive_message(QueueUrl=dead)["Messages"][0]
        assert "Poison" in letter["Body"], letter
        table.put_item(TableName=self.stack.names["Table"], Item=item)
        sqs.send_message(QueueUrl=self.stack.signals, MessageBody=letter["Body"])
        sqs.delete_message(QueueUrl=dead, ReceiptHandle=letter["ReceiptHandle"])
        wait_until(lambda: self.depth(self.stack.signals) == 0, "it is not taken", 30)
        assert self.depth(dead) == 0, "it is with the dead letters again"

    def logged(self):
        """Every line of the log is a JSON object with its request, some with their incident, none with a payload or secret"""
        lines = [line for line in self.stack.log() if not line.startswith(PLATFORM)]
        told = [json.loads(line) for line in lines]
        measures = [line["_aws"]["CloudWatchMetrics"] for line in told if "_aws" in line]
        said = [line for line in told if "_aws" not in line]
        assert {"Signals", "RecordTime", "Posts", "PostTime", "Steps"} <= {name["Name"] for measure in measures for name in measure[0]["Metrics"]}, measures
        nowhere = [line for line in said if not line.get("span", {}).get("requestId")]
        assert said and not nowhere, nowhere[:3]
        changed = [line for line in said if line["message"] == "changed"]
        assert changed and all(line["incident"] and line["state"] for line in changed), changed[:3]
        for word in ["By webhook", "Größe", "By topic", "By rule", "Poison", *SLACK.values(), *SOURCES.values()]:
            assert not any(word in line for line in lines), word

    def depth(self, queue):
        told = self.cloud.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
        return sum(int(told[f"ApproximateNumberOfMessages{which}"]) for which in ["", "NotVisible"])

    def invoke(self, function, payload):
        answer = self.cloud.client("lambda").invoke(FunctionName=self.stack.names[function], Payload=json.dumps(payload))
        answered = answer["Payload"].read()
        assert "FunctionError" not in answer, answered
        return json.loads(answered)
