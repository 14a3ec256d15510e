//! The doors, knocked on from outside: every address of the deployment with what is right, wrong and hostile, the functions
//! as Lambda invokes them, and the runner's own API. Real HTTP, a clock that stands, a Slack workspace that is really there.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "this is test code, though not all of it inside a test function"
)]

mod bodies;
mod clicks;
mod connect;
mod doctor;
mod durable;
mod feeds;
mod forged;
mod hooks;
mod invoke;
mod mail;
mod people;
mod poison;
mod reports;
mod requests;
mod runner;
mod slack;
mod slow;
mod sns;
mod stage;
mod store;
mod tools;
