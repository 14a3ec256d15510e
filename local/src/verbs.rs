//! What `cargo local VERB` does, one file a verb.

pub mod check;
pub mod doctor;
pub mod replay;
pub mod report;
pub mod scenario;
pub mod simulate;
pub mod tick;
pub mod try_out;
pub mod up;
