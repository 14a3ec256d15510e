"""Drives the emulator with Slack's official Python SDK, as an app would.

Needs `pip install slack_sdk` and a running emulator:
    cargo run -p slack-emulator --example serve -- 127.0.0.1:4010
    python slack-emulator/sdk/check.py http://127.0.0.1:4010
"""

import http.client
import json
import sys
import urllib.request

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookClient

BASE = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:4010"
slack = WebClient(token="xoxb-emulator", base_url=BASE + "/api/")


def refused(error, call):
    try:
        call()
    except SlackApiError as refusal:
        assert refusal.response["error"] == error, refusal.response
        return refusal.response
    raise AssertionError(f"{error} was expected")


def people(path, body=None):
    data = json.dumps(body).encode() if body else None
    with urllib.request.urlopen(BASE + "/_slack/" + path, data) as answer:
        return json.load(answer)


def section(text):
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


assert slack.auth_test()["user_id"] == "U0BOT"
refused("invalid_auth", WebClient(token="xoxb-wrong", base_url=BASE + "/api/").auth_test)

# Posting, and what history gives back.
posted = slack.chat_postMessage(
    channel="#ops",
    text="hello",
    blocks=[section("*hello*")],
    metadata={"event_type": "check", "event_payload": {"n": 1}},
)
channel, ts = posted["channel"], posted["ts"]
slack.chat_postMessage(channel=channel, text="reply", thread_ts=ts)
slack.chat_update(channel=channel, ts=ts, text="hello again", blocks=[section("again")])
history = slack.conversations_history(channel=channel, oldest=ts, inclusive=True)
assert history["messages"][0]["metadata"] == {"event_type": "check"}, history.data
history = slack.conversations_history(channel=channel, include_all_metadata=True)
assert history["messages"][0]["metadata"]["event_payload"] == {"n": 1}, history.data
assert len(slack.conversations_replies(channel=channel, ts=ts)["messages"]) == 2
assert "/archives/" in slack.chat_getPermalink(channel=channel, message_ts=ts)["permalink"]
slack.chat_postEphemeral(channel=channel, user="U01ANA", text="psst")
refused("invalid_blocks", lambda: slack.chat_update(channel=channel, ts=ts, text="x", blocks=[section("x" * 3001)]))
refused("msg_too_long", lambda: slack.chat_update(channel=channel, ts=ts, text="x" * 4001))

# Reactions, people, groups, channels.
slack.reactions_add(channel=channel, timestamp=ts, name="eyes")
refused("already_reacted", lambda: slack.reactions_add(channel=channel, timestamp=ts, name="eyes"))
assert slack.reactions_get(channel=channel, timestamp=ts)["message"]["reactions"][0]["count"] == 1
slack.reactions_remove(channel=channel, timestamp=ts, name="eyes")
assert slack.users_info(user="U01ANA")["user"]["profile"]["email"] == "ana@example.com"
assert slack.users_lookupByEmail(email="ben@example.com")["user"]["id"] == "U02BEN"
assert len(slack.users_list()["members"]) == 4
slack.usergroups_users_update(usergroup="S01ONCALL", users=["U02BEN", "U03CHI"])
assert slack.usergroups_users_list(usergroup="S01ONCALL")["users"] == ["U02BEN", "U03CHI"]
assert slack.usergroups_list(include_users=True)["usergroups"][0]["users"] == ["U02BEN", "U03CHI"]
names = [c["name"] for page in slack.conversations_list(limit=2) for c in page["channels"]]
assert len(names) == 5 and "ops" in names, names
assert slack.conversations_info(channel=channel)["channel"]["is_member"]
slack.conversations_join(channel=channel)
direct = slack.conversations_open(users=["U01ANA"])["channel"]["id"]
slack.chat_postMessage(channel=direct, text="hello Ana")
slack.views_publish(user_id="U01ANA", view={"type": "home", "blocks": [section("home")]})

# A file, in the three steps that files_upload_v2 takes.
slack.files_upload_v2(channel=channel, content="a,b\n1,2\n", filename="table.csv", title="Table")
assert people(f"channels/{channel}/messages?user=U01ANA")["messages"][-1]["files"][0]["title"] == "Table"

# Blocks judged without a token, the shape of blocks.validate.
judged = refused("invalid_blocks", lambda: slack.api_call("blocks.validate", json={"blocks": [{"type": "nonsense"}]}))
assert judged["errors"][0]["pointer"] == "/0/type", judged.data

# Limits and faults as the SDK sees them.
people("faults", {"method": "chat.postMessage", "kind": "rate_limited", "retry_after": 3, "times": 1})
limited = refused("ratelimited", lambda: slack.chat_postMessage(channel="#alerts", text="x"))
assert limited.status_code == 429 and limited.headers["retry-after"] == "3", limited.headers
people("faults", {"method": "auth.test", "kind": "drop_after", "times": 1})
try:
    WebClient(token="xoxb-emulator", base_url=BASE + "/api/", retry_handlers=[]).auth_test()
    raise AssertionError("the connection should have been dropped")
except (http.client.RemoteDisconnected, ConnectionResetError):
    pass

slack.chat_delete(channel=channel, ts=ts)
assert WebhookClient(BASE + "/response/R0").send(text="x").status_code == 404
print("all well")
