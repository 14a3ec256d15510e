//! What Slack gets to see: cards and thread lines become messages (`message`), what opens from them becomes views
//! (`page`), values over time become a chart or its picture (`chart`), and what a click names is decided in one place
//! (`control`).
//!
//! Layout only: words come from `text`, limits from `slack::blocks`, and what to show at all from `core::view`.

pub mod chart;
pub mod control;
pub mod message;
pub mod page;
pub mod report;
