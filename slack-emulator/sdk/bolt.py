"""An app on Slack's official framework, worked by people of the emulator: Bolt must accept every request that it sends.

    pip install -r slack-emulator/sdk/requirements.txt
    cargo build -p slack-emulator --example serve
    python slack-emulator/sdk/bolt.py target/debug/examples/serve
"""

import socket
import sys
import threading
import time

from slack_bolt import App
from slack_bolt.version import __version__
from slack_sdk import WebClient

from workspace import free_port, serve

PORT = free_port()
# The server starts after this and gives the client its address.
client = WebClient(token="xoxb-emulator", base_url="http://127.0.0.1/api/")
app = App(client=client, signing_secret="emulator-signing-secret", token_verification_enabled=False)
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


def soon(look):
    """What `look` finds, as soon as it finds something: Bolt answers first and works then."""
    for _ in range(200):
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("the app did not do what it should")


def listening():
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", PORT)) == 0


def check(slack):
    assert slack.act(type="message", channel="ops", text="/deploy api")["ok"]
    view = soon(lambda: slack.people("state?user=U01ANA")["views"])[0]["id"]
    refused = slack.act(type="submit", view=view, values={"b": {"a": {"value": "bad"}}})
    assert refused["errors"] == {"b": "No such version"}, refused
    assert slack.act(type="submit", view=view, values={"b": {"a": {"value": "v2"}}})["ok"]
    assert soon(lambda: not slack.people("state?user=U01ANA")["views"])

    button = {"type": "button", "action_id": "ack", "text": plain("Acknowledge")}
    card = client.chat_postMessage(channel="#ops", text="card", blocks=[{"type": "actions", "elements": [button]}])
    assert slack.act(type="click", channel="ops", ts=card["ts"], action_id="ack")["ok"]
    assert slack.act(type="message", channel="ops", text="@bot hello")["ok"]
    assert slack.act(type="react", channel="ops", ts=card["ts"], name="eyes")["ok"]
    assert slack.act(type="home")["ok"]

    assert soon(lambda: slack.people("state?user=U01ANA")["home"])
    assert soon(lambda: slack.messages("ops")[0]["text"] == "acknowledged")
    assert soon(lambda: slack.messages("ops")[-1]["reply_count"] == 1)
    expected = ["command api", "view bad", "view v2", "action U01ANA", "mention", "reaction eyes", "home"]
    assert soon(lambda: len(seen) >= len(expected)) and sorted(seen) == sorted(expected), seen
    requests = slack.people("log")["requests"]
    assert all(request["status"] == "200" for request in requests), requests
    print(f"slack_bolt {__version__} (Python): {len(requests)} requests, all accepted")


with serve(sys.argv[1], f"http://127.0.0.1:{PORT}/slack/events", "/deploy") as slack:
    client.base_url = slack.url + "/api/"
    threading.Thread(target=lambda: app.start(port=PORT, path="/slack/events"), daemon=True).start()
    soon(listening)
    check(slack)
