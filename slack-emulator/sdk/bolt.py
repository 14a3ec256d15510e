"""An app on Slack's official framework, worked by people of the emulator: Bolt must accept every request that it sends.

Needs `pip install slack_bolt` and a running emulator:
    cargo run -p slack-emulator --example serve -- 127.0.0.1:4010 http://127.0.0.1:3999/slack/events /deploy
    python slack-emulator/sdk/bolt.py http://127.0.0.1:4010
"""

import json
import sys
import threading
import time
import urllib.request

from slack_bolt import App
from slack_sdk import WebClient

BASE = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:4010"
app = App(
    client=WebClient(token="xoxb-emulator", base_url=BASE + "/api/"),
    signing_secret="emulator-signing-secret",
)
seen = []


def plain(text):
    return {"type": "plain_text", "text": text}


@app.command("/deploy")
def deploy(ack, command, client):
    ack()
    seen.append("command " + command["text"])
    ask = {"type": "plain_text_input", "action_id": "a"}
    blocks = [{"type": "input", "block_id": "b", "label": plain("Version"), "element": ask}]
    view = {"type": "modal", "callback_id": "version", "title": plain("Deploy"), "submit": plain("Go"), "blocks": blocks}
    client.views_open(trigger_id=command["trigger_id"], view=view)


@app.view("version")
def version(ack, view):
    value = view["state"]["values"]["b"]["a"]["value"]
    seen.append("view " + value)
    ack(response_action="errors", errors={"b": "No such version"}) if value == "bad" else ack()


@app.action("ack")
def acknowledge(ack, body, respond):
    ack()
    seen.append("action " + body["user"]["id"])
    respond(text="acknowledged", replace_original=True, blocks=[])


@app.event("app_mention")
def mention(event, say):
    seen.append("mention")
    say(text="yes?", thread_ts=event["ts"])


@app.event("reaction_added")
def reaction(event):
    seen.append("reaction " + event["reaction"])


@app.event("app_home_opened")
def home(event, client):
    seen.append("home")
    client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [{"type": "divider"}]})


@app.event("message")
def message(event):
    pass


def people(path, body=None):
    data = json.dumps(body).encode() if body else None
    with urllib.request.urlopen(BASE + "/_slack/" + path, data) as answer:
        return json.load(answer)


def act(**do):
    return people("act", {"user": "U01ANA", "do": do})


threading.Thread(target=lambda: app.start(port=3999, path="/slack/events"), daemon=True).start()
time.sleep(1)

assert act(type="message", channel="ops", text="/deploy api")["ok"]
view = people("state?user=U01ANA")["views"][0]["id"]
refused = act(type="submit", view=view, values={"b": {"a": {"value": "bad"}}})
assert refused["errors"] == {"b": "No such version"}, refused
assert act(type="submit", view=view, values={"b": {"a": {"value": "v2"}}})["ok"]
assert people("state?user=U01ANA")["views"] == []

button = {"type": "button", "action_id": "ack", "text": plain("Acknowledge")}
card = app.client.chat_postMessage(channel="#ops", text="card", blocks=[{"type": "actions", "elements": [button]}])
assert act(type="click", channel="ops", ts=card["ts"], action_id="ack")["ok"]
assert act(type="message", channel="ops", text="@bot hello")["ok"]
assert act(type="react", channel="ops", ts=card["ts"], name="eyes")["ok"]
assert act(type="home")["ok"]

for _ in range(50):
    requests = people("log")["requests"]
    messages = people("channels/ops/messages?user=U01ANA")["messages"]
    if people("state?user=U01ANA")["home"] and messages[-1]["reply_count"]:
        break
    time.sleep(0.1)
assert messages[0]["text"] == "acknowledged", messages[0]
assert messages[-1]["reply_count"] == 1, messages[-1]
assert all(request["status"] == "200" for request in requests), requests
expected = ["command api", "view bad", "view v2", "action U01ANA", "mention", "reaction eyes", "home"]
assert sorted(seen) == sorted(expected), seen
print("all well")
