"""Drives the emulator with Slack's official Python SDK, as an app would: what the SDK's documentation promises must hold here.

    pip install -r slack-emulator/sdk/requirements.txt
    cargo build -p slack-emulator --example serve
    python slack-emulator/sdk/check.py target/debug/examples/serve
"""

import http.client
import json
import logging
import sys
import threading
import time
import urllib.parse
import warnings
from http.server import BaseHTTPRequestHandler, HTTPServer

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler, ServerErrorRetryHandler
from slack_sdk.signature import SignatureVerifier
from slack_sdk.version import __version__
from slack_sdk.webhook import WebhookClient

from workspace import serve

logging.disable(logging.CRITICAL)
warnings.simplefilter("ignore")


def refused(error, call):
    """The refusal's whole answer; it must have this name, come as HTTP 200 and say `ok: false`."""
    try:
        call()
    except SlackApiError as refusal:
        answer = refusal.response
        assert answer["error"] == error, answer.data
        assert answer["ok"] is False and (answer.status_code == 200) == (error != "ratelimited"), answer.data
        return answer
    raise AssertionError(f"{error} was expected")


def section(text):
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def modal(title, **more):
    return {"type": "modal", "title": {"type": "plain_text", "text": title}, "blocks": [section(title)], **more}


def check_tokens_and_scopes(slack, client):
    me = client.auth_test()
    assert me["user_id"] == "U0BOT" and me["team_id"] == "T01ACME" and me["bot_id"] == "B0BOT", me.data
    assert "chat:write" in me.headers["x-oauth-scopes"].split(","), me.headers
    assert client.api_test()["ok"]
    refused("invalid_auth", WebClient(token="xoxb-wrong", base_url=client.base_url).auth_test)
    refused("not_authed", WebClient(base_url=client.base_url).auth_test)
    refused("unknown_method", lambda: client.api_call("no.such.method"))
    posted = client.chat_postMessage(channel="#general", text="scopes")
    missing = refused(
        "missing_scope", lambda: client.reactions_get(channel=posted["channel"], timestamp=posted["ts"])
    )
    assert missing["needed"] == "reactions:read", missing.data
    assert "chat:write" in missing["provided"].split(",") and "reactions:read" not in missing["provided"], missing.data
    assert missing.headers["x-accepted-oauth-scopes"] == "reactions:read", missing.headers


def check_messages(slack, client):
    posted = client.chat_postMessage(
        channel="#ops",
        text="hello",
        blocks=[section("*hello*")],
        metadata={"event_type": "check", "event_payload": {"n": 1}},
    )
    channel, ts = posted["channel"], posted["ts"]
    message = posted["message"]
    assert channel == "C02OPS" and message["ts"] == ts and message["bot_id"] == "B0BOT", posted.data
    assert message["blocks"][0]["block_id"], "Slack names the blocks that the app did not name"
    reply = client.chat_postMessage(channel=channel, text="reply", thread_ts=ts)
    assert reply["message"]["thread_ts"] == ts, reply.data
    changed = client.chat_update(channel=channel, ts=ts, text="hello again", blocks=[section("again")])
    assert (changed["ts"], changed["text"]) == (ts, "hello again"), changed.data
    history = client.conversations_history(channel=channel, oldest=ts, inclusive=True)
    assert history["messages"][0]["metadata"] == {"event_type": "check"}, history.data
    history = client.conversations_history(channel=channel, include_all_metadata=True)
    assert history["messages"][0]["metadata"]["event_payload"] == {"n": 1}, history.data
    assert history["messages"][0]["edited"]["user"] == "U0BOT" and history["has_more"] is False, history.data
    thread = client.conversations_replies(channel=channel, ts=ts)["messages"]
    assert [m["text"] for m in thread] == ["hello again", "reply"] and thread[0]["reply_count"] == 1, thread
    assert "/archives/C02OPS/p" in client.chat_getPermalink(channel=channel, message_ts=ts)["permalink"]
    assert client.chat_postEphemeral(channel=channel, user="U01ANA", text="psst")["message_ts"]

    long = client.chat_postMessage(channel="#general", text="x" * 40_001)
    assert long["response_metadata"]["warnings"] == ["message_truncated"], long["response_metadata"]
    bad = [section("fine"), section("x" * 3001)]
    faults = refused("invalid_blocks", lambda: client.chat_update(channel=channel, ts=ts, text="x", blocks=bad))
    (fault,) = faults["response_metadata"]["messages"]
    assert fault.startswith("[ERROR] ") and fault.endswith("[json-pointer:/blocks/1/text/text]"), fault
    refused("msg_too_long", lambda: client.chat_update(channel=channel, ts=ts, text="x" * 4001))
    refused("no_text", lambda: client.chat_postMessage(channel=channel))
    refused("channel_not_found", lambda: client.chat_postMessage(channel="#nowhere", text="x"))
    refused("cannot_reply_to_message", lambda: client.chat_postMessage(channel=channel, text="x", thread_ts="1.2"))
    refused("message_not_found", lambda: client.chat_update(channel=channel, ts="1.2", text="x"))
    theirs = slack.act(type="message", channel="ops", text="mine") and slack.messages("ops")[-1]["ts"]
    refused("cant_update_message", lambda: client.chat_update(channel=channel, ts=theirs, text="x"))
    refused("cant_delete_message", lambda: client.chat_delete(channel=channel, ts=theirs))
    assert client.chat_delete(channel=channel, ts=reply["ts"])["ts"] == reply["ts"]

    client.reactions_add(channel=channel, timestamp=ts, name="eyes")
    refused("already_reacted", lambda: client.reactions_add(channel=channel, timestamp=ts, name="eyes"))
    refused("invalid_name", lambda: client.reactions_add(channel=channel, timestamp=ts, name="no such"))
    shown = client.conversations_history(channel=channel, oldest=ts, latest=ts, inclusive=True)["messages"]
    assert shown[0]["reactions"] == [{"name": "eyes", "users": ["U0BOT"], "count": 1}], shown
    client.reactions_remove(channel=channel, timestamp=ts, name="eyes")
    refused("no_reaction", lambda: client.reactions_remove(channel=channel, timestamp=ts, name="eyes"))

    # Blocks judged without a token, the shape of blocks.validate.
    judge = WebClient(base_url=client.base_url)
    judged = refused("invalid_blocks", lambda: judge.api_call("blocks.validate", json={"blocks": [{"type": "nonsense"}]}))
    assert judged["errors"][0]["pointer"] == "/0/type", judged.data


def check_people_and_channels(slack, client):
    assert client.users_info(user="U01ANA")["user"]["profile"]["email"] == "ana@example.com"
    refused("user_not_found", lambda: client.users_info(user="U0NOBODY"))
    assert client.users_lookupByEmail(email="ben@example.com")["user"]["id"] == "U02BEN"
    refused("users_not_found", lambda: client.users_lookupByEmail(email="nobody@example.com"))
    client.usergroups_users_update(usergroup="S01ONCALL", users=["U02BEN", "U03CHI"])
    assert client.usergroups_users_list(usergroup="S01ONCALL")["users"] == ["U02BEN", "U03CHI"]
    assert client.usergroups_list(include_users=True)["usergroups"][0]["users"] == ["U02BEN", "U03CHI"]
    refused("no_such_subteam", lambda: client.usergroups_users_list(usergroup="S0NONE"))
    info = client.conversations_info(channel="C02OPS", include_num_members=True)["channel"]
    assert info["name"] == "ops" and info["is_member"] and info["num_members"] == 4, info
    joined = client.conversations_join(channel="C02OPS")
    assert joined["warning"] == "already_in_channel", joined.data
    opened = client.conversations_open(users=["U01ANA"], return_im=True)["channel"]
    assert opened["is_im"] and opened["user"] == "U01ANA", opened
    assert client.chat_postMessage(channel="U01ANA", text="hello Ana")["channel"] == opened["id"]
    slack.act(type="archive", channel="deploys")
    refused("is_archived", lambda: client.chat_postMessage(channel="#deploys", text="x"))


def check_pages(slack, client):
    """The SDK follows `response_metadata.next_cursor` by itself; nothing is left out, nothing comes twice."""
    names = [c["name"] for page in client.conversations_list(limit=2) for c in page["channels"]]
    assert names == ["alerts", "ops", "deploys", "payments-oncall", "general"], names
    pages = [[m["id"] for m in page["members"]] for page in client.users_list(limit=3)]
    assert [len(page) for page in pages] == [3, 1] and len({m for page in pages for m in page}) == 4, pages
    members = [m for page in client.conversations_members(channel="C02OPS", limit=1) for m in page["members"]]
    assert sorted(members) == ["U01ANA", "U02BEN", "U03CHI", "U0BOT"], members
    first = client.chat_postMessage(channel="#payments-oncall", text="0")
    for n in range(1, 4):
        client.chat_postMessage(channel=first["channel"], text=str(n), thread_ts=first["ts"] if n > 2 else None)
    texts = [[m["text"] for m in page["messages"]] for page in client.conversations_history(channel=first["channel"], limit=2)]
    assert texts == [["2", "1"], ["0"]], texts
    page = client.conversations_history(channel=first["channel"], limit=2)
    assert page["has_more"] and page["response_metadata"]["next_cursor"], page.data
    refused("invalid_cursor", lambda: client.conversations_history(channel=first["channel"], cursor="nonsense"))


def check_files(slack, client):
    """Three steps: where to put the bytes, the bytes, done."""
    done = client.files_upload_v2(
        channel="C02OPS", content="a,b\n1,2\n", filename="table.csv", title="Table", initial_comment="See"
    )
    assert done["file"]["title"] == "Table" and done["file"]["mimetype"] == "text/csv", done.data
    assert client.files_info(file=done["file"]["id"])["file"]["title"] == "Table"
    message = slack.messages("ops")[-1]
    assert message["text"] == "See" and message["files"][0]["title"] == "Table", message
    several = [{"content": "one", "filename": "1.txt"}, {"content": "two", "filename": "2.txt", "title": "Two"}]
    both = client.files_upload_v2(channel="C02OPS", file_uploads=several, thread_ts=message["ts"])
    assert [file["title"] for file in both["files"]] == ["1.txt", "Two"], both.data
    replies = client.conversations_replies(channel="C02OPS", ts=message["ts"])["messages"]
    assert [file["size"] for file in replies[1]["files"]] == [3, 3], replies
    refused("file_not_found", lambda: client.files_completeUploadExternal(files=[{"id": "F0NONE"}]))
    refused("file_not_found", lambda: client.files_info(file="F0NONE"))
    image = {"type": "image", "alt_text": "A table", "slack_file": {"id": done["file"]["id"]}}
    refused("invalid_blocks", lambda: client.chat_postMessage(channel="#general", text="t", blocks=[image]))


def check_views_and_response_urls(slack, client, heard):
    """A command brings a trigger, which opens one view, and a response URL, which takes five messages."""
    assert slack.act(type="command", channel="ops", command="/deploy", text="api")["ok"]
    command = heard()
    trigger = command["trigger_id"]
    refused("invalid_trigger_id", lambda: client.views_open(trigger_id="1.2.x", view=modal("One")))
    faults = refused("invalid_arguments", lambda: client.views_open(trigger_id=trigger, view=modal("x" * 25)))
    assert faults["response_metadata"]["messages"][0].startswith("[ERROR] "), faults.data
    view = client.views_open(trigger_id=trigger, view=modal("One", external_id="one", private_metadata="m"))["view"]
    assert view["id"] == view["root_view_id"] and view["private_metadata"] == "m" and view["team_id"], view
    refused("exchanged_trigger_id", lambda: client.views_open(trigger_id=trigger, view=modal("One")))
    newer = client.views_update(view_id=view["id"], hash=view["hash"], view=modal("Two", external_id="one"))["view"]
    assert newer["id"] == view["id"] and newer["hash"] != view["hash"], newer
    refused("hash_conflict", lambda: client.views_update(view_id=view["id"], hash=view["hash"], view=modal("Three")))
    refused("not_found", lambda: client.views_update(view_id="V0NONE", view=modal("Three")))
    slack.act(type="command", channel="ops", command="/deploy", text="")
    pushed = client.views_push(trigger_id=heard()["trigger_id"], view=modal("Above"))["view"]
    assert pushed["previous_view_id"] == view["id"] and pushed["root_view_id"] == view["id"], pushed
    home = {"type": "home", "blocks": [section("home")]}
    assert client.views_publish(user_id="U01ANA", view=home)["view"]["type"] == "home"
    assert slack.people("state?user=U01ANA")["home"]["blocks"][0]["text"]["text"] == "home"

    webhook = WebhookClient(command["response_url"])
    sent = webhook.send(text="working", response_type="in_channel")
    assert (sent.status_code, sent.body) == (200, "ok"), (sent.status_code, sent.body)
    assert slack.messages("ops")[-1]["text"] == "working"
    for n in range(4):
        assert webhook.send(text=str(n), blocks=[section("done")]).status_code == 200
    assert slack.messages("ops")[-1]["ephemeral"], "without response_type it is for one person"
    assert webhook.send(text="once more").status_code == 404, "five uses"
    assert WebhookClient(slack.url + "/response/R0").send(text="x").status_code == 404
    button = {"type": "button", "action_id": "ack", "text": {"type": "plain_text", "text": "Acknowledge"}}
    card = client.chat_postMessage(channel="#alerts", text="card", blocks=[{"type": "actions", "elements": [button]}])
    assert slack.act(type="click", channel="alerts", ts=card["ts"], action_id="ack")["ok"]
    webhook = WebhookClient(heard()["response_url"])
    assert webhook.send(text="acknowledged", replace_original=True).status_code == 200
    assert slack.messages("alerts")[-1]["text"] == "acknowledged"
    assert webhook.send(delete_original=True).status_code == 200
    assert card["ts"] not in [message["ts"] for message in slack.messages("alerts")]


def check_limits_and_faults(slack, client):
    bare = WebClient(token=client.token, base_url=client.base_url, retry_handlers=[])
    slack.fail("chat.postMessage", "rate_limited", retry_after=3)
    limited = refused("ratelimited", lambda: client.chat_postMessage(channel="#general", text="x"))
    assert limited.status_code == 429 and limited.headers["retry-after"] == "3", limited.headers
    patient = WebClient(
        token=client.token,
        base_url=client.base_url,
        retry_handlers=[RateLimitErrorRetryHandler(), ServerErrorRetryHandler()],
    )
    slack.fail("auth.test", "rate_limited", retry_after=1)
    before = time.monotonic()
    assert patient.auth_test()["ok"] and 1 <= time.monotonic() - before < 3, "the SDK waits as Retry-After says"
    slack.fail("auth.test", "status", status=503)
    assert patient.auth_test()["ok"], "the SDK tries a 503 again"
    # The fifth message in a second, in a channel that was quiet.
    for n in range(4):
        client.chat_postMessage(channel="#alerts", text=str(n))
    fifth = refused("ratelimited", lambda: client.chat_postMessage(channel="#alerts", text="4"))
    assert fifth.headers["retry-after"] == "1", fifth.headers
    refused("fatal_error", lambda: slack.fail("auth.test", "fatal_error_after_storing") or bare.auth_test())
    refused("internal_error", lambda: slack.fail("auth.test", "internal_error") or bare.auth_test())
    slack.fail("auth.test", "html", status=502)
    try:
        bare.auth_test()
        raise AssertionError("HTML is no answer")
    except SlackApiError as error:
        assert error.response.status_code == 502, error.response
    slack.fail("auth.test", "drop_after")
    try:
        bare.auth_test()
        raise AssertionError("the connection should have been dropped")
    except (http.client.RemoteDisconnected, ConnectionResetError):
        pass


class App(BaseHTTPRequestHandler):
    """Takes what Slack sends, if the SDK finds it rightly signed."""

    verifier = SignatureVerifier("emulator-signing-secret")
    heard = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        good = self.verifier.is_valid_request(body, dict(self.headers.items()))
        form = dict(urllib.parse.parse_qsl(body.decode()))
        if form:
            self.heard.append(json.loads(form["payload"]) if "payload" in form else form)
        self.send_response(200 if good else 401)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def main():
    app = HTTPServer(("127.0.0.1", 0), App)
    threading.Thread(target=app.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{app.server_port}"
    with serve(sys.argv[1], url, "/deploy", "--without=reactions:read") as slack:
        client = WebClient(token="xoxb-emulator", base_url=slack.url + "/api/")
        check_tokens_and_scopes(slack, client)
        check_messages(slack, client)
        check_people_and_channels(slack, client)
        check_pages(slack, client)
        check_files(slack, client)
        check_views_and_response_urls(slack, client, App.heard.pop)
        check_limits_and_faults(slack, client)
        requests = slack.people("log")["requests"]
        assert all(request["status"] == "200" for request in requests), requests
        calls, methods = slack.calls()
        print(f"slack_sdk {__version__} (Python): {calls} calls of {methods} methods, all as documented")


if __name__ == "__main__":
    main()
