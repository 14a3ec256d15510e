//! What a report asks AWS for, on the wire: each operation as its service model says, where each partition has it, and what comes
//! of refusals.

use std::time::Duration;

use super::super::cloud::AwsCloud;
use super::*;
use crate::cloud::{Cloud, CloudError, Operation};

async fn cloud(
    answer: impl Fn(&str, usize) -> (StatusCode, Value) + Clone + Send + Sync + 'static,
) -> (AwsCloud, Asked) {
    let (account, asked) = server(answer).await;
    (AwsCloud::new(&transport::http().unwrap(), &account).at_once(), asked)
}

fn here(region: &str) -> AwsCloud {
    AwsCloud::new(&transport::http().unwrap(), &account(region))
}

#[tokio::test]
async fn every_operation_is_asked_in_its_services_own_protocol() {
    let (cloud, asked) = cloud(|operation, _| (StatusCode::OK, json!({ "did": operation }))).await;
    for operation in Operation::ALL {
        let name = operation.action().split_once(':').unwrap().1;
        let answer = cloud.ask(operation, &json!({ "asked": name })).await;
        assert_eq!(answer, Ok(json!({ "did": name })));
    }
    let told: Vec<(String, String, String)> = asked
        .lock()
        .unwrap()
        .iter()
        .map(|(_, _, headers)| {
            let header = |name: &str| headers[name].to_str().unwrap().to_owned();
            let scope =
                header("authorization").split(['/', ',']).skip(2).take(2).collect::<Vec<_>>().join(" ");
            (header("x-amz-target"), header("content-type"), scope)
        })
        .collect();
    let json = |version: &str| format!("application/x-amz-json-{version}");
    let expected = [
        ("GraniteServiceVersion20100801.DescribeAlarms", "1.0", "eu-west-1 monitoring"),
        ("GraniteServiceVersion20100801.GetMetricData", "1.0", "eu-west-1 monitoring"),
        ("Logs_20140328.StartQuery", "1.1", "eu-west-1 logs"),
        ("Logs_20140328.GetQueryResults", "1.1", "eu-west-1 logs"),
        ("Logs_20140328.StopQuery", "1.1", "eu-west-1 logs"),
        ("AWSInsightsIndexService.GetCostAndUsage", "1.1", "us-east-1 ce"),
        ("AWSInsightsIndexService.GetCostForecast", "1.1", "us-east-1 ce"),
    ]
    .map(|(target, version, scope)| (target.to_owned(), json(version), scope.to_owned()));
    assert_eq!(told, expected);
}

#[test]
fn cost_explorer_is_in_one_place_of_a_partition_and_the_others_are_where_we_are() {
    for (region, alarms, logs, costs) in [
        (
            "eu-west-1",
            "https://monitoring.eu-west-1.amazonaws.com/",
            "https://logs.eu-west-1.amazonaws.com/",
            Some("https://ce.us-east-1.amazonaws.com/"),
        ),
        (
            "cn-north-1",
            "https://monitoring.cn-north-1.amazonaws.com.cn/",
            "https://logs.cn-north-1.amazonaws.com.cn/",
            Some("https://ce.cn-northwest-1.amazonaws.com.cn/"),
        ),
        (
            "us-gov-west-1",
            "https://monitoring.us-gov-west-1.amazonaws.com/",
            "https://logs.us-gov-west-1.amazonaws.com/",
            None,
        ),
        (
            "eusc-de-east-1",
            "https://monitoring.eusc-de-east-1.amazonaws.eu/",
            "https://logs.eusc-de-east-1.amazonaws.eu/",
            Some("https://ce.eusc-de-east-1.api.amazonwebservices.eu/"),
        ),
    ] {
        let cloud = here(region);
        let address = |operation| cloud.address(operation);
        assert_eq!(address(Operation::DescribeAlarms).as_deref(), Some(alarms));
        assert_eq!(address(Operation::StartQuery).as_deref(), Some(logs));
        assert_eq!(address(Operation::GetCostForecast).as_deref(), costs);
        assert_eq!(cloud.region(), region);
        let printed = format!("{cloud:?}");
        assert!(!printed.contains("secret\"") && !printed.contains("session\""), "{printed}");
    }
}

#[tokio::test]
async fn where_there_is_no_cost_explorer_it_is_said_where_costs_are_told() {
    let told =
        here("us-gov-west-1").ask(Operation::GetCostAndUsage, &json!({})).await.unwrap_err().to_string();
    assert!(told.starts_with("ce:GetCostAndUsage is not there in us-gov-west-1: "), "{told}");
}

#[tokio::test]
async fn throttling_is_waited_out_and_a_missing_right_is_told_with_its_remedy() {
    let throttled =
        json!({ "__type": "com.amazonaws.cloudwatch#ThrottlingException", "message": "Rate exceeded" });
    let (cloud_, asked) = cloud(move |_, before| match before {
        0 | 1 => (StatusCode::BAD_REQUEST, throttled.clone()),
        _ => (StatusCode::OK, json!({})),
    })
    .await;
    assert_eq!(cloud_.ask(Operation::GetMetricData, &json!({})).await, Ok(json!({})));
    assert_eq!(asked.lock().unwrap().len(), 3);
    let message = "User: arn:aws:sts::111122223333:assumed-role/n/n is not authorized to perform: cloudwatch:DescribeAlarms";
    let denied = json!({ "__type": "com.amazonaws.cloudwatch#AccessDeniedException", "message": message });
    let (cloud_, asked) = cloud(move |_, _| (StatusCode::BAD_REQUEST, denied.clone())).await;
    let error = cloud_.ask(Operation::DescribeAlarms, &json!({})).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "cloudwatch:DescribeAlarms is not allowed: deploy with the parameter Reports=yes"
    );
    assert_eq!(asked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn an_answer_without_an_end_or_without_sense_is_no_answer() {
    let (cloud_, _) = cloud(|_, _| (StatusCode::OK, json!("x".repeat(9 << 20)))).await;
    let error = cloud_.ask(Operation::GetMetricData, &json!({})).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "cloudwatch:GetMetricData was asked and there is an answer that is too long"
    );
    let (cloud_, _) = cloud(|_, _| (StatusCode::IM_A_TEAPOT, json!(["short", "and stout"]))).await;
    let error = cloud_.ask(Operation::StartQuery, &json!({})).await.unwrap_err();
    assert!(matches!(&error, CloudError::Refused { code, .. } if code == "418"), "{error:?}");
    // It takes the connection, and says nothing.
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = Some(format!("http://{}/", silent.local_addr().unwrap()));
    let account = Account { endpoint, ..account("eu-west-1") };
    let late =
        aws::Aws::new(transport::http().unwrap(), account).patient(Duration::from_millis(20)).at_once();
    let error = late.ask::<Value>(PING, &json!({})).await.unwrap_err();
    assert_eq!(error.to_string(), "no answer in time");
}
