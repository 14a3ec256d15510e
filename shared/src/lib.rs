//! What the functions share.

pub mod core;
pub mod store;
