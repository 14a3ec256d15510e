//! The slack-events function.
