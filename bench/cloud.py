"""What a function sees of Lambda, of AWS and of Slack, on one port and in one thread, so that a measurement waits for nobody: the
runtime API, a table that keeps what is put into it, secrets, queues that swallow, and a Slack that says yes. Enough to be
measured against, not to be tested against: no condition is checked, and nothing is refused."""

import copy
import hashlib
import json
import os
import re
import selectors
import socket
import time

SIGNING, TOKEN = "the-signing-secret", "xoxb-nobody"
TABLE = "callboard"
POSTED = {"ok": True, "channel": "C01ALERTS", "ts": "1795338030.000100"}


class Broken(Exception):
    """The function did not do what it should: nothing to measure."""


class Cloud:
    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.listener.setblocking(False)
        self.address = "127.0.0.1:%d" % self.listener.getsockname()[1]
        self.items = {}
        self.invocation = 0
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.listener, selectors.EVENT_READ)
        self.unread = {}

    def environment(self, name):
        """As Lambda and template.yaml set it."""
        url = "http://" + self.address
        return {
            "AWS_LAMBDA_RUNTIME_API": self.address,
            "AWS_LAMBDA_FUNCTION_NAME": name,
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
            "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/" + name,
            "AWS_LAMBDA_LOG_STREAM_NAME": "measured",
            "AWS_REGION": "eu-west-1",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_SESSION_TOKEN": "session",
            "AWS_ENDPOINT_URL": url,
            "HOME": "/nonexistent",
            "PATH": os.environ["PATH"],
            "TABLE": TABLE,
            "SIGNALS_QUEUE_URL": url + "/1/signals",
            "WAKES_QUEUE_URL": url + "/1/wakes.fifo",
            "SECRETS_PARAMETER": "/callboard/",
            "SLACK_API_URL": url + "/",
            "METRICS_NAMESPACE": "Callboard/measured",
            "SIGNING_SECRET": SIGNING,
        }

    def forget(self):
        """Between two processes: whoever was connected is gone."""
        for key in list(self.selector.get_map().values()):
            if key.fileobj is not self.listener:
                self._close(key.fileobj)

    def until(self, what, send=None, seconds=20):
        """Serves until the function asks for the next event ("next") or has answered ("response"): the time in ns, and the body.
        `send` is the event that a waiting function gets first."""
        if send is not None:
            self._reply(self.waiting, 200, send, self._about_event())
            self.waiting = None
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for key, _ in self.selector.select(0.2):
                if key.fileobj is self.listener:
                    connection, _ = self.listener.accept()
                    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    self.selector.register(connection, selectors.EVENT_READ)
                    self.unread[connection] = b""
                    continue
                for head, body in self._requests(key.fileobj):
                    at = time.perf_counter_ns()
                    event = self._serve(key.fileobj, head, body)
                    if event == what:
                        return at, body
        raise Broken("it did not get to its " + what)

    def _about_event(self):
        self.invocation += 1
        deadline = int(time.time() * 1000) + 30_000
        return {
            "Lambda-Runtime-Aws-Request-Id": "00000000-0000-4000-8000-%012d" % self.invocation,
            "Lambda-Runtime-Deadline-Ms": str(deadline),
            "Lambda-Runtime-Invoked-Function-Arn": "arn:aws:lambda:eu-west-1:123456789012:function:measured",
            "Lambda-Runtime-Trace-Id": "Root=1-69216f5e-5e1d1f3a2b4c6d8e0f1a2b3c;Sampled=0",
        }

    def _requests(self, connection):
        """The requests that have arrived whole."""
        try:
            more = connection.recv(1 << 20)
        except ConnectionError:
            more = b""
        if not more:
            return self._close(connection) or []
        data = self.unread[connection] + more
        whole = []
        while b"\r\n\r\n" in data:
            head, rest = data.split(b"\r\n\r\n", 1)
            head = head.decode()
            length = re.search(r"(?im)^content-length: *(\d+)", head)
            length = int(length[1]) if length else 0
            if "transfer-encoding" in head.lower():
                raise Broken("it sends a body in chunks")
            if len(rest) < length:
                break
            whole.append((head, rest[:length]))
            data = rest[length:]
        self.unread[connection] = data
        return whole

    def _close(self, connection):
        self.selector.unregister(connection)
        del self.unread[connection]
        connection.close()

    def _reply(self, connection, status, body, headers=None):
        lines = ["HTTP/1.1 %d X" % status, "Content-Type: application/json", "Content-Length: %d" % len(body)]
        lines += ["%s: %s" % header for header in (headers or {}).items()]
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    def _serve(self, connection, head, body):
        path = head.split(" ", 2)[1]
        if path.endswith("/invocation/next"):
            self.waiting = connection
            return "next"
        if path.startswith("/2018-06-01/"):
            if path.endswith("/error"):
                raise Broken(body.decode())
            self._reply(connection, 202, b"{}")
            return "response"
        operation = re.search(r"(?im)^x-amz-target: *\w+\.(\w+)", head)
        said = self._aws(operation[1], json.loads(body)) if operation else POSTED
        self._reply(connection, 200, json.dumps(said).encode())
        return None

    def _aws(self, operation, asked):
        key = lambda item: (item["pk"]["S"], item["sk"]["S"])
        match operation:
            case "GetParameters":
                values = {"slack-bot-token": TOKEN, "slack-signing-secret": SIGNING}
                value = lambda name: values.get(name.rsplit("/", 1)[1], "the-secret-of-a-source")
                found = [{"Name": name, "Type": "SecureString", "Value": value(name)} for name in asked["Names"]]
                return {"Parameters": found, "InvalidParameters": []}
            case "GetItem":
                found = self.items.get(key(asked["Key"]))
                return {"Item": found} if found else {}
            case "BatchGetItem":
                keys = asked["RequestItems"][TABLE]["Keys"]
                found = [self.items[key(each)] for each in keys if key(each) in self.items]
                return {"Responses": {TABLE: found}, "UnprocessedKeys": {}}
            case "Query":
                attribute = asked.get("IndexName", "") + "_pk" if "IndexName" in asked else "pk"
                wanted = asked["ExpressionAttributeValues"][":pk"]
                found = [item for item in self.items.values() if item.get(attribute) == wanted]
                return {"Items": found, "Count": len(found), "ScannedCount": len(found)}
            case "PutItem":
                self.items[key(asked["Item"])] = asked["Item"]
                return {}
            case "TransactWriteItems":
                for write in asked["TransactItems"]:
                    self.items[key(write["Put"]["Item"])] = write["Put"]["Item"]
                return {}
            case "SendMessageBatch":
                done = [{"Id": entry["Id"], "MessageId": "m", "MD5OfMessageBody": md5(entry["MessageBody"])} for entry in asked["Entries"]]
                return {"Successful": done, "Failed": []}
            case "ChangeMessageVisibility":
                return {}
        raise Broken("it asked AWS for " + operation)

    def kept(self):
        return copy.deepcopy(self.items)


def md5(text):
    return hashlib.md5(text.encode()).hexdigest()
