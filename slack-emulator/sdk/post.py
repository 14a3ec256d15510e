"""Posts messages through Slack's Python SDK while the first answers fail, and tells as JSON what the SDK said of each.

    python slack-emulator/sdk/post.py URL COUNT FAULT [--documented-handlers]

URL is a served workspace without rate limits; the fault is one of `/_slack/faults`, as JSON without its method. Without the
option the client is as the SDK makes it; with it, it also has the handlers that the SDK's documentation shows.
"""

import json
import logging
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler, ServerErrorRetryHandler
from slack_sdk.version import __version__

from workspace import Workspace

CHANNELS = ["alerts", "ops", "deploys", "payments-oncall", "general"]
# So few at a time that all first attempts are made before the first second one, which the SDK makes after half a second.
TOGETHER = 50

logging.disable(logging.CRITICAL)


def main(url, count, fault, *options):
    slack = Workspace(url)
    client = WebClient(token="xoxb-emulator", base_url=url + "/api/")
    name = f"slack_sdk {__version__}"
    if "--documented-handlers" in options:
        client.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=1))
        client.retry_handlers.append(ServerErrorRetryHandler(max_retry_count=1))
        name += ", all its handlers"

    def post(n):
        try:
            client.chat_postMessage(channel="#" + CHANNELS[n % len(CHANNELS)], text=f"Job {n} failed")
            return "done"
        except SlackApiError as error:
            return error.response.get("error") or str(error.response.status_code)
        except Exception as error:  # whatever else the SDK lets through is what a caller sees
            return type(error).__name__

    told = Counter()
    with ThreadPoolExecutor(TOGETHER) as threads:
        for begin in range(0, int(count), TOGETHER):
            some = range(begin, min(begin + TOGETHER, int(count)))
            slack.fail("chat.postMessage", times=len(some), **json.loads(fault))
            told.update(threads.map(post, some))
    print(json.dumps({"client": name, "told": told}))


main(*sys.argv[1:])
