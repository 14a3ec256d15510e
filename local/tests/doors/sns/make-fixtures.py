"""Makes certificate.pem and messages.json: SNS messages signed with a new key, which is thrown away. Needs openssl."""

import base64, json, pathlib, subprocess, tempfile

here = pathlib.Path(__file__).parent
topic = "arn:aws:sns:eu-west-1:123456789012:alarms"
amazon = "https://sns.eu-west-1.amazonaws.com"
query = f"?Action=ConfirmSubscription&TopicArn={topic}&Token=token-of-the-fixture"
alarm = here.joinpath("../../../../events/cloudwatch/alarm.json").read_text()

# Addresses that must never be asked, neither to confirm nor for a certificate.
hostile = [
    f"http://sns.eu-west-1.amazonaws.com/{query}",
    f"https://sns.eu-west-1.amazonaws.com.evil.example/{query}",
    f"https://evil.example/sns.eu-west-1.amazonaws.com/{query}",
    f"https://evil.example/?{amazon}/{query}",
    f"https://evil.example/#{amazon}/{query}",
    f"https://sns.eu-west-1.amazonaws.com@evil.example/{query}",
    f"https://sns.eu-west-1.amazonaws.com:pass@evil.example/{query}",
    f"https://user@sns.eu-west-1.amazonaws.com/{query}",
    f"https://sns.eu-west-1.amazonaws.com:8443/{query}",
    f"https://sns.eu-west-1.amazonaws.com./{query}",
    f"https://sns.eu-west-1.amazonaws.com%2eevil.example/{query}",
    f"https://sns.eu-west-1.amazonaws.com%00.evil.example/{query}",
    f"https://sns.eu-west-1.amazonaws.com\\.evil.example/{query}",
    f"https://sns.eu-west-1\u3002amazonaws.com/{query}",
    f"https://s\u043ds.eu-west-1.amazonaws.com/{query}",
    f"https://sns.evil.eu-west-1.amazonaws.com/{query}",
    f"https://xsns.eu-west-1.amazonaws.com/{query}",
    f"https://sns..amazonaws.com/{query}",
    f"https://s3.amazonaws.com/{query}",
    f"https://sqs.eu-west-1.amazonaws.com/{query}",
    f"https://169.254.169.254/latest/meta-data/{query}",
    f"https://[::1]/{query}",
    f"https://localhost/{query}",
    f"https://2130706433/{query}",
    f"file:///etc/passwd{query}",
    f"gopher://sns.eu-west-1.amazonaws.com/{query}",
    f"//sns.eu-west-1.amazonaws.com/{query}",
    f" {amazon}/{query}",
    f"{amazon}/{query}&Action=DeleteTopic",
    f"{amazon}/{query}#fragment",
    f"{amazon}/other{query}",
    f"{amazon}/{query}".replace("ConfirmSubscription", "DeleteTopic"),
    f"{amazon}/{query}".replace(":alarms", ":others"),
    f"{amazon}/{query}".replace("sns.eu-west-1", "sns.us-east-1"),
    "https://",
    "not an address",
]

with tempfile.TemporaryDirectory() as folder:
    key = f"{folder}/key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", str(here / "certificate.pem"),
         "-days", "36500", "-subj", "/CN=sns.example.com", "-addext", "basicConstraints=critical,CA:FALSE"],
        check=True, capture_output=True)

    def signed(kind, version, **fields):
        message = {
            "Type": kind, "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324", "TopicArn": topic, "Message": alarm,
            "Timestamp": "2026-11-22T09:00:00.000Z", "SignatureVersion": version,
            "SigningCertURL": amazon + "/SimpleNotificationService-0123456789abcdef.pem", **fields,
        }
        names = ["Message", "MessageId"]
        names += ["Subject"] if "Subject" in message else []
        names += ["SubscribeURL", "Timestamp", "Token"] if "Token" in message else ["Timestamp"]
        text = "".join(f"{name}\n{message[name]}\n" for name in names + ["TopicArn", "Type"])
        digest = {"1": "-sha1", "2": "-sha256"}[version]
        result = subprocess.run(["openssl", "dgst", digest, "-sign", key], input=text.encode(), check=True, capture_output=True)
        return {**message, "Signature": base64.b64encode(result.stdout).decode()}

    def asked(url, kind="SubscriptionConfirmation"):
        return signed(kind, "2", Message="You have chosen to subscribe to the topic.", Token="token-of-the-fixture", SubscribeURL=url)

    messages = {
        "notification-1": signed("Notification", "1", Subject="ALARM"),
        "notification-2": signed("Notification", "2", Subject="ALARM"),
        "notification-foreign-topic": signed("Notification", "2", TopicArn="arn:aws:sns:eu-west-1:999999999999:alarms"),
        "confirmation": asked(f"{amazon}/{query}"),
        "unsubscribe": asked(f"{amazon}/{query}", "UnsubscribeConfirmation"),
        "hostile": {url: asked(url) for url in hostile},
    }

(here / "messages.json").write_text(json.dumps(messages, indent=2) + "\n")
