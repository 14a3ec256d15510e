"""The operator of the deployment, whom the stories ask (`proof/deployed`): over HTTP on this machine, one request at a time.

    GET  /           what a story has to know
    POST /clock      {"at": milliseconds since 1970}: the clock of everything stands there
    POST /begin      table and queues are empty
    POST /work       what is due in the queues is worked off; says what is left, and when it is due
    POST /tick       the minute rings, as by the schedule
    GET  /incidents  the ids of what is stored

Between two `work` the event source mappings rest. The queues are looked into by MiniStack's own page, since SQS does not tell
when a hidden message is due.
"""

import json
import subprocess
import threading
import urllib.request
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer

from cloud import REGION, wait_until
from stack import CONFIG, ROOT, SOURCES

# A message that a function has at hand is hidden for this long; one that waits for its time is hidden for less.
HANDED_OUT = 150


# What a story may ask for.
ORDERS = ["about", "clock", "begin", "work", "tick", "incidents"]


class Operator:
    def __init__(self, stack, slack_port):
        self.stack, self.cloud, self.slack_port = stack, stack.cloud, slack_port
        self.at_work, self.given_up, self.url, self.config = threading.Lock(), False, None, CONFIG
        self.queues = {stack.signals: False, stack.wakes: True}
        self.bell = self.cloud.client("sqs").create_queue(QueueName="bell")["QueueUrl"]
        self.now = 0
        self.minute = (ROOT / "events/functions/notifier-scheduler.json").read_text()

    def about(self):
        return {
            "api": self.stack.api,
            "slack_port": self.slack_port,
            "config": self.config,
            "secrets": SOURCES,
            "endpoint": self.cloud.url,
            "region": REGION,
            "table": self.stack.names["Table"],
        }

    def clock(self, at):
        self.now = at / 1000
        self.cloud.clock.stand(at)

    def begin(self):
        """The queues are made anew, or SQS would swallow for five minutes what the story before has sent too."""
        self.rest(True)
        sqs, table = self.cloud.client("sqs"), self.cloud.client("dynamodb")
        for queue in [*self.queues, self.stack.queue("SignalsDeadLetters"), self.stack.queue("WakesDeadLetters")]:
            known = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
            kept = {name: value for name, value in known.items() if not name.startswith("Approximate") and name not in ("QueueArn", "CreatedTimestamp", "LastModifiedTimestamp")}
            sqs.delete_queue(QueueUrl=queue)
            made = sqs.create_queue(QueueName=queue.rsplit("/", 1)[1], Attributes=kept)["QueueUrl"]
            assert made == queue, made
        for item in self.stack.items():
            table.delete_item(TableName=self.stack.names["Table"], Key={part: item[part] for part in ("pk", "sk")})

    def incidents(self):
        ids = [item["pk"]["S"].removeprefix("INC#") for item in self.stack.items() if item["sk"]["S"] == "META" and item["pk"]["S"].startswith("INC#")]
        return sorted(ids)

    def tick(self):
        function = self.stack.names["NotifierFunction"]
        answer = self.cloud.client("lambda").invoke(FunctionName=function, Payload=self.minute)
        assert "FunctionError" not in answer, answer["Payload"].read()

    def rest(self, resting):
        for mapping in self.stack.mappings():
            self.cloud.client("lambda").update_event_source_mapping(UUID=mapping, Enabled=not resting)

    def work(self):
        if self.busy():
            self.rest(False)
            # MiniStack looks at its queues once a second, and whenever something is sent.
            self.cloud.client("sqs").send_message(QueueUrl=self.bell, MessageBody="ring")
            wait_until(lambda: self.given_up or not self.busy(), lambda: f"the queues do not calm down: {self.messages()}", 120, 0.01)
            self.rest(True)
        hidden = [message["VisibleAt"] for queue in self.messages() for message in queue if message["VisibleAt"] > self.now]
        sqs = self.cloud.client("sqs")
        dead = 0
        for name in ["SignalsDeadLetters", "WakesDeadLetters"]:
            told = sqs.get_queue_attributes(QueueUrl=self.stack.queue(name), AttributeNames=["ApproximateNumberOfMessages"])
            dead += int(told["Attributes"]["ApproximateNumberOfMessages"])
        return {"waiting": sum(map(len, self.messages())), "dead": dead, "next": min(hidden, default=None)}

    def messages(self):
        with urllib.request.urlopen(f"{self.cloud.url}/_ministack/sqs/messages", timeout=30) as answer:
            queues = json.load(answer)["messages"]["000000000000"][REGION]
        return [queues[queue] for queue in self.queues]

    def busy(self):
        """Whether a message is at hand, or could be handed out."""
        for messages in self.messages():
            hidden = [message for message in messages if message["VisibleAt"] > self.now]
            if any(message["VisibleAt"] - self.now > HANDED_OUT for message in hidden):
                return True
            held = {message["MessageGroupId"] for message in hidden if message["ReceiveCount"]} - {None}
            if any(message["VisibleAt"] <= self.now and message["MessageGroupId"] not in held for message in messages):
                return True
        return False


    def play(self, program, folder, part=""):
        """Plays the stories whose names contain this; whether each went as on the laptop."""
        return self.begin_playing(program, folder, part).wait() == 0

    def play_until(self, holds, program, folder, part):
        """Plays until something holds, and no longer; whether it held."""
        playing = self.begin_playing(program, folder, part, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_until(lambda: holds() or playing.poll() is not None, f"{part} does not end", 300, 0.1)
            return bool(holds())
        finally:
            self.given_up = True
            playing.terminate()
            playing.wait()
            with self.at_work:
                self.given_up = False

    def begin_playing(self, program, folder, part, **streams):
        told = folder / "told"
        told.mkdir(exist_ok=True)
        return subprocess.Popen([program, self.url, told, part], cwd=ROOT, **streams)


@contextmanager
def operator(stack, slack_port):
    """An operator who listens; afterwards the deployment runs by itself again, empty."""
    found = Operator(stack, slack_port)

    class Handler(BaseHTTPRequestHandler):
        def answer(self):
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            order = self.path.strip("/") or "about"
            try:
                assert order in ORDERS, order
                with found.at_work:
                    told, status = getattr(found, order)(**json.loads(body or "{}")), 200
            except Exception as error:
                told, status = f"{type(error).__name__}: {error}", 500
            told = json.dumps(told).encode()
            # A story that is not played to its end hears nothing more.
            with suppress(BrokenPipeError, ConnectionResetError):
                self.send_response(status)
                self.send_header("content-length", str(len(told)))
                self.end_headers()
                self.wfile.write(told)

        do_GET = do_POST = answer

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    stack.schedule("DISABLED")
    # One batch after the other, as on the laptop: SQS promises no order, and a story has to have one.
    router, functions = stack.names["RouterFunction"], found.cloud.client("lambda")
    functions.put_function_concurrency(FunctionName=router, ReservedConcurrentExecutions=1)
    try:
        yield found
    finally:
        server.shutdown()
        functions.delete_function_concurrency(FunctionName=router)
        found.cloud.clock.run()
        found.begin()
        found.rest(False)
        stack.schedule("ENABLED")
