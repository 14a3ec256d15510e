//! The courier function.
