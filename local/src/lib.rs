//! Callboard on a laptop: the deployment's functions, unchanged, around an embedded store, queues with SQS's semantics, a
//! clock that can be moved, and a Slack workspace to play with. Runner and test harness are one program.
//!
//! - `world`: everything wired, and the work that the cloud would do by itself: queues drained, ticks ticked
//! - `app`: the Slack app that is installed, as its manifest says
//! - `clock`, `queue`: the seams that AWS has for real
//! - `sample_cloud`: what a report asks AWS for, made up
//! - `rules`: the config and the sources, from files
//! - `http`: the addresses of the deployment, the Lambda invoke API, the runner's own API, the page
//! - `samples`: the payloads in `events/`, to send from the page or a script
//! - `scenario`: whole stories as scripts, for people and for the tests
//! - `simulation`: the whole system on simulated time, with faults at every seam
//! - `verbs`: what `cargo local VERB` does
//!
//! No business rule may enter: deleting this crate changes nothing in AWS.

mod app;
pub mod clock;
pub mod http;
pub mod queue;
pub mod rules;
pub mod sample_cloud;
pub mod samples;
pub mod scenario;
pub mod simulation;
pub mod verbs;
pub mod world;

/// What can go wrong here is told to the person at the keyboard, in one sentence with what to do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Trouble(pub String);

impl Trouble {
    /// A sentence.
    pub fn new(sentence: &str) -> Self {
        Trouble(sentence.to_owned())
    }

    /// A sentence, and what lies behind it.
    pub fn because(sentence: &str, cause: impl std::fmt::Display) -> Self {
        Trouble(format!("{sentence}: {cause}"))
    }
}
