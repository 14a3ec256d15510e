use std::sync::atomic::{AtomicUsize, Ordering};

use shared::config::section::FromAws;

use super::*;
use crate::report::aws::scripted::{Scripted, denied, shown};

fn errors() -> FromAws {
    FromAws::Logs(shown(json!({
        "title": "Errors by service", "groups": ["/ecs/checkout", "/ecs/payments"], "last": "7d", "at_most": 2,
        "query": "filter level = 'ERROR' | stats count(*) as errors by service",
    })))
}

fn row(fields: &[(&str, &str)]) -> Value {
    fields.iter().map(|(field, value)| json!({ "field": field, "value": value })).collect()
}

/// Each look finds the next of these; the last one again and again.
fn looks(answers: Vec<Value>) -> Scripted {
    let looked = AtomicUsize::new(0);
    Scripted::new(move |operation, _, _| {
        Ok(match operation {
            Operation::StartQuery => json!({ "queryId": "12ab" }),
            Operation::GetQueryResults => {
                answers[looked.fetch_add(1, Ordering::Relaxed).min(answers.len() - 1)].clone()
            }
            Operation::StopQuery => json!({ "success": true }),
            other => panic!("{other:?}"),
        })
    })
}

#[tokio::test(start_paused = true)]
async fn a_query_is_started_and_looked_at_until_it_is_done() {
    let cloud = looks(vec![
        json!({ "status": "Scheduled", "results": [] }),
        json!({ "status": "Running", "results": [row(&[("errors", "1")])] }),
        json!({
            "status": "Complete",
            "results": [row(&[("service", "checkout"), ("errors", "41"), ("@ptr", "CmEK")]), row(&[("errors", "7"), ("extra", "a\nb")])],
            "statistics": { "recordsMatched": 48.0, "recordsScanned": 1e9, "bytesScanned": 1.0, "resultCount": 9.0 },
            "nextToken": "more",
        }),
    ]);
    let gathered = cloud.gather(errors()).await;
    let [Section::Table(table)] = &gathered[..] else { panic!("{gathered:?}") };
    assert_eq!(table.title, "Errors by service");
    assert_eq!(table.columns, ["service", "errors", "extra"]);
    assert_eq!(table.rows, [["checkout", "41", ""], ["", "7", "a b"]]);
    assert_eq!(table.more, 7);
    assert!(table.link.as_deref().unwrap().contains("#logsV2:logs-insights"));
    let asked = cloud.asked();
    let expected = json!({
        "logGroupIdentifiers": ["/ecs/checkout", "/ecs/payments"],
        "queryString": "filter level = 'ERROR' | stats count(*) as errors by service",
        "startTime": 1_795_420_800 - 7 * 86_400,
        "endTime": 1_795_420_800 - 1,
    });
    assert_eq!(asked[0], (Operation::StartQuery, expected));
    assert_eq!(asked[1], (Operation::GetQueryResults, json!({ "queryId": "12ab", "maxItems": 2 })));
    assert_eq!(asked.len(), 4, "what is done is not stopped");
}

#[tokio::test(start_paused = true)]
async fn how_a_query_ended_is_said_plainly() {
    for (status, said) in [
        ("Failed", "the query failed: try it in the console"),
        ("Cancelled", "somebody cancelled the query"),
        ("Timeout", "the query took AWS longer than it may: look at less time"),
        ("Unknown", "the query ended as \"Unknown\""),
    ] {
        let cloud = looks(vec![json!({ "status": status })]);
        let gathered = cloud.gather(errors()).await;
        let [Section::Failed { section, why }] = &gathered[..] else { panic!("{gathered:?}") };
        assert_eq!((section.as_str(), why.as_str()), ("logs: Errors by service", said));
        assert!(!cloud.operations().contains(&Operation::StopQuery), "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_query_that_takes_too_long_is_stopped() {
    let cloud = looks(vec![json!({ "status": "Running", "results": [] })]);
    let gathered = cloud.gather(errors()).await;
    let [Section::Failed { why, .. }] = &gathered[..] else { panic!("{gathered:?}") };
    assert_eq!(
        why,
        "the query was not done after 19 s and was stopped: look at less time, or at fewer log groups"
    );
    let (last, asked) = cloud.asked().pop().unwrap();
    assert_eq!((last, &asked["queryId"]), (Operation::StopQuery, &json!("12ab")));
    let looks = cloud.operations().iter().filter(|one| **one == Operation::GetQueryResults).count();
    assert!((15..25).contains(&looks), "{looks}");
}

#[tokio::test(start_paused = true)]
async fn a_query_that_cannot_be_looked_at_is_stopped_and_one_that_did_not_start_is_not() {
    let cloud = Scripted::new(|operation, _, _| match operation {
        Operation::StartQuery => Ok(json!({ "queryId": "12ab" })),
        operation => Err(denied(operation)),
    });
    let gathered = cloud.gather(errors()).await;
    let [Section::Failed { why, .. }] = &gathered[..] else { panic!("{gathered:?}") };
    assert!(why.starts_with("logs:GetQueryResults is not allowed"), "{why}");
    let operations = [Operation::StartQuery, Operation::GetQueryResults, Operation::StopQuery];
    assert_eq!(cloud.operations(), operations);
    let unknown = "Log group '/ecs/checkout' does not exist for account ID '111122223333'";
    let cloud = Scripted::new(move |operation, _, _| {
        Err(CloudError::refused(operation, "ResourceNotFoundException", unknown))
    });
    let gathered = cloud.gather(errors()).await;
    let [Section::Failed { why, .. }] = &gathered[..] else { panic!("{gathered:?}") };
    assert_eq!(*why, format!("logs:StartQuery was refused, ResourceNotFoundException: {unknown}"));
    assert_eq!(cloud.operations(), [Operation::StartQuery]);
}

#[tokio::test(start_paused = true)]
async fn without_a_count_it_is_known_that_there_are_more() {
    let rows = |count: usize| -> Vec<Value> { (0..count).map(|_| row(&[("x", "1")])).collect() };
    for (answer, more) in [
        (json!({ "status": "Complete", "results": rows(2) }), 0),
        (json!({ "status": "Complete", "results": rows(2), "nextToken": "t" }), 1),
        (json!({ "status": "Complete", "results": rows(5) }), 3),
        (json!({ "status": "Complete", "results": [], "statistics": { "resultCount": -1e300 } }), 0),
    ] {
        let gathered = looks(vec![answer]).gather(errors()).await;
        let [Section::Table(table)] = &gathered[..] else { panic!("{gathered:?}") };
        assert_eq!(table.more, more);
    }
}
