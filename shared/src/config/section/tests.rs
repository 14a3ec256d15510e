use serde_json::{Value, json};

use super::*;

fn section(name: &str, fields: &Value) -> Result<FromAws, serde_json::Error> {
    let fields = fields.clone();
    Ok(match name {
        "alarms" => FromAws::Alarms(serde_json::from_value(fields)?),
        "cloudwatch" => FromAws::Metrics(serde_json::from_value(fields)?),
        "logs" => FromAws::Logs(serde_json::from_value(fields)?),
        "cost" => FromAws::Cost(serde_json::from_value(fields)?),
        other => panic!("{other}"),
    })
}

/// Every fault as `path: message (remedy)`.
fn faults(name: &str, fields: &Value) -> Vec<String> {
    let section = section(name, fields).unwrap_or_else(|error| panic!("{fields}: {error}"));
    let told = |fault: Fault| format!("{}: {} ({})", fault.path, fault.message, fault.remedy.unwrap());
    section.check("S").into_iter().map(told).collect()
}

/// A section with some fields in place of the good ones.
fn with(good: &Value, other: &Value) -> Value {
    let mut fields = good.as_object().unwrap().clone();
    fields.extend(other.as_object().unwrap().clone());
    fields.into()
}

fn latency() -> Value {
    json!({
        "title": "Latency", "unit": "Milliseconds", "period": "5m", "last": "24h", "form": "area", "threshold": 500, "compare": "1w",
        "metrics": [
            { "namespace": "AWS/ApplicationELB", "name": "TargetResponseTime", "dimensions": { "LoadBalancer": "app/x/1" }, "stat": "p99", "id": "p99" },
            { "expression": "p99 * 1000", "label": "p99" },
        ],
    })
}

fn errors() -> Value {
    json!({ "title": "Errors", "groups": ["/ecs/checkout", "arn:aws:logs:eu-west-1:1:log-group:/x"], "query": "fields @message", "last": "7d", "at_most": 5 })
}

#[test]
fn what_is_documented_is_taken_and_what_is_not_said_has_a_default() {
    for (name, fields) in [
        ("alarms", json!({})),
        ("alarms", json!({ "prefix": "prod-", "states": "ALARM", "at_most": 5 })),
        ("cloudwatch", latency()),
        ("cloudwatch", json!({ "title": "A", "metrics": [{ "namespace": "N", "name": "M" }] })),
        (
            "cloudwatch",
            json!({ "title": "A", "metrics": [{ "expression": "SEARCH('{AWS/EC2,InstanceId} cpu', 'Average')" }] }),
        ),
        ("cloudwatch", json!({ "title": "A", "metrics": [{ "expression": "SELECT MAX(x) FROM y" }] })),
        ("logs", errors()),
        ("logs", json!({ "title": "A", "groups": "/x", "query": "fields @message" })),
        ("cost", json!({})),
        ("cost", json!({ "at_most": 3 })),
    ] {
        assert_eq!(faults(name, &fields), Vec::<String>::new(), "{name} {fields}");
    }
    let FromAws::Alarms(alarms) = section("alarms", &json!({})).unwrap() else { panic!() };
    assert_eq!((alarms.states.0.len(), alarms.at_most), (2, 10));
    let FromAws::Logs(logs) = section("logs", &errors()).unwrap() else { panic!() };
    assert_eq!(logs.last, SignedDuration::from_hours(168));
}

#[test]
fn what_is_wrong_is_named_with_its_place_and_a_remedy() {
    let metric =
        |fields: Value| json!({ "metrics": [with(&json!({ "namespace": "N", "name": "M" }), &fields)] });
    for (name, fields, fault) in [
        (
            "alarms",
            json!({ "states": ["ALRM"] }),
            "S.states[0]: \"ALRM\" is no state that is shown (did you mean `ALARM`?",
        ),
        ("alarms", json!({ "states": [] }), "S.states: no state is shown"),
        ("alarms", json!({ "at_most": 0 }), "S.at_most: this has to be 1 to 50"),
        ("alarms", json!({ "prefix": "" }), "S.prefix: the beginning of a name has 1 to 255 characters"),
        (
            "logs",
            with(&errors(), &json!({ "groups": [] })),
            "S.groups: a query looks into 1 to 50 log groups",
        ),
        (
            "logs",
            with(&errors(), &json!({ "groups": ["/a", "/b*"] })),
            "S.groups[1]: \"/b*\" is no log group",
        ),
        (
            "logs",
            with(&errors(), &json!({ "groups": ["arn:aws:logs:eu-west-1:1:log-group:/x:*"] })),
            "S.groups[0]: ",
        ),
        ("logs", with(&errors(), &json!({ "query": " " })), "S.query: a query has 1 to 10000 characters"),
        ("logs", with(&errors(), &json!({ "last": "0s" })), "S.last: it looks back for up to 365 days"),
        ("logs", with(&errors(), &json!({ "title": "" })), "S.title: a title has 1 to 150 characters"),
        ("cost", json!({ "at_most": 21 }), "S.at_most: this has to be 1 to 20"),
        (
            "cloudwatch",
            with(&latency(), &json!({ "metrics": [] })),
            "S.metrics: a chart has 1 to 500 metrics",
        ),
        (
            "cloudwatch",
            with(&latency(), &json!({ "metrics": vec![json!({ "namespace": "N", "name": "M" }); 501] })),
            "S.metrics: a chart has 1 to 500 metrics",
        ),
        (
            "cloudwatch",
            with(&latency(), &metric(json!({ "hidden": true }))),
            "S.metrics: all of them are hidden",
        ),
        (
            "cloudwatch",
            with(&latency(), &metric(json!({ "stat": "Avrage" }))),
            "S.metrics[0].stat: there is no statistic \"Avrage\" (did you mean `Average`?",
        ),
        ("cloudwatch", with(&latency(), &metric(json!({ "stat": "p101" }))), "S.metrics[0].stat: "),
        (
            "cloudwatch",
            with(&latency(), &metric(json!({ "id": "P99" }))),
            "S.metrics[0].id: \"P99\" is no id",
        ),
        (
            "cloudwatch",
            with(&latency(), &metric(json!({ "namespace": null }))),
            "S.metrics[0]: a metric needs its `namespace`",
        ),
        (
            "cloudwatch",
            with(&latency(), &metric(json!({ "name": "" }))),
            "S.metrics[0]: a metric needs its `name`",
        ),
        (
            "cloudwatch",
            with(&latency(), &metric(json!({ "dimensions": { "X": "" } }))),
            "S.metrics[0].dimensions: a metric has up to 30 dimensions",
        ),
        (
            "cloudwatch",
            with(&latency(), &metric(json!({ "expression": "m1" }))),
            "S.metrics[0].namespace: an expression has no `namespace`",
        ),
        (
            "cloudwatch",
            with(&latency(), &json!({ "metrics": [{ "expression": "" }] })),
            "S.metrics[0].expression: an expression has 1 to 2048",
        ),
        (
            "cloudwatch",
            with(&latency(), &json!({ "metrics": [{ "expression": "100 * 2" }] })),
            "S.metrics[0].expression: the expression uses no metric",
        ),
        (
            "cloudwatch",
            with(&latency(), &json!({ "metrics": [{ "expression": "e1 + 1", "id": "e1" }] })),
            "S.metrics[0].expression: the expression uses itself",
        ),
        (
            "cloudwatch",
            with(
                &latency(),
                &json!({ "metrics": [{ "expression": "erors / 2" }, { "namespace": "N", "name": "M", "id": "errors" }] }),
            ),
            "S.metrics[0].expression: no metric here has the id `erors` (did you mean `errors`?)",
        ),
        (
            "cloudwatch",
            with(
                &latency(),
                &json!({ "metrics": [{ "namespace": "N", "name": "M", "id": "a" }, { "namespace": "N", "name": "M", "id": "a" }] }),
            ),
            "S.metrics[1].id: another metric here has this id",
        ),
        (
            "cloudwatch",
            with(&latency(), &json!({ "period": "90s" })),
            "S.period: a period is a whole number of minutes, or 1, 5, 10, 20 or 30 seconds",
        ),
        ("cloudwatch", with(&latency(), &json!({ "period": "0s" })), "S.period: that is 86400 values a line"),
        (
            "cloudwatch",
            with(&latency(), &json!({ "period": "500ms" })),
            "S.period: a period is a whole number",
        ),
        (
            "cloudwatch",
            with(&latency(), &json!({ "period": "2d" })),
            "S.period: a value would stand for more time than is looked at",
        ),
        (
            "cloudwatch",
            with(&latency(), &json!({ "period": "1m", "last": "2d" })),
            "S.period: that is 2880 values a line, and at most 1500 are drawn",
        ),
        (
            "cloudwatch",
            with(&latency(), &json!({ "period": "10s", "last": "1h" })),
            "S.period: CloudWatch keeps values of less than a minute for three hours",
        ),
        (
            "cloudwatch",
            with(&latency(), &json!({ "period": "1m", "last": "1h", "compare": "16d" })),
            "S.period: that far back CloudWatch has a value for every five minutes",
        ),
        (
            "cloudwatch",
            with(&latency(), &json!({ "compare": "70d" })),
            "S.period: that far back CloudWatch has a value for every hour",
        ),
        (
            "cloudwatch",
            with(&latency(), &json!({ "compare": "-1w" })),
            "S.compare: it is compared with an earlier time",
        ),
        (
            "cloudwatch",
            with(&latency(), &json!({ "last": "500d" })),
            "S.last: it looks back for up to 455 days",
        ),
    ] {
        let found = faults(name, &fields);
        assert!(found.iter().any(|found| found.starts_with(fault)), "{name} {fields}: {found:?}");
    }
}

#[test]
fn a_word_that_is_not_known_and_a_span_that_is_none_are_refused() {
    for (name, fields) in [
        ("alarms", json!({ "prefixes": "x" })),
        ("cloudwatch", with(&latency(), &json!({ "metrics": [{ "metric": "x" }] }))),
        ("cloudwatch", with(&latency(), &json!({ "last": "a day" }))),
        ("cloudwatch", with(&latency(), &json!({ "compare": "1 month" }))),
        ("cloudwatch", with(&latency(), &json!({ "form": "pie" }))),
        ("logs", with(&errors(), &json!({ "last": 24 }))),
        ("cost", json!({ "services": 3 })),
    ] {
        assert!(section(name, &fields).is_err(), "{name} {fields}");
    }
    let error = section("logs", &with(&errors(), &json!({ "last": "soon" }))).unwrap_err().to_string();
    assert!(error.contains("duration format"), "`form` knows it by these words: {error}");
}

#[test]
fn the_statistics_of_the_documentation_are_known() {
    for stat in [
        "SampleCount",
        "Sum",
        "Average",
        "Minimum",
        "Maximum",
        "p99",
        "p99.9",
        "p0",
        "p100",
        "tm90",
        "wm95",
        "tc10.5",
        "ts1",
        "IQM",
        "TM(10%:90%)",
        "PR(:300)",
        "TS(80%:)",
        "WM(150:)",
        "TC(0.005:0.030)",
    ] {
        let fields = json!({ "title": "A", "metrics": [{ "namespace": "N", "name": "M", "stat": stat }] });
        assert_eq!(faults("cloudwatch", &fields), Vec::<String>::new(), "{stat}");
    }
    for stat in
        ["", "p", "P99", "p-1", "pNaN", "p1e1", "tm101", "TM", "TM()", "TM(:)", "PR(1)", "avg", "Mean"]
    {
        let fields = json!({ "title": "A", "metrics": [{ "namespace": "N", "name": "M", "stat": stat }] });
        assert_eq!(faults("cloudwatch", &fields).len(), 1, "{stat}");
    }
}

#[test]
fn a_period_is_chosen_so_that_a_line_has_some_hundred_values() {
    for (last, period) in [
        ("1h", 60),
        ("5h", 60),
        ("6h", 300),
        ("24h", 300),
        ("3d", 900),
        ("7d", 3_600),
        ("60d", 21_600),
        ("300d", 86_400),
    ] {
        let fields = with(&latency(), &json!({ "last": last, "period": null, "compare": null }));
        let FromAws::Metrics(show) = section("cloudwatch", &fields).unwrap() else { panic!() };
        assert_eq!(show.period(), period, "{last}");
        assert_eq!(faults("cloudwatch", &fields), Vec::<String>::new(), "{last}");
    }
}

#[test]
fn what_was_read_is_written_and_read_the_same() {
    for (name, fields) in
        [("alarms", json!({})), ("cloudwatch", latency()), ("logs", errors()), ("cost", json!({}))]
    {
        let once = section(name, &fields).unwrap();
        let written = match &once {
            FromAws::Alarms(show) => serde_json::to_value(show),
            FromAws::Metrics(show) => serde_json::to_value(show),
            FromAws::Logs(show) => serde_json::to_value(show),
            FromAws::Cost(show) => serde_json::to_value(show),
        };
        assert_eq!(section(name, &written.unwrap()).unwrap(), once);
    }
}
