//! Lambda's invoke API for every function, so that `aws lambda invoke --endpoint-url` works with the files in
//! `events/functions` (<https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html>).

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::StatusCode;
use serde_json::{Value, json};
use shared::invoke::{WrongShape, http as api_gateway, sqs};

use super::{Door, enter};
use crate::world::World;

/// `POST /2015-03-31/functions/{name}/invocations`
pub(super) async fn invoke(
    State(world): State<Arc<World>>,
    Path(name): Path<String>,
    body: Bytes,
) -> Response {
    let event: Value = match serde_json::from_slice(&body) {
        Ok(event) => event,
        Err(error) => {
            let message = format!("Could not parse request body into json: {error}");
            return fault(StatusCode::BAD_REQUEST, "InvalidRequestContentException", &message);
        }
    };
    let answer = match name.as_str() {
        "ingest" if event.pointer("/requestContext/http").is_none() => taken_in(&event, &world).await,
        "ingest" => http(Door::Ingest, &event, &world).await,
        "slash-command" => http(Door::Commands, &event, &world).await,
        "interaction" => http(Door::Interactions, &event, &world).await,
        "slack-events" => http(Door::Events, &event, &world).await,
        "router" => routed(&event, &world).await,
        "courier" => carried(&event, &world).await,
        "notifier" => ticked(&world).await,
        other => {
            let message = format!(
                "Function not found: {other}. There are: ingest, router, courier, slash-command, interaction, slack-events, notifier."
            );
            return fault(StatusCode::NOT_FOUND, "ResourceNotFoundException", &message);
        }
    };
    match answer {
        Ok(answer) => axum::Json(answer).into_response(),
        Err(error) => {
            let body = json!({ "errorType": "Error", "errorMessage": error });
            ([("x-amz-function-error", "Unhandled")], axum::Json(body)).into_response()
        }
    }
}

async fn http(door: Door, event: &Value, world: &World) -> Result<Value, String> {
    let mut request = api_gateway::request(event).map_err(|error| error.to_string())?;
    if request.extensions().get::<shared::invoke::RequestId>().is_none() {
        request.extensions_mut().insert(world.next_request());
    }
    Ok(api_gateway::response(&enter(door, request, &world.deps).await))
}

async fn taken_in(event: &Value, world: &World) -> Result<Value, String> {
    let id = world.next_request().0;
    ingest::handle_event(event, &id, &world.deps).await.map_err(|error| error.to_string())
}

async fn routed(event: &Value, world: &World) -> Result<Value, String> {
    let records = sqs::records(event).map_err(|error: WrongShape| error.to_string())?;
    let now = world.deps.clock.now();
    let raws: Vec<_> = records.iter().map(|record| sqs::raw(record, now)).collect();
    Ok(sqs::failures(&records, &router::handle(&raws, &world.deps).await))
}

async fn carried(event: &Value, world: &World) -> Result<Value, String> {
    let records = sqs::records(event).map_err(|error: WrongShape| error.to_string())?;
    let wakes: Vec<_> = records.iter().filter_map(sqs::wake).collect();
    if wakes.len() != records.len() {
        return Err("a message is no wake".to_owned());
    }
    let verdicts = world.alone(courier::handle(&wakes, &world.deps)).await;
    // Here nobody brings a message again: what has to wait is still behind, and the minute's sweep wakes it.
    Ok(sqs::failures(&records, &verdicts))
}

async fn ticked(world: &World) -> Result<Value, String> {
    let tick = notifier::tick(&world.deps).await.map_err(|error| error.to_string())?;
    Ok(json!({ "behind": tick.behind, "due": tick.due }))
}

fn fault(status: StatusCode, kind: &'static str, message: &str) -> Response {
    let body = json!({ "Type": "User", "Message": message });
    (status, [("x-amzn-errortype", kind)], axum::Json(body)).into_response()
}
