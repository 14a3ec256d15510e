"""MiniStack, with three things put right that MiniStack 1.5.33 decides otherwise than AWS:

- Reading several parameters at once is allowed or denied by the name of each, not by a right to `*`
  (https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html).
- A batch of SQS needs the right to the same thing done once
  (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-api-permissions-reference.html).
- A query of logs needs the right to each log group that it reads, also where it names several
  (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html).

Whoever is root may speak for AWS's services, which nobody may there: events of theirs have to come from somewhere.

What is decided goes to the file RIGHTS, a line each: `allowed` or `denied`, who asked, for what action, on what resource. And two
pauses that MiniStack measures by the time of day, which may stand still here or go back (clock.c): for a function's last words, by
another clock now; of a mapping whose function failed, none.
"""

import json
import os
import time
from functools import partial
from types import SimpleNamespace

from ministack.core import iam_actions, iam_evaluator, lambda_runtime
from ministack.services import eventbridge, lambda_svc

action_of, resource_of = iam_actions.extract_iam_action, iam_actions.extract_resource_arn
enforce, evaluate = iam_evaluator.enforce, iam_evaluator.evaluate
told, asked = open(os.environ["RIGHTS"], "a", buffering=1), []


class Several(str):
    """What a denial names. What is checked is each of `all`."""

    all = ()


def action(*request):
    found = action_of(*request)
    return found.removesuffix("Batch") if found and found.startswith("sqs:") else found


def resource(service, method, path, headers, body, query, region, account):
    found = resource_of(service, method, path, headers, body, query, region, account)
    if service == "ssm" and headers.get("x-amz-target", "").endswith(".GetParameters"):
        found = Several(found)
        found.all = [f"arn:aws:ssm:{region}:{account}:parameter/{name.lstrip('/')}" for name in json.loads(body)["Names"]]
    if service == "logs" and headers.get("x-amz-target", "").endswith(".StartQuery"):
        found = Several(found)
        found.all = [f"arn:aws:logs:{region}:{account}:log-group:{name}:*" for name in json.loads(body)["logGroupIdentifiers"]]
    return found


def enforce_each(*request, resource_arn="*", **more):
    for arn in getattr(resource_arn, "all", [resource_arn]):
        asked.clear()
        denied = enforce(*request, resource_arn=arn, **more)
        for who, action_, on in asked[:1]:
            print("denied" if denied else "allowed", who, action_, on, file=told)
        if denied:
            return denied
    return None


def remember(context, *policies):
    """A role's policies are asked first, then those of the resource; whoever is root is not asked about."""
    asked.append((context.principal_arn, context.action, context.resource_arn))
    return evaluate(context, *policies)


# MiniStack looks these names up for each request.
iam_actions.extract_iam_action, iam_actions.extract_resource_arn = action, resource
iam_evaluator.enforce, iam_evaluator.evaluate = enforce_each, remember

eventbridge._put_events = partial(eventbridge._put_events, allow_aws_source=True)
began = time.time() - time.monotonic()
lambda_svc._ESM_BACKOFF_SECONDS = -began
lambda_runtime.time = SimpleNamespace(**{**vars(time), "time": lambda: began + time.monotonic()})

if __name__ == "__main__":
    from ministack.app import main

    main()
