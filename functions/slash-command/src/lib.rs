//! The slash-command function.
