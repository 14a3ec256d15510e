"""Least privilege: each right of each function's role, an action on a resource, is taken away, one at a time, and a story is played
that needs it. The function must be denied just that. What nobody misses should not be in the template.
"""

import json
import re
from fnmatch import fnmatchcase

# The story that needs a function's rights, by the part of its name that no other has; and where one right takes another story, or one
# that is told otherwise on the laptop, which has no such right.
REPORT = "proof/deployment/report.txt"
STORIES = {
    "Ingest": "archived-channel",
    "Router": "fires-acked",
    "Courier": "archived-channel",
    "Interaction": "fires-acked",
    "SlashCommand": "commands",
    "SlackEvents": "emoji-and-replies",
    "Notifier": "slack-down",
}
OTHERS = {
    ("Interaction", "dynamodb:GetItem"): "reopened-too-late",
    ("SlashCommand", "dynamodb:GetItem"): "reopened-too-late",
    ("SlashCommand", "sqs:GetQueueAttributes"): "proof/deployment/doctor.txt",
    ("Courier", "sqs:ChangeMessageVisibility"): "rate-limited",
    ("Notifier", "dynamodb:PutItem"): "lapsed-acknowledgement",
    ("Notifier", "dynamodb:BatchGetItem"): REPORT,
    ("Notifier", "dynamodb:Query"): REPORT,
    ("Notifier", "cloudwatch:DescribeAlarms"): REPORT,
    ("Notifier", "cloudwatch:GetMetricData"): REPORT,
    ("Notifier", "logs:StartQuery"): REPORT,
    ("Notifier", "logs:GetQueryResults"): REPORT,
}
# A message is put off where something fails: what has to fail for it.
FAILING = {("Router", "sqs:ChangeMessageVisibility"): "dynamodb:PutItem"}

# What the platform does in a function's name; MiniStack does it without asking.
LOGS = {"logs:CreateLogStream", "logs:PutLogEvents"}
MAPPING = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
PLATFORM = {"Router": LOGS | MAPPING, "Courier": LOGS | MAPPING}

# What a story cannot bring about with MiniStack 1.5.33, and why.
NOT_HERE = {
    "ce:GetCostAndUsage": "it has no Cost Explorer",
    "ce:GetCostForecast": "it has no Cost Explorer",
    "s3:GetObject": "a story has no bucket; the check of a mail in one reads with it",
    "logs:StopQuery": "its queries are done when they begin, so that none is given up",
}
# The same for one right on one thing.
NOT_HERE_ON = {
    ("Notifier", "sqs:SendMessage", "Signals"): "feeds are read from public addresses only, and the proof has none",
}


class Rights:
    """The roles' policies on a running stack, with what is taken from them put back."""

    def __init__(self, stack, operator, program, folder):
        self.stack, self.cloud, self.operator = stack, stack.cloud, operator
        self.program, self.folder = program, folder

    def rows(self):
        """(function, action, on what, what came of it, whether that is right) for each."""
        iam = self.cloud.client("iam")
        for function, physical in self.stack.functions().items():
            name = function.removesuffix("Function")
            platform = PLATFORM.get(name, LOGS)
            role = self.cloud.client("lambda").get_function_configuration(FunctionName=physical)["Role"].split("/")[-1]
            for policy in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
                version = iam.get_policy(PolicyArn=policy["PolicyArn"])["Policy"]["DefaultVersionId"]
                document = iam.get_policy_version(PolicyArn=policy["PolicyArn"], VersionId=version)["PolicyVersion"]["Document"]
                for action, arn in rights_of(document):
                    yield name, action, short(arn), "not enforced here" if action in platform else "NOT TRIED", action in platform
            for policy in iam.list_role_policies(RoleName=role)["PolicyNames"]:
                document = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
                rights = rights_of(document)
                for action, arn in rights:
                    on = short(arn)
                    if action in platform:
                        yield name, action, on, "not enforced here", True
                        continue
                    if action in NOT_HERE:
                        yield name, action, on, f"not here: {NOT_HERE[action]}", True
                        continue
                    without = [why for (who, what, of), why in NOT_HERE_ON.items() if (who, what) == (name, action) and on.startswith(of)]
                    if without:
                        yield name, action, on, f"not here: {without[0]}", True
                        continue
                    failing = FAILING.get((name, action))
                    left = [right for right in rights if right != (action, arn) and right[0] != failing]
                    try:
                        self.put(role, policy, {**document, "Statement": [allow(*right) for right in left]})
                        self.restart(physical)
                        denied = self.denied(name, role, action, arn)
                    finally:
                        self.put(role, policy, document)
                        self.restart(physical)
                    yield name, action, on, "AccessDenied" if denied else "NOT MISSED", denied

    def put(self, role, policy, document):
        self.cloud.client("iam").put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(document))

    def restart(self, physical):
        """Secrets are read when a process starts, so fresh ones are needed: any change of the configuration brings them."""
        functions = self.cloud.client("lambda")
        known = functions.get_function_configuration(FunctionName=physical)
        functions.update_function_configuration(FunctionName=physical, MemorySize=known["MemorySize"])

    def denied(self, name, role, action, arn):
        known = len(self.cloud.decisions())

        def is_it(decision, who, asked, on):
            return decision == "denied" and f"/{role}/" in who and asked == action and fnmatchcase(on, arn)

        def is_denied():
            return any(is_it(*decided) for decided in self.cloud.decisions()[known:])

        return self.operator.play_until(is_denied, self.program, self.folder, OTHERS.get((name, action), STORIES[name]))


def rights_of(document):
    """(action, resource) for all that a policy allows."""
    return [(action, arn) for statement in document["Statement"] for action in several(statement["Action"]) for arn in several(statement["Resource"])]


def short(arn):
    """A resource without account, and without what CloudFormation adds to names."""
    return re.sub(r"-[0-9A-F]{13}", "", arn.split(":", 5)[-1]).replace("callboard-", "")


def allow(action, arn):
    return {"Effect": "Allow", "Action": action, "Resource": arn}


def several(value):
    return value if isinstance(value, list) else [value]
