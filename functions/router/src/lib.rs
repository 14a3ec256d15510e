//! The router function.
