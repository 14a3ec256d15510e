//! What the functions share. The code map:
//!
//! | room | what it holds | what must not enter |
//! | --- | --- | --- |
//! | [`core`] | the decisions: signals, incidents, routing, what to show, the next step | I/O, a clock, async, JSON values |
//! | [`sources`] | how payloads become signals, and who may send them | Slack, the store |
//! | [`slack`] | signatures, the Web API, blocks, what people did | the store, the sources, when to try again |
//! | [`store`] | what is kept: one trait, two implementations, one contract | Slack, decisions |
//! | [`config`] | the team's rules: read, checked, compiled | the deciding itself |
//! | [`text`] | every sentence that a person reads | layout, decisions |
//! | [`present`] | what Slack gets to see: cards, lines, pages, charts | words, decisions |
//! | [`change`] | load, decide, commit, wake: how everybody changes an incident | the deciding itself |
//! | [`queue`], [`fetch`], [`cloud`], [`mailbox`] | the seams to the queues, to the addresses that messages and the config name, to what a report asks AWS for, and to mail in S3 | decisions |
//! | [`invoke`], [`door`] | the shapes in which Lambda hands work over; what every HTTP door says | decisions |
//! | [`metrics`] | what is measured, by name | where it goes |
//! | [`deps`] | the seams of one process, wired | anything else |
//! | `lambda` | (feature `aws`) the seams in AWS, and how Lambda asks a function | decisions |

pub mod change;
pub mod cloud;
pub mod config;
pub mod core;
pub mod deps;
pub mod door;
pub mod fetch;
pub mod invoke;
#[cfg(feature = "aws")]
pub mod lambda;
pub mod mailbox;
pub mod metrics;
pub mod present;
pub mod queue;
pub mod slack;
pub mod sources;
pub mod store;
pub mod text;
