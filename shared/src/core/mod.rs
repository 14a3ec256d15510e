//! The decisions, and nothing else: `incident` folds what happened into the next incident, `view` says what Slack should
//! show for it, `plan` says which single step brings Slack nearer, `routing` says where a signal goes.
//!
//! Pure on purpose, so that everything that chat tools get wrong becomes a row of a table test. No I/O, no clock (`now` is
//! an argument), no async, no `serde_json::Value` may enter, and nothing here can fail: what comes from outside is parsed
//! before it gets here, and a decision returns a value with its reason.

pub mod chart;
pub mod command;
pub mod doctor;
pub mod expression;
pub mod feed;
#[cfg(test)]
pub(crate) mod fixtures;
pub mod incident;
pub mod metric_math;
pub mod outcome;
pub mod plan;
pub mod raw;
pub mod report;
pub mod routing;
pub mod signal;
pub mod time;
pub mod view;
