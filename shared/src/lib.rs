//! What the functions share.

pub mod core;
pub mod sources;
pub mod store;
