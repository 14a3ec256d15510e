//! The shapes in which Lambda hands over what lay in a queue, a topic or a bus: whatever stands in them, no record is lost
//! and none stops the others.

use serde_json::Value;
use shared::invoke::{http as api, sqs};

use crate::payloads::check;
use crate::seams::{Seams, now, wait};

/// The most records of one letter that are looked into.
const MOST: usize = 20;

/// An event, as Lambda hands it over.
pub fn event(input: &[u8]) {
    let Ok(event) = serde_json::from_slice::<Value>(input) else { return };
    if let Ok(records) = sqs::records(&event) {
        for record in records.iter().take(MOST) {
            check(&sqs::raw(record, now()));
            let _wake = sqs::wake(record);
        }
    }
    let _sorted = sqs::wakes(&event);
    let _request = api::request(&event);
    let seams = Seams::new();
    let taken = wait(ingest::handle_event(&event, "invocation", &seams.deps)).unwrap();
    let expected = event.get("Records").and_then(Value::as_array).map_or(1, Vec::len);
    assert_eq!(taken["taken"], expected, "every record is taken in");
    assert_eq!(seams.queue.depth(), (expected, 0));
    let first: Vec<_> = seams.queue.take_signals().into_iter().map(|(_, raw)| raw).collect();
    first.iter().for_each(check);
}
