//! The doors, knocked on from outside: every address of the deployment with what is right, wrong and hostile, the functions
//! as Lambda invokes them, and the runner's own API. Real HTTP, a clock that stands, a Slack workspace that is really there.

mod bodies;
mod durable;
mod hooks;
mod invoke;
mod people;
mod requests;
mod runner;
mod slack;
mod sns;
mod stage;
mod store;
