"""The stack: template.yaml, built and deployed by the real SAM CLI, with the secrets that it needs put beforehand."""

import io
import json
import re
import subprocess
import zipfile
from pathlib import Path

NAME = "callboard"
ROOT = Path(__file__).resolve().parent.parent.parent
CONFIG = "proof/deployment/callboard.yaml"
BUILT = ROOT / ".aws-sam" / "build"
LARGEST_ZIP = 4_000_000

# Where events/mail/ses-bucket.json says that a message lies.
MAIL = "acme-mail"

# Of the emulator, and of the sources in CONFIG.
SLACK = {"slack-bot-token": "xoxb-emulator", "slack-signing-secret": "emulator-signing-secret"}
SOURCES = {"hooks": "proof-hooks", "github-webhook": "proof-github", "alertmanager": "proof-alertmanager"}


def build(sam, environment):
    """`sam build`, for this machine's processor and with the proof's rules."""
    subprocess.run([sam, "build", "--parameter-overrides", "Architecture=x86_64"], cwd=ROOT, env={**environment, "CALLBOARD_CONFIG": CONFIG}, check=True)


def packed(program):
    """The zip that is uploaded for a function's program."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        entry = zipfile.ZipInfo("bootstrap")
        entry.external_attr = 0o755 << 16
        file.writestr(entry, program, zipfile.ZIP_DEFLATED)
    return archive.getvalue()


def sizes():
    """Function -> bytes of the zip that is uploaded."""
    return {bootstrap.parent.name: len(packed(bootstrap.read_bytes())) for bootstrap in sorted(BUILT.glob("*/bootstrap"))}


class Stack:
    """A deployed stack: `names` are the physical ids of its resources by their logical ones."""

    def __init__(self, cloud):
        self.cloud = cloud
        formation = cloud.client("cloudformation")
        pages = formation.get_paginator("list_stack_resources").paginate(StackName=NAME)
        resources = [resource for page in pages for resource in page["StackResourceSummaries"]]
        self.names = {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in resources}
        self.types = {resource["LogicalResourceId"]: resource["ResourceType"] for resource in resources}
        template = formation.get_template(StackName=NAME, TemplateStage="Processed")["TemplateBody"]
        self.template = json.loads(template) if isinstance(template, str) else template
        self.api = f"{cloud.url}/_aws/execute-api/{self.names['Api']}/$default"
        self.signals, self.wakes = self.queue("Signals"), self.queue("Wakes")

    def queue(self, name):
        """A queue's address, whether CloudFormation told that or the name."""
        physical = self.names[name]
        return physical if physical.startswith("http") else self.cloud.client("sqs").get_queue_url(QueueName=physical)["QueueUrl"]

    def functions(self):
        """Logical id -> function name."""
        return {name: self.names[name] for name, kind in self.types.items() if kind == "AWS::Lambda::Function"}

    def mappings(self):
        """The event source mappings of the two queues."""
        return [self.names[name] for name, kind in self.types.items() if kind == "AWS::Lambda::EventSourceMapping"]

    def fill_routes(self):
        """SAM writes the API's routes into its OpenAPI body, which MiniStack does not read: they are made from it here."""
        gateway, functions = self.cloud.client("apigatewayv2"), self.cloud.client("lambda")
        integrations = {}
        for path, methods in self.template["Resources"]["Api"]["Properties"]["Body"]["paths"].items():
            for method, operation in methods.items():
                uri = json.dumps(operation["x-amazon-apigateway-integration"]["uri"])
                function = re.search(r"\$\{(\w+)\.Arn\}", uri).group(1)
                if function not in integrations:
                    arn = functions.get_function(FunctionName=self.names[function])["Configuration"]["FunctionArn"]
                    made = gateway.create_integration(ApiId=self.names["Api"], IntegrationType="AWS_PROXY", IntegrationUri=arn, PayloadFormatVersion="2.0")
                    integrations[function] = made["IntegrationId"]
                verb = "ANY" if "any" in method else method.upper()
                gateway.create_route(ApiId=self.names["Api"], RouteKey=f"{verb} {path}", Target=f"integrations/{integrations[function]}")

    def schedule(self, state):
        """Switches the minute's tick `ENABLED` or `DISABLED`."""
        scheduler = self.cloud.client("scheduler")
        name = next(self.names[name] for name, kind in self.types.items() if kind == "AWS::Scheduler::Schedule")
        known = scheduler.get_schedule(Name=name.split("/")[-1])
        kept = ["Name", "GroupName", "ScheduleExpression", "FlexibleTimeWindow", "Target", "ScheduleExpressionTimezone"]
        scheduler.update_schedule(**{field: known[field] for field in kept if field in known}, State=state)

    def items(self):
        """All that is in the table."""
        pages = self.cloud.client("dynamodb").get_paginator("scan").paginate(TableName=self.names["Table"], ConsistentRead=True)
        return [item for page in pages for item in page["Items"]]

    def log(self):
        """All that the functions have logged."""
        logs = self.cloud.client("logs")
        told = []
        for group in logs.describe_log_groups()["logGroups"]:
            pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"])
            told += [event["message"] for page in pages for event in page["events"]]
        return told


def deploy(sam, cloud, slack_url):
    """Puts the secrets and deploys what is built."""
    parameters = cloud.client("ssm")
    for name, secret in {**SLACK, **{f"sources/{name}": secret for name, secret in SOURCES.items()}}.items():
        parameters.put_parameter(Name=f"/callboard/{name}", Value=secret, Type="SecureString", Overwrite=True)
    overrides = ["Architecture=x86_64", f"SlackApiUrl={slack_url}", "LogLevel=DEBUG", "AlarmEmail=ops@example.com", "EventSources=aws.codepipeline", "Reports=yes", "ReportLogGroups=/proof/*", f"MailBucket={MAIL}"]
    options = ["--stack-name", NAME, "--resolve-s3", "--no-confirm-changeset", "--no-progressbar", "--capabilities", "CAPABILITY_IAM"]
    subprocess.run([sam, "deploy", *options, "--parameter-overrides", *overrides], cwd=ROOT, env=cloud.environment(), check=True)
    stack = Stack(cloud)
    stack.fill_routes()
    return stack
