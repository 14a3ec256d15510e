"""What the account holds that the report in callboard.yaml asks for: alarms, a metric, logs. All of it is put by boto3, at the hours of
the story that shows it (report.txt); MiniStack's clock is left standing there.
"""

from datetime import datetime, timedelta, timezone

# When the report is due, and how far it looks back.
SLOT = datetime(2026, 11, 22, 17, 30, tzinfo=timezone.utc)
QUARTERS = 4 * 24
GROUPS = ["/proof/checkout", "/proof/mail"]


def fill(cloud):
    alarms(cloud)
    metrics(cloud)
    logs(cloud)


def stand(cloud, before):
    cloud.clock.stand(round((SLOT - before).timestamp() * 1000))


def alarms(cloud):
    """One fires, one lacks data, one is fine, and one fires that the report does not ask for."""
    client = cloud.client("cloudwatch")
    rule = {"Namespace": "Shop", "Statistic": "Average", "Period": 300, "EvaluationPeriods": 1, "Threshold": 1.0}
    stand(cloud, timedelta(hours=3))
    for name in ["checkout-errors", "checkout-queue", "checkout-latency", "mail-errors"]:
        client.put_metric_alarm(AlarmName=name, MetricName=name, ComparisonOperator="GreaterThanThreshold", **rule)
    client.set_alarm_state(AlarmName="checkout-latency", StateValue="OK", StateReason="as it should be")
    stand(cloud, timedelta(minutes=90))
    for name in ["checkout-errors", "mail-errors"]:
        client.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="7 of 10 payments failed")


def metrics(cloud):
    """A value for each quarter of an hour, with one peak."""
    dimensions = [{"Name": "Service", "Value": "checkout"}]
    times = [SLOT - timedelta(minutes=15 * (QUARTERS - number)) for number in range(QUARTERS)]
    values = [120 if number == 40 else 20 + number % 8 for number in range(QUARTERS)]
    data = [{"MetricName": "Latency", "Dimensions": dimensions, "Timestamp": at, "Value": value} for at, value in zip(times, values)]
    stand(cloud, timedelta(0))
    cloud.client("cloudwatch").put_metric_data(Namespace="Shop", MetricData=data)


def logs(cloud):
    client = cloud.client("logs")
    for group in GROUPS:
        client.create_log_group(logGroupName=group)
        client.create_log_stream(logGroupName=group, logStreamName="one")
        at = [SLOT - timedelta(minutes=number) for number in range(8, 0, -1)]
        events = [
            {"timestamp": round(when.timestamp() * 1000), "message": f"{'ERROR' if number % 2 else 'INFO'} {group} {number}"} for number, when in enumerate(at)
        ]
        client.put_log_events(logGroupName=group, logStreamName="one", logEvents=events)
