//! What a report shows, gathered: one file a section. How it is said is `shared::text`'s and `shared::present`'s, and nobody here
//! speaks to Slack.

pub mod aws;

mod alarms;
mod cloudwatch;
mod console;
mod cost;
mod logs;
