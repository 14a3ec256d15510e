//! The two queues: `signals` carries raw notifications from the doors to the router, `wakes` tells the courier where to
//! look. In the deployment both are SQS (`wakes` FIFO, one group per channel); the laptop keeps the same semantics in
//! process. No decision may enter.

use std::fmt::Debug;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::core::incident::{Incident, IncidentId};
use crate::core::raw::Raw;

/// "Look at this post's channel and incident." Never content: a lost, doubled or reordered wake changes nothing but the time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wake {
    /// Which incident.
    pub incident: IncidentId,
    /// Which channel, as in the post; the FIFO group, so that one worker at a time serves a channel.
    pub channel: String,
    /// The incident's revision.
    pub revision: u64,
    /// The incident's version when it was swept, if it was: the same revision may have to be swept again, but not before
    /// anything has happened to it, or the wakes of an outage would pile up.
    #[serde(default)]
    pub sweep: Option<u64>,
}

impl Wake {
    /// One wake for each post of the incident.
    pub fn all(incident: &Incident) -> Vec<Wake> {
        let wake = |channel: &String| Wake {
            incident: incident.id.clone(),
            channel: channel.clone(),
            revision: incident.revision,
            sweep: None,
        };
        incident.posts.iter().map(|post| wake(&post.channel)).collect()
    }

    /// The FIFO deduplication id: key and revision, since a bare key would be swallowed for five minutes
    /// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html>).
    pub fn deduplication_id(&self) -> String {
        let sweep = self.sweep.map_or(String::new(), |version| format!("@{version}"));
        format!("{}/{}/{}{sweep}", self.incident, self.channel, self.revision)
    }
}

/// What the consumer of a message wants done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Forget it.
    Done,
    /// Deliver it again, not before this time; its group waits.
    Again(jiff::Timestamp),
    /// Deliver it again as the queue thinks fit; after its tries it goes to the dead-letter queue.
    Failed,
}

/// Where messages are sent.
#[async_trait]
pub trait Queue: Send + Sync + Debug {
    /// Accepts notifications for the router. Once this is `Ok`, they are durable.
    async fn signals(&self, raw: &[Raw]) -> Result<(), QueueError>;

    /// Wakes the courier. A failure delays (the notifier sweeps) and never loses.
    async fn wakes(&self, wakes: &[Wake]) -> Result<(), QueueError>;

    /// How many messages of both failed so often that they are tried no more.
    async fn dead(&self) -> Result<usize, QueueError>;
}

/// The queue did not take the message, or may have.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the queue is not available: {0}")]
pub struct QueueError(pub String);
