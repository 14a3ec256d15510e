//! What a report would say, in words: gathered as the notifier does, and neither posted nor stored.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use jiff::Timestamp;
use serde::Deserialize;
use shared::core::report::Run;
use shared::deps::Clock;
use shared::{present, text};

use crate::world::World;

/// As of when.
#[derive(Deserialize)]
pub(super) struct As {
    at: Option<Timestamp>,
}

/// `GET /_local/reports/{name}?at=2026-11-23T09:00:00Z`
pub(super) async fn report(
    State(world): State<Arc<World>>,
    Path(name): Path<String>,
    Query(asked): Query<As>,
) -> Response {
    let deps = &world.deps;
    let Some(report) = deps.config.report(&name) else {
        let known: Vec<&str> = deps.config.reports.iter().map(|report| report.name.as_str()).collect();
        return (StatusCode::NOT_FOUND, text::report::unknown(&name, &known).to_string()).into_response();
    };
    let run = Run::new(&report.name, &report.to, asked.at.unwrap_or_else(|| world.clock.now()), false);
    let document = notifier::gather(report, &run, deps).await;
    present::report::plain(&document, None).text.to_string().into_response()
}
