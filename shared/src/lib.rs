//! What the functions share.

pub mod change;
pub mod config;
pub mod core;
pub mod present;
pub mod queue;
pub mod slack;
pub mod sources;
pub mod store;
pub mod text;
