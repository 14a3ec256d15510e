//! Everything that knows Slack, and nothing that knows why we speak to it. The code map:
//!
//! - `sign`: is this request really from Slack?
//! - `inbound`: what people did, read from the requests that Slack sends.
//! - `escape`: text that Slack formats, and the one way for foreign text to get into it.
//! - `blocks`: the messages and forms that we emit, within Slack's limits by construction.
//! - `client`: the Web API, by real HTTP against a base URL: Slack, or an emulator of it.
//! - `error`: what a failed call means for the caller.
//!
//! To call one more method: a typed function in the family's file under `client`, and its error codes in `error`.
//! The store, the sources and the config must not enter, nor may a clock or a retry: when to try again is the caller's.

pub mod blocks;
pub mod client;
pub mod error;
pub mod escape;
pub mod inbound;
pub mod sign;
