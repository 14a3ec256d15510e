//! What comes in without HTTP: an SNS topic, an EventBridge rule, a CloudWatch alarm or a subscription of CloudWatch Logs that
//! invokes the function itself.
//! Whoever may invoke the function has been let in by AWS, so nothing is verified here.

use serde_json::{Value, json};
use shared::core::raw::Raw;
use shared::deps::Deps;
use shared::queue::QueueError;
use shared::sources;

/// Takes in an event in the shape in which Lambda hands it over. Says how many notifications it held.
///
/// # Errors
/// The queue did not take them: Lambda tries again by itself.
pub async fn handle_event(event: &Value, invocation: &str, deps: &Deps) -> Result<Value, QueueError> {
    let now = deps.clock.now();
    // Compressed lines could not be cut to size.
    let opened = event.as_object().and_then(sources::logs).map(|lines| located(lines, deps.cloud.region()));
    let event = opened.as_ref().unwrap_or(event);
    let bodies = match event.get("Records").and_then(Value::as_array) {
        Some(records) => records.iter().map(|record| json!({ "Records": [record] }).to_string()).collect(),
        None => vec![event.to_string()],
    };
    let raw = |(position, body): (usize, String)| {
        let (body, note) = crate::cut::to_size(body.as_bytes());
        let mut raw = Raw {
            id: String::new(),
            source: None,
            headers: Default::default(),
            body,
            received_at: now,
            note,
        };
        let id = deps.sources.delivery_id(&raw, &sources::open(&raw));
        raw.id = id.unwrap_or_else(|| format!("{invocation}-{position}"));
        raw
    };
    let raws: Vec<Raw> = bodies.into_iter().enumerate().map(raw).collect();
    deps.queue.signals(&raws).await?;
    tracing::info!(notifications = raws.len(), "event taken in");
    Ok(json!({ "taken": raws.len() }))
}

/// Lines with the region that they are of, for links: CloudWatch Logs does not say it, and hands over its own region's only.
fn located(mut lines: Value, region: &str) -> Value {
    if let Some(fields) = lines.as_object_mut() {
        fields.insert("region".to_owned(), region.into());
    }
    lines
}
