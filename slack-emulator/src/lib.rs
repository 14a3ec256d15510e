//! A Slack workspace in one process, for developing and testing Slack apps: the Web API with its limits and refusals,
//! people who write and press buttons, signed and retried requests to the app, and faults on demand.
//!
//! ```
//! # use std::sync::Arc;
//! # use slack_emulator::{Emulator, ManualClock, Settings};
//! let slack = Emulator::new(Settings::default(), Arc::new(ManualClock::at(1_700_000_000_000)));
//! let answer = slack.call(
//!     "chat.postMessage",
//!     serde_json::json!({ "channel": "#ops", "text": "Hello" }),
//!     "xoxb-emulator",
//! );
//! assert_eq!(answer.outcome(), "ok");
//! assert_eq!(slack.channel_text("#ops"), "#ops\nBot:\n  Hello\n");
//! ```
//!
//! The code map, inside out: `state` is what is remembered, `workspace` the questions asked of it; `catalog` is the table
//! of Web API methods and `methods` their handlers; `blocks` judges Block Kit; `messages` and `events` are what happens to
//! messages and what the app is told; `people` is what people do; `emulator` is the shell with lock and clock, `courier`
//! speaks to the app, `http` listens. Inside the shell nothing is async, reads the clock, or does I/O.

mod answer;
mod args;
mod blocks;
mod catalog;
mod clock;
mod courier;
mod emulator;
mod events;
mod faults;
mod http;
mod log;
mod look;
mod messages;
mod methods;
mod mrkdwn;
mod outbox;
mod page;
mod people;
mod rates;
mod read;
mod render;
mod settings;
mod state;
mod workspace;

pub use answer::{Answer, Scopes};
pub use clock::{Clock, ManualClock, SystemClock};
pub use courier::{App as InProcessApp, Reaches};
pub use emulator::Emulator;
pub use faults::{Fault, FaultKind};
pub use log::{Counts, LoggedCall, LoggedRequest};
pub use mrkdwn::Mentions;
pub use people::{Act, Acted};
pub use settings::{App, AppUrls, ChannelSetting, Person, Settings, SlashCommand, UsergroupSetting};
pub use state::{Message, Reaction};
