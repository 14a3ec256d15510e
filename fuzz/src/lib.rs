//! What must hold for any bytes whatever that come from outside, one function for each door or file: it takes the bytes and
//! fails if they do harm. `tests/targets.rs` runs each over the corpus that is kept, in every `cargo test`; `.ci/run` lets a
//! coverage-guided fuzzer look for more.
//!
//! | room | what comes in |
//! | --- | --- |
//! | [`doors`] | requests: forged ones, and those that Slack really signed |
//! | [`payloads`] | notifications of every source, as far as what Slack would show |
//! | [`rules`] | expressions, templates, config files and mapping files |
//! | [`feeds`] | what a server answers that is asked for a feed |
//! | [`letters`] | the shapes in which queues and topics hand work over |
//! | `seams` | a deployment that nothing leaves |
//!
//! To add one: a function here, a row in `tests/targets.rs`, and seeds in `tests/__fuzz__/<name>/corpus`. No expectation of a
//! single input may enter: those are tests of their own, beside what they test.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a target says that an input does harm by panicking"
)]

// What the fuzzer's instrumentation links against; cargo builds the empty test of a library too.
#[cfg(test)]
use bolero as _;

pub mod doors;
pub mod feeds;
pub mod letters;
pub mod payloads;
pub mod rules;

mod seams;
