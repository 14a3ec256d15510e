//! The interaction function.
