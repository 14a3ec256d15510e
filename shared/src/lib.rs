//! What the functions share.

pub mod core;
pub mod slack;
pub mod store;
